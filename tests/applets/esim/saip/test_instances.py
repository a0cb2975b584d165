import pytest

from applets.esim.saip.instances import Instance, data_objects, read_instance, tars_of
from applets.esim.saip.node import read
from applets.esim.saip.status import PackageError
from tests.kits.esim.applications import MNO_SD, SSD, SSD_TOOLKIT, TOOLKIT, instance
from vcard import tlv


def made(aid: bytes = MNO_SD, **more) -> Instance:
    return read_instance(read(instance(aid, **more), 0))


def test_an_instance_has_names_privileges_and_a_life_cycle():
    one = made(domain=SSD)
    assert (one.package, one.module, one.aid, one.domain) == (MNO_SD, MNO_SD, MNO_SD, SSD)
    assert (one.privileges, one.life) == (b"\x82\xdc\0", 0x0F)
    assert made(life=None).life == 0x07


@pytest.mark.parametrize(
    ("toolkit", "level", "tars"),
    [(TOOLKIT, 0x06, ["b20100"]), (SSD_TOOLKIT, 0x12, ["6c7565"]),
     ("01000000000000", 0, []), ("", 0, []), ("01", 0, []), ("010000FF", 0, []),
     ("0100000000" + "020212" + "06B20100B20101" + "00", 0, ["b20100", "b20101"])],
)  # fmt: skip
def test_packets_find_an_application_by_its_toolkit_parameters(toolkit, level, tars):
    one = made(toolkit=toolkit)
    assert (one.level, [tar.hex() for tar in one.tars]) == (level, tars)


def test_a_tar_may_stand_in_the_name():
    assert made(SSD).tars == tars_of(SSD) == (SSD[12:15],)
    assert tars_of(MNO_SD) == ()


def test_parameters_name_the_protocols_of_a_security_domain():
    parameters = tlv(0x81, b"\x80\0") + tlv(0x82, b"\xf0") + tlv(0x81, b"\3\x70") + tlv(0x81, b"\2")
    assert made(parameters=parameters).protocols == ((0x80, 0), (3, 0x70))
    assert made(parameters=b"\x81\x05").protocols == ()
    assert data_objects(b"\x81\x05") == []


def test_what_an_application_is_sent_may_be_there_as_a_command():
    sent = (b"\xf0\0", bytes.fromhex("80E2900002F000"), bytes.fromhex("80E2900000"))
    assert made(data=sent).data == (b"\xf0\0", b"\xf0\0", bytes.fromhex("80E2900000"))


def test_an_instance_without_its_names_is_refused():
    for parts in ((), (tlv(0x4F, MNO_SD),) * 3, (tlv(0x4F, MNO_SD), tlv(0x82))):
        with pytest.raises(PackageError):
            read_instance(read(tlv(0xA1, *parts), 0))
