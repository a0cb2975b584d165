"""The hello world applet that PC/SC samples in many languages talk to."""

from applets.shared.card_kind import CardKind, Names
from vcard import Applet, handles


class Hello(Applet):
    """Answers INS 00 with "Hello world!"."""

    aid = bytes.fromhex("A00000006203010C0601")
    section = "Hello"

    @handles(ins=0x00)
    def hello(self, command: object) -> bytes:  # noqa: ARG002 - a handler gets its command
        """Say hello."""
        return b"Hello world!"


KIND = CardKind(
    "hello", 'Answers INS 00 with "Hello world!".', applet=Hello, names=Names({Hello.aid: "hello"})
)
