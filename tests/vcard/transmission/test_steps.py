"""Driving an engine over a line."""

from vcard.transmission.steps import Dead, Done, Send, drive


class Twice:
    def __init__(self):
        self.heard = []

    def receive(self, raw):
        self.heard.append(raw)
        return Send(b"again", want=1) if len(self.heard) == 1 else Dead("enough")


def test_steps_are_done_until_the_exchange_is_over():
    engine = Twice()
    assert drive(engine, Send(b"first"), lambda send: send.data[:1]) == Dead("enough")
    assert engine.heard == [b"f", b"a"]


def test_an_exchange_that_is_over_needs_no_line():
    assert drive(Twice(), Done(b"x"), lambda send: None) == Done(b"x")
