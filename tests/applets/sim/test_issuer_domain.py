import pytest

from applets.globalplatform.packages import write_load_file
from applets.globalplatform.registry import LoadFile
from tests.kits.secure_channel import Host
from tests.kits.sim.terminal import USIM, Terminal, sim, terminal
from vcard import Memory

NAMES = ("A000000151000000", "A000000003000000", "")
KEY = bytes(range(0x40, 0x50))


def opened(phone, level=0x33, **host):
    """A session with the security domain; commands through it in hexadecimal."""
    assert phone.word("00A40400", NAMES[0]) == "9000"
    channel = Host(lambda raw: raw_answer(phone, raw), **host)
    assert channel.open(level).hex() == "9000"
    return channel


def raw_answer(phone, raw):
    data, word = phone.send(raw)
    return data + word.to_bytes(2, "big")


@pytest.mark.parametrize("name", NAMES)
def test_the_domain_is_selected_by_its_names_and_without_one(name):
    data, word = terminal().send("00A40400" + (f"{len(name) // 2:02X}" + name if name else "00"))
    assert (data[:2].hex(), word) == ("6f10", 0x9000)


@pytest.mark.parametrize(("kvn", "level"), [(0x30, 0x33), (0x30, 0x01), (0x20, 0x03)])
def test_a_host_opens_sessions_of_both_protocols(kvn, level):
    channel = opened(terminal(), level, kvn=kvn)
    assert channel.send("80F28002024F0000").startswith("E3134F08A000000151000000")


def test_foreign_code_is_refused_and_named_applets_are_loaded():
    package, module, instance = b"package", b"module", b"instance"
    file = write_load_file(LoadFile(package, b"\1\0", {module: "hello"}))

    def fields(*values):
        raw = b"".join(bytes((len(value),)) + value for value in values)
        return f"{len(raw):02X}{raw.hex()}00"

    loading = "80E60200" + fields(package, b"", b"", b"", b"")
    assert opened(terminal(), 3).send(loading) == "6A81"
    phone = terminal(load="hello")
    channel = opened(phone, 3)
    assert channel.send(loading) == "009000"
    assert channel.send("80E88000" + "04C4020000" + "00") == "6A80"  # foreign code
    channel.send(loading)
    assert channel.send("80E88000" + f"{len(file):02X}{file.hex()}00") == "009000"
    install = "80E60C00" + fields(package, module, instance, b"\0", b"", b"")
    assert channel.send(install) == "009000"
    assert phone.select(instance.hex()) == "9000"
    assert phone.select(USIM) == "9000"


def test_keys_are_of_the_card_and_of_the_options():
    memory = Memory()
    phone = Terminal(sim(memory, keys="11" * 16, kvn="112", scp="02"))
    assert opened(phone, 3, key=b"\x11" * 16).kvn in (0, 0x70)
    opened(Terminal(sim(memory, scp="02")), 3, key=b"\x11" * 16)


def test_a_locked_card_shows_its_domain_alone():
    phone = terminal()
    channel = opened(phone, 3)
    assert channel.send("80F0807F") == "9000"
    assert phone.select(USIM) == "6A82"
    assert phone.words("00A40400") == ["6283"]
