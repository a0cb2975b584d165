import pytest

from ifd_bridge.ifdh.api import AbandonedError, Answer, Code, Function
from ifd_bridge.ifdh.frames import MAX_DATA
from tests.kits.bridge.kit import ATR, CALLS, END, MOVEMENTS, Handler

pytestmark = pytest.mark.usefixtures("form")


def test_every_call_reaches_the_driver(server, path):
    with Handler(path, CALLS) as handler:
        assert handler.hello == Answer(Code.SUCCESS, bytes([1, 1]))
        answers = [
            handler.call(Function.GET_CAPABILITIES, 0x10100),
            handler.call(Function.SET_CAPABILITIES, 5, b"v"),
            handler.call(Function.SET_PROTOCOL_PARAMETERS, 2),
            handler.call(Function.POWER_ICC, 500),
            handler.call(Function.TRANSMIT_TO_ICC, 1, b"\0\xa4"),
            handler.call(Function.CONTROL, 0x42000001, b"c"),
        ]
    assert answers == [
        Answer(Code.SUCCESS, b"vcard\0"),
        Answer(Code.SUCCESS),
        Answer(Code.SUCCESS),
        Answer(Code.SUCCESS, ATR),
        Answer(Code.SUCCESS, b"\0\xa4\x90\0"),
        Answer(Code.SUCCESS, b"c"),
    ]


def test_the_longest_payload_passes_both_ways(server, path):
    longest = bytes(range(256)) * 256 + bytes(12)
    assert len(longest) == MAX_DATA
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.CONTROL, 1, longest).data == longest


def test_an_unknown_function_is_not_supported(server, path):
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.CREATE_CHANNEL).code is Code.NOT_SUPPORTED


@pytest.mark.parametrize("fault", [ZeroDivisionError, KeyError])
def test_a_driver_that_raises_is_a_communication_error_and_the_next_call_works(
    server, path, driver, monkeypatch, fault
):
    def fail(code, data):
        raise fault

    monkeypatch.setattr(driver, "control", fail)
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.TRANSMIT_TO_ICC, 0, b"\xff\x02").code == 612
        assert handler.call(Function.TRANSMIT_TO_ICC, 0, b"\0").code is Code.SUCCESS


def test_an_exchange_given_up_elsewhere_is_a_card_that_is_gone(server, path, driver, monkeypatch):
    def give_up(command, protocol):
        raise AbandonedError

    monkeypatch.setattr(driver, "transmit_to_icc", give_up)
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.TRANSMIT_TO_ICC).code is Code.ICC_NOT_PRESENT


def test_movements_begin_with_where_the_card_is(server, path, source):
    source.move(present=False)
    source.move(present=True)
    with Handler(path, MOVEMENTS) as handler:
        assert handler.hello == Answer(Code.ICC_PRESENT, bytes([0, 0, 0, 1]))


def test_movements_are_sent_when_they_happen(server, path, source):
    with Handler(path, MOVEMENTS) as handler:
        for present in (False, True, False):
            source.move(present=present)
        told = [handler.receive() for _ in range(3)]
    absent, present = Code.ICC_NOT_PRESENT, Code.ICC_PRESENT
    assert [(seq, a.code, a.data[3]) for seq, a in told] == [
        (0, absent, 1),
        (0, present, 1),
        (0, absent, 2),
    ]


def test_an_insertion_that_is_told_late_does_not_bring_a_removed_card_back(server, path, source):
    with Handler(path, MOVEMENTS) as handler:
        source.move(present=False)
        (watcher,) = source.watchers[0]
        source.move(present=True)
        late = source.where[0]
        source.move(present=False)
        watcher.moved(late)
        source.move(present=True)
        told = [handler.receive()[1] for _ in range(4)]
    codes = [Code.ICC_NOT_PRESENT, Code.ICC_PRESENT] * 2
    assert [answer.code for answer in told] == codes


def test_a_handler_that_does_not_read_delays_nobody_and_learns_the_sum(server, path, source):
    with Handler(path, MOVEMENTS) as handler:
        for _ in range(2000):
            source.move(present=not source.where[0].present)
        last = None
        while last is None or last.data != (1000).to_bytes(4, "big") or last.code != 615:
            _, last = handler.receive()
    assert source.where[0].removals == 1000


def test_a_new_handler_replaces_the_one_before(server, path, source):
    with (
        Handler(path, CALLS) as old,
        Handler(path, MOVEMENTS) as old_movements,
        Handler(path, CALLS) as new,
        Handler(path, MOVEMENTS) as new_movements,
    ):
        assert old.hung_up()
        assert old_movements.hung_up()
        assert new.call(Function.POWER_ICC, 500).data == ATR
        source.move(present=False)
        assert new_movements.receive()[1].code is Code.ICC_NOT_PRESENT
    assert (len(source.watchers[0]), source.given_up) == (1, [0])


def test_a_movement_after_the_handler_is_gone_does_no_harm(server, path, source):
    Handler(path, MOVEMENTS).close()
    for _ in range(3):
        source.move(present=not source.where[0].present)
    with Handler(path, MOVEMENTS) as handler:
        assert handler.hello.data == bytes([0, 0, 0, 2])


def test_a_call_lost_to_its_card_is_answered_when_the_card_goes(server, path, source, driver):
    with Handler(path, CALLS) as calls, Handler(path, MOVEMENTS) as movements:
        calls.send(Function.TRANSMIT_TO_ICC, 0, b"\xff\x01")
        assert driver.holding.wait(END)
        source.move(present=False, abandons=True)
        assert movements.receive()[1].code is Code.ICC_NOT_PRESENT
        assert calls.receive()[1] == Answer(Code.ICC_NOT_PRESENT)
        assert calls.call(Function.CONTROL, 1, b"still served").data == b"still served"
        driver.release.set()
        assert calls.call(Function.CONTROL, 1, b"no late answer").data == b"no late answer"


def test_a_card_that_goes_between_calls_changes_nothing(server, path, source):
    with Handler(path, CALLS) as calls, Handler(path, MOVEMENTS):
        source.move(present=False, abandons=True)
        assert calls.call(Function.CONTROL, 1, b"x").data == b"x"


def test_an_unplugged_reader_answers_with_errors_and_stays_connected_until_it_is_plugged_again(
    server, path, driver, source
):
    with Handler(path, MOVEMENTS) as movements, Handler(path, CALLS) as handler:
        handler.send(Function.TRANSMIT_TO_ICC, 1, b"\xff\x01")
        assert driver.holding.wait(END)
        server.unplugged(0)
        assert handler.receive() == (handler.sequence, Answer(Code.COMMUNICATION_ERROR))
        assert source.given_up == [0]
        assert handler.call(Function.CONTROL, 1).code is Code.COMMUNICATION_ERROR
        source.move(present=False)
        assert movements.receive()[1].code is Code.ICC_NOT_PRESENT
    with Handler(path, CALLS) as again:
        assert again.call(Function.CONTROL, 1, b"c") == Answer(Code.SUCCESS, b"c")
