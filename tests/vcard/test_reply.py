from vcard import Applet, Busy, Card, Later, handles


class Slow(Applet):
    aid = bytes.fromhex("F000000001")

    @handles(ins=0x01)
    def slow(self, command):
        return Later(1.5, lambda: b"done")


def test_a_later_reply_keeps_the_card_busy_for_its_time():
    card = Card(default=Slow())
    card.power_up()
    busy = card.exchange(bytes.fromhex("0001000000"))
    assert isinstance(busy, Busy)
    assert busy.seconds == 1.5
    assert busy.finish() == b"done\x90\x00"
