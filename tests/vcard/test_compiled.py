"""Compiled and interpreted modules: detection, and use from plain Python."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from applets.hello import Hello
from ifd_bridge.driver.apdu_levels import Level
from ifd_bridge.driver.direct_cable import DirectCable
from ifd_bridge.driver.driver import Driver
from readers import CcidReader, models
from vcard import SW, Card, Command, Memory, Response, channel, command
from vcard.channel import Port
from vcard.compiled import form, mypyc_attr


def test_the_form_is_told() -> None:
    compiled = Path(command.__file__).suffix != ".py"
    assert form() == ("compiled" if compiled else "pure")
    assert (Path(channel.__file__).suffix != ".py") == compiled


def test_a_hint_leaves_its_class_alone() -> None:
    hinted = mypyc_attr(allow_interpreted_subclasses=True)(Hello)
    assert hinted is Hello


@pytest.mark.parametrize("base", [Card, CcidReader, Driver, Hello, Level, Memory, Port])
def test_plain_python_may_subclass(base: type) -> None:
    class Own(base):
        extra = 1

        def __init__(self) -> None:
            self.more = 2

    own = Own()
    assert (own.extra, own.more) == (1, 2)


class Counting(CcidReader):
    """A reader that counts what the host sends, and what it answers."""

    def handle(self, *message: object) -> None:
        self.taken = getattr(self, "taken", 0) + 1
        super().handle(*message)

    def put(self, answer: bytes) -> None:
        self.given = getattr(self, "given", 0) + 1
        super().put(answer)


def test_what_a_reader_s_subclass_overrides_is_called() -> None:
    reader = Counting(models.PLAIN)
    reader.insert(Hello())
    driver = Driver(DirectCable(reader), reader.model)
    driver.slots[0].power_icc(500)
    assert reader.taken == reader.given > 0


@pytest.mark.parametrize(
    ("fails", "module", "function"),
    [
        (lambda: Command.parse(b"\0"), "vcard/command.py", "parse"),
        (lambda: SW(0x10000), "vcard/sw.py", "__init__"),
        (lambda: Response.parse(b""), "vcard/command.py", "parse"),
        (lambda: CcidReader(models.PLAIN).eject(1), "readers/reader.py", "_place"),
    ],
)
def test_a_traceback_names_file_function_and_line(
    fails: Callable[[], object], module: str, function: str
) -> None:
    with pytest.raises(ValueError, match=r".+") as raised:
        fails()
    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert last.filename.endswith(module)
    assert last.name == function
    assert last.line.startswith("raise ValueError(")
