import pytest

from applets.uicc.toolkit import Cat
from applets.uicc.toolkit.cat import ByNobody
from applets.uicc.toolkit.commands import display_text, get_input, select_item, set_up_menu
from applets.uicc.toolkit.phone import Phone
from vcard import SW, Response


class Greeter(ByNobody):
    """A menu with one entry, which asks for a name."""

    def __init__(self):
        self.answers = []

    def begin(self):
        return [set_up_menu("Shop", [(1, "Greet")])]

    def envelope(self, envelope):
        return self.greet() if envelope.item == 1 else b"\x01" if envelope.event == 5 else None

    def greet(self):
        self.answers.append((yield get_input("Name?")))
        self.answers.append((yield select_item("Sure?", [(1, "Yes")])))


@pytest.fixture
def greeter():
    return Greeter()


@pytest.fixture
def phone(greeter):
    return Phone(Cat(proactive=True, application=greeter))


MENU = {"text": "Shop", "items": [[1, "Greet"]]}


def test_a_phone_sets_up_the_menu_and_lets_its_user_choose(phone, greeter):
    assert phone.shown() == {"menu": None, "asks": None}
    phone.switch_on()
    assert phone.shown() == {"menu": MENU, "asks": None}
    phone.choose(1)
    assert phone.shown()["asks"] == {"command": "GET INPUT", "text": "Name?", "items": []}
    phone.answer(text="Bob")
    assert phone.shown()["asks"]["items"] == [[1, "Yes"]]
    phone.answer(item=1)
    assert phone.shown() == {"menu": MENU, "asks": None}
    assert [(one.text, one.item) for one in greeter.answers] == [("Bob", None), ("", 1)]


def test_what_is_not_asked_is_not_answered(phone):
    with pytest.raises(RuntimeError, match="asks nothing"):
        phone.answer()
    with pytest.raises(RuntimeError, match="no entry 1"):
        phone.choose(1)
    phone.switch_on()
    with pytest.raises(RuntimeError, match="no entry 7"):
        phone.choose(7)


def test_beside_a_program_the_phone_looks_on(phone):
    phone.queue(display_text("Hello"))
    assert phone.shown()["asks"]["text"] == "Hello"
    assert phone._cat.status(0).value >> 8 == 0x91  # nothing fetched it
    phone.answer(result=16)
    assert phone._cat.answers[-1][1].result == 16


def test_a_menu_can_be_taken_away(phone):
    phone.switch_on()
    phone.queue(bytes.fromhex("D00D8103012500820281828500" + "8F00"))
    assert phone.shown()["menu"] is None
    phone.reset()
    assert phone.shown() == {"menu": None, "asks": None}


def test_an_envelope_is_answered_or_refused(phone):
    assert phone.tell(bytes.fromhex("D607820282819901" + "05")) == b"\x01"
    assert phone.tell(bytes.fromhex("D607820282819901" + "01")) == b""
    with pytest.raises(RuntimeError, match="6A80"):
        phone.tell(b"\xd6")


def test_what_a_program_has_fetched_is_not_the_users_to_answer(phone):
    phone.queue(display_text("Hello"))
    phone._cat.fetch(0)
    assert phone.shown()["asks"]["text"] == "Hello"
    with pytest.raises(RuntimeError, match="asks nothing"):
        phone.answer()


def test_an_envelope_may_be_answered_with_data_and_a_word_of_its_own(phone, monkeypatch):
    monkeypatch.setattr(Cat, "envelope", lambda *_: Response(b"data", SW(0x9110)))
    assert phone.tell(b"") == b"data"
