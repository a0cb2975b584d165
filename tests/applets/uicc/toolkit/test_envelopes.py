from applets.uicc.toolkit import envelopes as made
from applets.uicc.toolkit.codes import Event
from applets.uicc.toolkit.envelopes import Envelope
from vcard.tlv import Tlv


def read(raw):
    return Envelope.read(Tlv.parse(raw))


def test_envelopes_are_coded_as_the_specification_has_it():
    assert made.menu_selection(3).hex() == "d307" + "82020181" + "900103"
    assert made.menu_selection(3, wants_help=True).hex() == "d309" + "82020181" + "9001031500"
    assert made.event(Event.IDLE_SCREEN).hex() == "d607" + "82028281" + "990105"
    assert (
        made.timer_expiration(2, (1, 2, 3)).hex() == "d70c" + "82028281" + "a40102" + "a503010203"
    )
    assert made.call_control(b"\x81\x21").hex() == "d408" + "82028281" + "86028121"


def test_an_envelope_says_what_it_is_about():
    assert (read(made.menu_selection(3)).item, read(made.menu_selection(3)).name) == (
        3,
        "menu selection",
    )
    assert read(made.event(Event.IDLE_SCREEN)).event == Event.IDLE_SCREEN
    assert read(made.timer_expiration(2)).timer == 2
    assert Envelope(0xD3, {}).item is None
    other = Envelope(0xDF, {})
    assert (other.name, other.item, other.event, other.timer) == ("envelope DF", None, None, None)
