import pytest

from applets.uicc.toolkit import commands as made
from applets.uicc.toolkit.codes import Event
from applets.uicc.toolkit.commands import ProactiveCommand, read_command
from vcard.tlv import Tlv

EXAMPLES = {
    made.display_text("Hi", urgent=True): "d00e 8103012181 82028102 8d03044869",
    made.refresh(): "d009 8103010104 82028182",
    made.more_time(): "d009 8103010200 82028182",
    made.get_inkey("Key?", digits=True): "d010 8103012200 82028182 8d05044b65793f",
    made.get_inkey("Sure?", yes_no=True): "d011 8103012205 82028182 8d06045375 72653f",
    made.get_input("PIN", 4, 8, digits=True, hidden=True): (
        "d013 8103012304 82028182 8d0404 50494e 91020408"
    ),
    made.select_item("Which", [(1, "A"), (2, "B")]): (
        "d018 8103012400 82028182 8505 5768696368 8f020141 8f020242"
    ),
    made.set_up_menu("M", [(1, "A")]): "d010 8103012500 82028182 85014d 8f020141",
    made.set_up_event_list(Event.MT_CALL, Event.IDLE_SCREEN): ("d00d 8103010500 82028182 99020005"),
    made.set_up_idle_mode_text("I"): "d00d 8103012800 82028182 8d020449",
    made.provide_local_information(1): "d009 8103012601 82028182",
    made.poll_interval(30): "d00d 8103010300 82028182 8402011e",
    made.play_tone(title="T"): "d00f 8103012000 82028103 850154 8e0110",
    made.timer_management(1, 3723): "d011 8103012700 82028182 a40101 a503102030",
    made.timer_management(2, None): "d00c 8103012701 82028182 a40102",
    made.send_short_message(b"\1\2"): "d00d 8103011300 82028183 8b020102",
    made.set_up_call("123"): "d00e 8103011000 82028183 86038121f3",
    made.launch_browser("http://a"): "d013 8103011500 82028182 3108 687474703a2f2f61",
}


@pytest.mark.parametrize(("command", "expected"), EXAMPLES.items())
def test_commands_are_coded_as_the_specification_has_it(command, expected):
    assert bytes(command).hex() == expected.replace(" ", "")
    assert read_command(bytes(command)) == command


def test_icons_do_not_show():
    command = ProactiveCommand(0x21, parts=(Tlv(0x9E, b"\0\1"), Tlv(0x85, b"Hi")))
    assert (command.text, command.items) == ("Hi", [])


def test_a_command_says_what_it_shows():
    menu = made.select_item("Which", [(1, "A"), (2, "Ü")])
    assert (menu.name, menu.text, menu.items) == ("SELECT ITEM", "Which", [(1, "A"), (2, "Ü")])
    assert made.display_text("Hi").text == "Hi"
    assert made.refresh().text == ""
    assert ProactiveCommand(0x7F).name == "proactive command 7F"
    assert made.refresh().numbered(7).details.hex() == "8103070104"


@pytest.mark.parametrize(
    "raw", ["", "D100", "D0098103010104830281" + "82", "D0068101018201" + "81"]
)
def test_what_is_no_command_is_an_error(raw):
    with pytest.raises(ValueError, match=r"command|offset"):
        read_command(bytes.fromhex(raw))
