import pytest

from applets.esim.access import Mode
from applets.esim.files import MF, File, Kind
from applets.esim.filesystem import FileSystem
from applets.esim.profiles import PinSpec, Profile
from applets.esim.simple import profile
from vcard import SW, Memory

PLAIN = profile("8949000000000000018", "001010000000001", pin_enabled=True)


@pytest.fixture
def files():
    return FileSystem(PLAIN, Memory().section("x"))


def test_only_changes_are_kept(files):
    file = PLAIN.tree.by_path[(MF, 0x2F05)]
    assert files.content(file) == file.content
    files.write(file, b"new")
    assert files.content(file) == b"new"


def test_a_condition_is_met_by_the_pins_verified(files):
    imsi = PLAIN.tree.by_path[(MF, 0x7FD0, 0x6F07)]
    with pytest.raises(SW) as caught:
        files.require(imsi, Mode.READ)
    assert caught.value == SW.SECURITY_STATUS_NOT_SATISFIED
    files.pin(1).pin.verify(b"0000\xff\xff\xff\xff")
    files.require(imsi, Mode.READ)


def test_a_pin_that_is_off_satisfies_its_conditions(files):
    files.pin(1).enabled = False
    assert 1 in files.satisfied()


def test_a_deactivated_file_cannot_be_read(files):
    file = PLAIN.tree.by_path[(MF, 0x2FE2)]
    files.activate(file, active=False)
    with pytest.raises(SW) as caught:
        files.require(file, Mode.READ)
    assert caught.value == SW.CONDITIONS_NOT_SATISFIED
    files.activate(file, active=True)
    files.require(file, Mode.READ)


def test_a_puk_sets_a_new_pin(files):
    pin = files.pin(1)
    for _ in range(3):
        with pytest.raises(SW):
            pin.pin.verify(bytes(8))
    assert pin.pin.blocked
    with pytest.raises(SW):
        pin.unblock(bytes(8), b"1111\xff\xff\xff\xff")
    pin.unblock(b"12345678", b"1111\xff\xff\xff\xff")
    assert pin.satisfied
    assert pin.pin.tries_left == 3


def test_a_pin_without_puk_cannot_be_unblocked(files):
    with pytest.raises(SW) as caught:
        files.pin(0x0A).unblock(bytes(8), bytes(8))
    assert caught.value == SW.REFERENCE_DATA_NOT_USABLE
    with pytest.raises(SW):
        files.pin(0x55)


def test_without_a_rule_file_everything_may_be_read_and_nothing_written():
    file = File((MF, 0x2F30), Kind.TRANSPARENT, b"x")
    bare = Profile(PLAIN.metadata, (File((MF,), Kind.DF), file))
    files = FileSystem(bare, Memory().section("x"))
    files.require(file, Mode.READ)
    with pytest.raises(SW):
        files.require(file, Mode.UPDATE)


def test_a_broken_rule_allows_nothing():
    rules = File((MF, 0x2F06), Kind.LINEAR, b"\x80\x05", 2)
    file = File((MF, 0x2F30), Kind.TRANSPARENT, b"x")
    files = FileSystem(Profile(PLAIN.metadata, (rules, file)), Memory().section("x"))
    with pytest.raises(SW):
        files.require(file, Mode.READ)


def test_the_status_of_pins_shows_which_are_on():
    pins = (PinSpec(1, bytes(8)), PinSpec(0x81, bytes(8), enabled=False))
    files = FileSystem(Profile(PLAIN.metadata, (), pins), Memory().section("x"))
    assert files.pin_status().hex() == "c609900180830101830181"
    assert files.sequence.number == 0
