"""The hello world applet that PC/SC samples in many languages talk to."""

from applets.shared.card_kind import CardKind, Names
from vcard import Applet, handles


class Hello(Applet):
    """Answers INS 00 with "Hello world!"."""

    aid = bytes.fromhex("A00000006203010C0601")
    section = "Hello"

    @handles(ins=0x00)
    def hello(self) -> bytes:
        """Say hello."""
        return b"Hello world!"


KIND = CardKind(
    "hello", 'Answers INS 00 with "Hello world!".', applet=Hello, names=Names({Hello.aid: "hello"})
)
