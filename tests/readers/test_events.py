from readers.ccid.message import PC_to_RDR_IccPowerOn
from readers.events import CardEjected, CardInserted, CommandSent, Interrupted, PoweredUp
from tests.kits.reader_host import ATR_T1, FakeCard, Host


def test_a_tap_is_told_in_the_order_of_events():
    host = Host()
    told = []
    host.reader.tap = told.append
    host.reader.insert(FakeCard())
    host.ask(PC_to_RDR_IccPowerOn())
    host.reader.eject()
    kinds = [type(event).__name__ for event in told]
    assert kinds == [
        "CardInserted", "Interrupted",
        "MessageOut", "PoweredUp", "MessageIn",
        "CardEjected", "Interrupted",
    ]  # fmt: skip
    assert told[0] == CardInserted(0)
    assert told[1] == Interrupted(0, b"\x50\x03")
    assert PoweredUp(0, ATR_T1) in told
    assert CardEjected(0) in told


def test_commands_are_told_with_their_port():
    assert CommandSent(0, b"\0\0\0\0").port is None
