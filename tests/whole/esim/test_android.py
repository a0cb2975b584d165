"""A phone's assistant uses a card with two ports, step by step.

It configures the interfaces, lists profiles with its own tags, and names the port for a profile:
its own port number plus one, because interface 0 is the ISD-R's.
"""

from applets.esim.cards import create, demo_profiles
from tests.kits.esim.lpa import Lpa
from vcard import tlv

A, B = (one.iccid for one in demo_profiles())
TAGS = bytes.fromhex("5A909192B79F709599BF769F24")


def ports(lpa):
    """The port of each profile, and whether it shows as enabled."""
    found = {}
    for info in lpa.ask(tlv(0xBF2D, tlv(0x5C, TAGS))).children[0].children:
        fields = {part.tag: part.value for part in info.children}
        assert fields.keys() <= {0x5A, 0x90, 0x91, 0x92, 0x9F70, 0x95, 0x9F24}
        found[fields[0x5A]] = (fields.get(0x9F24, b"\xff")[0], fields[0x9F70][0])
    return found


def switch(tag, iccid, port=None):
    target = b"" if port is None else tlv(0x82, bytes((port + 1,)))
    return tlv(tag, tlv(0xA0, tlv(0x5A, iccid)), tlv(0x81, b"\xff"), target)


def test_a_phone_switches_profiles_between_two_ports():
    lpa = Lpa(create(None, {"mep": "a1", "strict": ""}), channel=1).start()
    assert lpa.send("807C04000C800102810101900101910102")[0].hex() == "80010281010190020101910102"
    assert ports(lpa) == {A: (1, 1), B: (2, 1)}
    for iccid in (A, B):
        assert bytes(lpa.ask(switch(0xBF32, iccid))).hex() == "bf3203800100"
    assert ports(lpa) == {A: (0xFF, 0), B: (0xFF, 0)}
    assert bytes(lpa.ask(switch(0xBF31, B, 0))).hex() == "bf3106800100810101"
    assert bytes(lpa.ask(switch(0xBF31, A, 1))).hex() == "bf3106800100810102"
    assert ports(lpa) == {A: (2, 1), B: (1, 1)}
    for command in ("807C0102", "807C0001", "807C0000"):  # a reset of one, a look at the other
        assert lpa.send(command)[1] == 0x9000
    assert ports(lpa) == {A: (2, 1), B: (1, 1)}
    assert bytes(lpa.ask(switch(0xBF31, A, 0))).hex() == "bf3103800102"
    assert [event[1:] for event in lpa.notifications()] == [
        (0x20, A), (0x20, B), (0x40, B), (0x40, A),
    ]  # fmt: skip
