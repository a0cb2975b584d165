from tests.kits.sim.terminal import USIM, terminal

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
