import pytest

from applets.esim.cards import demo_profiles
from applets.esim.euicc import Euicc
from applets.sim.sim import Sim
from applets.sim.small_usim import small_subscription
from applets.uicc.toolkit import REFRESH, Answer, Cat, read_command
from applets.uicc.toolkit.commands import display_text, get_input, select_item, set_up_menu
from applets.uicc.toolkit.envelopes import call_control, menu_selection
from tests.kits.esim.lpa import Lpa
from tests.kits.sim.terminal import Terminal
from vcard import SW, Response, tlv


def test_nothing_is_announced_unless_asked_for():
    cat = Cat(proactive=False)
    cat.refresh(0)
    assert cat.status(0) == SW.OK


def test_a_refresh_is_announced_fetched_and_done():
    lpa = Lpa(Euicc(demo_profiles(), enable=1, proactive=True)).start()
    other = demo_profiles()[1].iccid
    data, word = lpa.store(bytes.fromhex("BF3114A00C5A0A") + other + bytes.fromhex("8101FF820100"))
    assert (data.hex(), word) == ("bf3103800100", 0x9100 | len(REFRESH))
    assert lpa.send("801200000B") == (REFRESH, 0x9000)
    assert lpa.disable(other, refresh=False) == 5
    assert lpa.result("BF3404820205E0") == 5
    assert lpa.send("801400000C810301010482028281830100") == (b"", 0x9000)
    assert lpa.disable(other, refresh=False) == 0


def test_fetch_without_a_command_is_an_error():
    lpa = Lpa(Euicc()).start()
    assert lpa.send("801200000B")[1] == 0x6985
    assert lpa.send("8010000001FF")[1] == 0x9000
    assert lpa.send("80C2000005D603190100")[1] == 0x9000


def test_a_refresh_that_no_terminal_of_another_port_fetches_holds_up_no_list():
    lpa = Lpa(Euicc(demo_profiles(), ports=2, mep="A1", proactive=True)).start()
    assert lpa.enable(demo_profiles()[0].iccid, 2) == 0
    assert len(lpa.profiles()) == 2
    on = Lpa(lpa.card, port=2, channel=0)
    assert on.send("8010000001FF")[1] == 0x9100 | len(REFRESH)
    assert on.send("801200000B") == (REFRESH, 0x9000)
    assert bytes(lpa.ask("BF2D00")).hex() == "bf2d0381017f"
    assert lpa.send("807C0102")[0][:1] == b"\x80"
    assert len(lpa.profiles()) == 2


class Shop:
    """A menu with two entries: one asks for a name, the other answers at once."""

    def __init__(self):
        self.said = []

    def begin(self):
        return [set_up_menu("Shop", [(1, "Greet"), (2, "No")])]

    def envelope(self, envelope):
        if envelope.item == 1:
            return self.greet()
        return b"\x01\x02" if envelope.tag == 0xD4 else None

    def greet(self):
        name = yield get_input("Name?")
        if not name.done:
            return
        answer = yield select_item("Sure?", [(1, "Yes"), (2, "No")])
        self.said.append((name.text, answer.item))
        yield display_text(f"Hello {name.text}")


@pytest.fixture
def shop():
    application = Shop()
    one = small_subscription("8949000000000000018", "001010000000001")
    phone = Terminal(Sim(one, application=application))
    phone.application = application
    return phone


def fetched(phone, word):
    """The command that a status word announces."""
    assert word >> 8 == 0x91
    return read_command(bytes.fromhex(phone.data(f"80120000{word & 0xFF:02X}")))


def respond(phone, command, *parts):
    data = command.details + b"\x82\x02\x82\x81" + b"".join(parts)
    return phone.send(b"\x80\x14\0\0" + bytes((len(data),)) + data)[1]


DONE = tlv(0x83, b"\0")


def test_a_conversation_goes_on_from_answer_to_answer(shop):
    menu = fetched(shop, shop.send("8010000001FF")[1])
    assert (menu.name, menu.items) == ("SET UP MENU", [(1, "Greet"), (2, "No")])
    assert respond(shop, menu, DONE) == 0x9000
    chosen = menu_selection(1)
    _, word = shop.send(b"\x80\xc2\0\0" + bytes((len(chosen),)) + chosen)
    asked = fetched(shop, word)
    assert (asked.name, asked.text) == ("GET INPUT", "Name?")
    choice = fetched(shop, respond(shop, asked, DONE, tlv(0x8D, b"\x04Bob")))
    shown = fetched(shop, respond(shop, choice, DONE, tlv(0x90, b"\1")))
    assert shown.text == "Hello Bob"
    assert respond(shop, shown, DONE) == 0x9000
    assert shop.application.said == [("Bob", 1)]
    assert [command.name for command, _ in shop.card.cat.answers][-1] == "DISPLAY TEXT"


def test_a_conversation_ends_with_a_user_who_does_not_want(shop):
    respond(shop, fetched(shop, shop.send("8010000001FF")[1]), DONE)
    chosen = menu_selection(1)
    _, word = shop.send(b"\x80\xc2\0\0" + bytes((len(chosen),)) + chosen)
    assert respond(shop, fetched(shop, word), tlv(0x83, b"\x10")) == 0x9000
    assert shop.application.said == []


def test_every_command_announces_what_waits(shop):
    _, word = shop.send("8010000001FF")
    assert shop.send("00A40004022FE2")[1] == word
    assert shop.send("00A4000C022FE2")[1] == word
    assert shop.send("00B0000001")[1] == word
    assert shop.send("00B0FF0001")[1] == 0x6A82
    assert shop.card.cat.announced(0, Response(b"x", SW.OK)) == Response(b"x", SW(word))
    assert shop.card.cat.announced(0, Response(b"x", SW(0x6282))) == Response(b"x", SW(0x6282))


def test_a_terminal_that_did_not_introduce_itself_hears_nothing(shop):
    shop.card.cat.queue(0, display_text("Hi"))
    assert shop.send("00A40004022FE2")[1] == 0x9000


def test_an_application_may_answer_at_once(shop):
    asked = call_control(b"\x81\x21")
    assert shop.data(b"\x80\xc2\0\0" + bytes((len(asked),)) + asked) == "0102"
    assert shop.words("80C2000005D603190101") == ["9000"]


def test_what_is_malformed_is_refused(shop):
    assert shop.words("80C2000001D6", "80C2000004D6029901") == ["6A80", "6A80"]
    _, word = shop.send("8010000001FF")
    fetched(shop, word)
    assert shop.words("8014000002" + "8303") == ["6A80"]
    assert Answer.read(b"").result == -1
    assert (Answer.read(b"").text, Answer.read(b"").item) == ("", None)
    with pytest.raises(ValueError, match="up to 255"):
        shop.card.cat.queue(0, display_text("x" * 300))
    with pytest.raises(ValueError, match="begins with"):
        shop.card.cat.queue(0, b"\xd0\0")


def test_a_card_is_busy_between_a_command_and_its_answer(shop):
    cat = shop.card.cat
    command = fetched(shop, shop.send("8010000001FF")[1])
    assert (cat.busy(0), cat.changing(0)) == (True, True)
    respond(shop, command, DONE)
    assert (cat.busy(0), cat.changing(0), cat.started(0)) == (False, False, True)


def test_a_menu_is_set_up_once_a_session(shop):
    shop.send("8010000001FF")
    assert len(shop.card.cat._on(0).waiting) == 1
    shop.send("8010000001FF")
    assert len(shop.card.cat._on(0).waiting) == 1
