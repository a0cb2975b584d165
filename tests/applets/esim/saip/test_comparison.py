from applets.esim import saip
from tests.kits.esim.package import package, with_elements
from tests.kits.esim.raw_package import file, managed


def found(old: bytes, new: bytes):
    return saip.differences(saip.read_package(old), saip.read_package(new))


def test_a_package_does_not_differ_from_itself():
    assert found(package(), package()) == {}


def test_files_are_compared_by_path():
    other = package(imsi="080910101032547699")
    assert found(package(), other) == {
        "files, 3F00/7FD0/6F07, content": ("080910101032547698", "080910101032547699")
    }


def test_what_only_one_has_is_told():
    more = found(package(), with_elements(managed(file(0x2F40))))
    assert more["files, 3F00/2F40, size"] == (None, "5")
    assert (
        found(with_elements(managed(file(0x2F40))), package())["files, 3F00/2F40, size"][1] is None
    )


def test_keys_are_compared_but_not_shown():
    other = package(k=b"\x22" * 16)
    (one,) = found(package(), other).items()
    assert one[0].endswith("authentication, key")
    assert one[1] == ("**", "**")
