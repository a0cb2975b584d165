from applets.sim.cards import create
from tests.kits.sim.terminal import USIM, terminal


def test_commands_of_the_platform_work_whatever_is_selected():
    card = create(None, {})
    card.power_up()
    for selected in ("00A4000C023F00", "00A4040C07A0000000871002"):
        assert card.exchange(bytes.fromhex(selected)) == b"\x90\0"
        for command in ("80AA00000AA9088100820101830107", "8010000001FF", "80C2000005D603190100"):
            assert card.exchange(bytes.fromhex(command)) == b"\x90\0"
        assert card.exchange(bytes.fromhex("801200000B")) == b"\x69\x85"
        assert card.exchange(bytes.fromhex("8014000001FF")) == b"\x90\0"


DOMAIN = "A000000003000000"


def test_commands_for_files_lead_from_another_applet_back_to_them():
    phone = terminal()
    for command in ("00A40004022FE2", "A0A40000022FE2"):
        assert phone.select(DOMAIN) == "9000"
        assert phone.words(command)[0] == "9000"
        assert phone.words("00B000000A") == ["9000"]


def test_what_neither_knows_is_refused():
    phone = terminal()
    phone.select(DOMAIN)
    assert phone.words("00B0000001", "80AA0000", "00FC0000") == ["6D00", "9000", "6D00"]
    assert phone.select(USIM) == "9000"
