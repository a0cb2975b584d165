"""A keypad in the terminal: press its keys while a program asks for a PIN.

vcard serve --reader pinpad --card pin-dump &
python3 examples/keypad.py
"""

import sys
import termios
import tty

from ifd_bridge.control import rendezvous
from ifd_bridge.control.client import Control

KEYS = {"\r": "OK", "\n": "OK", "\x1b": "CANCEL", "\x7f": "BACKSPACE", "c": "CLEAR"}


def keys():
    """Yield typed keys, one at a time, until q or the end of input."""
    if sys.stdin.isatty():
        before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
    try:
        while (typed := sys.stdin.read(1)) not in ("", "q"):
            yield KEYS.get(typed, typed)
    finally:
        if sys.stdin.isatty():
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


with Control(rendezvous.find()) as world:
    print("0 to 9, Enter is OK, Esc is CANCEL, c is CLEAR, q ends")
    for key in keys():
        try:
            world.do("press", keys=[key])
        except RuntimeError as error:
            print(error)
