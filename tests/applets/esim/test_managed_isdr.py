import pytest

from applets.esim.cards import create
from applets.esim.managed_isdr import ManagedIsdr
from applets.shared.secure_channel.keys import KeySet, KeyType
from tests.kits.esim.lpa import ISDR, Lpa
from tests.kits.secure_channel import Host
from tests.kits.sim.terminal import Terminal
from vcard import Memory

KEYS = bytes(range(96)).hex()
GET_EID, EID_ANSWER = "BF3E035C015A", "BF3E125A10"


def opened(phone: Terminal, level: int = 0x33, **host) -> Host:
    """A session with the ISD-R."""
    assert phone.select(ISDR.hex()) == "9000"

    def exchange(raw):
        data, word = phone.send(raw)
        return data + word.to_bytes(2, "big")

    made = Host(exchange, **host)
    assert made.open(level) == b"\x90\0"
    return made


def phone(memory: Memory | None = None, **options) -> Terminal:
    return Terminal(create(memory, {"isdr_keys": "40" * 16, **options}))


@pytest.mark.parametrize("level", [0x01, 0x33])
def test_a_host_opens_a_session_and_the_registry_has_the_isdr_alone(level):
    made = opened(phone(), level, key=bytes([0x40] * 16))
    own = ISDR.hex().upper()
    assert made.send("80F28002024F0000").startswith(f"E31B4F10{own}")
    assert made.send("80F24002024F0000") == "6A88"


def test_functions_of_es10_work_as_before_without_a_session():
    lpa = Lpa(create(None, {"isdr_keys": "40" * 16})).start()
    assert lpa.store(bytes.fromhex(GET_EID))[0].hex().upper().startswith(EID_ANSWER)
    assert lpa.profiles()
    assert lpa.send("00A4040000")[1] == 0x9000


def test_store_data_within_a_session_is_that_of_a_security_domain():
    made = opened(phone(), key=bytes([0x40] * 16))
    assert made.send("80E290000545030102" + "03") == "9000"
    assert made.send("80CA004500") == "45030102039000"
    assert made.send("80E2900006" + GET_EID) == "6A80"


def test_keys_are_put_and_deleted_and_stay():
    memory = Memory()
    made = opened(phone(memory), key=bytes([0x40] * 16))
    data = b"\x2a" + (b"\x88\x11\x10" + made.wrap_key(bytes(16)) + b"\0") * 3
    assert made.send(f"80D80081{len(data):02X}{data.hex()}00").startswith("2A")
    again = opened(phone(memory), kvn=0x2A, key=bytes(16))
    assert again.send("80E4000003D2012A00") == "009000"
    assert again.send("80CA00E000").count("C004") == 3


def test_the_version_and_three_keys_can_be_named():
    card = phone(isdr_keys=KEYS, isdr_kvn="50").card
    isdr = next(one for one in card.applets if isinstance(one, ManagedIsdr))
    assert list(isdr.domain.keys.sets()) == [KeySet.of(50, KeyType.AES, bytes.fromhex(KEYS))]
    with pytest.raises(ValueError, match="16, 24 or 32 bytes"):
        phone(isdr_keys="00" * 17)
