from applets.sim.cards import create


def test_commands_of_the_platform_work_whatever_is_selected():
    card = create(None, {})
    card.power_up()
    for selected in ("00A4000C023F00", "00A4040C07A0000000871002"):
        assert card.exchange(bytes.fromhex(selected)) == b"\x90\0"
        for command in ("80AA00000AA9088100820101830107", "8010000001FF", "80C2000005D603190100"):
            assert card.exchange(bytes.fromhex(command)) == b"\x90\0"
        assert card.exchange(bytes.fromhex("801200000B")) == b"\x69\x85"
        assert card.exchange(bytes.fromhex("8014000001FF")) == b"\x90\0"
