"""A card in a dozen lines: `vcard run --card examples/mycards.py:card -- scriptor`."""

from vcard import SW, Applet, Card, handles


class Counter(Applet):
    """Counts up at each `80 10 00 00`; the count survives a reset."""

    aid = bytes.fromhex("F000000001")

    @handles(ins=0x10, cla=0x80)
    def count(self, command):
        """Return the next number, in one byte."""
        number = self.memory.get("number", 0) + 1
        if number > 255:
            raise SW.CONDITIONS_NOT_SATISFIED
        self.memory["number"] = number
        return bytes([number])


card = Card(Counter())


def kept(memory):
    """The same with its memory in a file: --card 'examples/mycards.py:kept?state=counter.card'."""
    return Card(Counter(), memory=memory)
