from applets.uicc.ota.short_messages import envelopes
from applets.uicc.toolkit.commands import display_text, refresh
from applets.uicc.toolkit.envelopes import menu_selection
from ifd_bridge.explain.toolkit_text import GivenKeys, about_command, about_data, lines
from tests.kits.sim.ota import Server
from tests.kits.sim.terminal import terminal
from vcard import Command

KEY = bytes(range(0x40, 0x50))


def envelope(data):
    return Command(0x80, 0xC2, 0, 0, data)


def told(found):
    return {line.name: line.text for line in found}


def packet():
    return envelope(envelopes(Server(terminal()).packet("00A40004026F07"))[0])


def test_envelopes_and_answers_have_names():
    assert about_command(envelope(menu_selection(1))) == "menu selection"
    done = bytes(refresh().details) + bytes.fromhex("82028281830100")
    assert about_command(Command(0x80, 0x14, 0, 0, done)) == "REFRESH: done"
    refused = bytes(refresh().details) + bytes.fromhex("82028281830120")
    assert about_command(Command(0x80, 0x14, 0, 0, refused)) == "REFRESH: result 20"
    assert about_command(Command(0x80, 0x14, 0, 0, b"\x83\1\0")) == "unknown command: done"


def test_other_commands_have_none():
    assert about_command(Command(0, 0xC2, 0, 0, b"\xd3\0")) == ""
    assert about_command(Command(0x80, 0xC2)) == ""
    assert about_command(envelope(b"\xd3\5")) == ""
    assert about_command(Command(0x80, 0xE2, 0, 0, b"x")) == ""


def test_a_proactive_command_is_told_with_what_it_shows():
    assert about_data(bytes(display_text("Hello"))) == 'DISPLAY TEXT "Hello"'
    assert about_data(bytes(refresh())) == "REFRESH"
    assert about_data(b"\xd0\5") == about_data(b"\x6f\0") == ""


def test_a_packet_is_told_in_its_plain_parts():
    found = told(lines(packet(), 5, 2))
    assert found["SPI"] == "checksum cryptographic, ciphered, counter higher"
    assert (found["KIc"], found["TAR"]) == ("keys 2, algorithm 2", "B00011")
    assert "commands" not in found


def test_with_its_keys_a_packet_is_deciphered():
    found = told(lines(packet(), 5, 2, GivenKeys({"kic": KEY, "kid": KEY})))
    assert (found["counter"], found["commands"]) == ("1", "00A40004026F07")
    wrong = told(lines(packet(), 5, 2, GivenKeys({"kic": KEY, "kid": bytes(16)})))
    assert wrong["secured data"] == "check failed"
    missing = told(lines(packet(), 5, 2, GivenKeys({"kid": KEY})))
    assert missing["secured data"] == "ciphering error"


def test_what_carries_no_packet_has_no_lines():
    for data in (menu_selection(1), b"\xd1\5", b"\xd1\0"):
        assert list(lines(envelope(data), 5, 2)) == []
    plain = bytes.fromhex("D1128B1000048112347FF62270520000000003414243"[:40])
    assert list(lines(envelope(plain), 5, 2)) == []
