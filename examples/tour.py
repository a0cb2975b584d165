"""An annotated tour: from a card in your hand to a PC/SC program, one layer at a time."""

from applets.hello import Hello
from ifd_bridge.trace.events import Event
from ifd_bridge.trace.text import Text
from ifd_bridge.worlds.world import World
from readers import CcidReader, models
from vcard import SW, Card, Command, Response

# 1. A card is an object. Give it power, and it answers with its ATR.
card = Card(Hello())
print("ATR:", card.power_up().hex(" "))

# 2. It takes command APDUs as bytes and gives response APDUs as bytes; both have a type.
select = Command(0x00, 0xA4, 0x04, data=Hello.aid)
assert Response.parse(card.exchange(bytes(select))).sw == SW.OK
hello = Response.parse(card.exchange(bytes(Command(0x00, 0x00))))
print("the card says:", hello.data.decode(), hello.sw, hello.sw.name)

# 3. It refuses unknown commands with the standard's status words.
unknown = Response.parse(card.exchange(bytes(Command(0x00, 0xFE))))
print("INS FE:", unknown.sw, unknown.sw.name)

# 4. A reader is a USB device: it takes CCID messages. This one powers the card up.
reader = CcidReader(models.PLAIN)
reader.insert(card)
reader.handle(bytes.fromhex("62 00000000 00 00 00 0000"), now=0.0)
print("reader:", reader.bulk_in.popleft().hex(" "))
reader.eject()

# 5. A world puts readers behind a pcscd of its own. Its trace shows pcscd's calls.
lines = []
with World([("pinpad", "hello")]) as world:

    def note(event: Event) -> None:
        """Store a line of text for each event."""
        lines.extend(Text(tree=False).lines(event))

    world.trace.add(note)
    world.swap("pin-dump")
    print("a program that has", *world.environ, "in its environment sees:")
    print(world.list())
print("what happened:", *lines, sep="\n  ")
