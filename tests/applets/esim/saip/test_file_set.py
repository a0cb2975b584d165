import pytest

from applets.esim.saip.fcp import Fcp
from applets.esim.saip.file_set import OVERHEAD, FileSet, Origin, footprint
from applets.esim.saip.node import read
from applets.esim.saip.status import PackageError, Status
from applets.shared.file_system.tree import MF, File, Kind
from tests.kits.esim.raw_package import element, read_one
from vcard import tlv

ELEMENT = read_one(element(1))
RULED = Fcp(read(tlv(0x62, tlv(0x8B, b"\1"), tlv(0xC7, b"\x2f\1")), 0))
ROOT, HOME = File((MF,), Kind.DF), File((MF, 0x7F10), Kind.DF)
BODY = File((MF, 0x2F40), Kind.LINEAR, bytes(80), 40, arr=0x2F06)


def files(*those: File, room: int = 10000, fcp: Fcp | None = None) -> FileSet:
    found = FileSet(room)
    for one in (ROOT, HOME, *those):
        found.add(one, Origin(ELEMENT, fcp or Fcp(), 9))
    return found


def refused(call, *arguments):
    with pytest.raises(PackageError) as caught:
        call(*arguments)
    return caught.value.finding.status, caught.value.finding.offset


def test_files_take_memory_and_links_do_not():
    link = File((MF, 0x7F10, 0x6F40), Kind.LINEAR, b"", link=BODY.path)
    assert footprint(BODY) == 80 + OVERHEAD
    assert files(BODY, link).used == 4 * OVERHEAD + 80
    assert refused(files, BODY, BODY) == (Status.BAD_VALUES, 9)
    with pytest.raises(PackageError, match="3F002F40 does not fit: 176 bytes are needed, 170 free"):
        files(BODY, room=170)


def test_a_file_lies_in_a_directory():
    assert refused(files, File((MF, 0x7F99, 1), Kind.TRANSPARENT))[0] is Status.INVALID_PARAMETER
    assert refused(files, BODY, File((*BODY.path, 1), Kind.TRANSPARENT))[1] == 9
    with pytest.raises(PackageError, match="there is no MF"):
        FileSet(100).no_directory((), Origin(ELEMENT, Fcp(), 0))


def test_a_link_has_the_body_of_its_target():
    link = File((MF, 0x7F10, 0x6F40), Kind.LINEAR, b"", sfi=3, arr=1, rule=4, link=BODY.path)
    found = files(link, BODY).linked()[2]
    assert (found.content, found.record, found.sfi, found.rule) == (BODY.content, 40, 3, 4)
    assert found.link == BODY.path


def test_a_linked_directory_has_the_files_of_another():
    inner = File((MF, 0x7F10, 0x5F3A), Kind.DF)
    deep = File((*inner.path, 0x4F3A), Kind.TRANSPARENT, b"12")
    other = File((MF, 0x7F20), Kind.DF, link=HOME.path)
    paths = {one.path: one for one in files(inner, deep, other).linked()}
    mirrored = paths[(MF, 0x7F20, 0x5F3A, 0x4F3A)]
    assert (mirrored.content, mirrored.link) == (b"12", deep.path)
    assert paths[(MF, 0x7F20, 0x5F3A)].link == paths[(MF, 0x7F20)].link == ()


@pytest.mark.parametrize("target", [(MF, 0x2F99), HOME.path, (MF, 0x7F10, 0x6F40)])
def test_a_link_leads_to_a_file(target):
    link = File((MF, 0x7F10, 0x6F40), Kind.LINEAR, link=target)
    found = files(link, fcp=RULED)
    assert refused(found.linked) == (Status.INVALID_PARAMETER, 5)


def test_a_record_of_access_rules_that_a_file_names_is_there():
    rules = File((MF, 0x2F06), Kind.LINEAR, bytes(40), 40, arr=0x2F06)
    found = files(BODY, rules, fcp=RULED)
    found.files[(MF,)] = File((MF,), Kind.DF, arr=0x2F06)
    found.files[HOME.path] = File(HOME.path, Kind.DF, arr=0x2F06)
    found.check_rules(found.linked())
    found.files[BODY.path] = File(BODY.path, Kind.LINEAR, bytes(40), 40, arr=0x2F06, rule=2)
    with pytest.raises(PackageError, match=r"record 2 of EF.ARR 2F06, which 3F002F40 names"):
        found.check_rules(found.linked())
    del found.files[rules.path]
    assert refused(found.check_rules, found.linked())[0] is Status.INVALID_PARAMETER


def test_what_an_element_made_is_forgotten():
    found = files(BODY)
    found.forget(ELEMENT)
    assert (found.files, found.origins, found.used) == ({}, {}, 0)
