"""The form of a state table, and the events of both ends."""

from enum import Enum
from pathlib import Path

import pytest

from vcard.transmission.t1_block import Block
from vcard.transmission.t1_card import CARD_ROWS
from vcard.transmission.t1_host import HOST_ROWS
from vcard.transmission.t1_table import Event, Row, meaning, picture, table


class Light(Enum):
    OFF = 0
    ON = 1


def _switch(*_):
    return None


ROWS = (
    Row((Light.OFF, Light.ON), (Event.I_LAST,), _switch, Light.ON, "1"),
    Row((Light.ON,), (Event.R_NEXT, Event.R_AGAIN), _switch, None, "2", (Light.OFF,)),
)


def test_a_table_is_looked_up_by_state_and_event():
    found = table(ROWS)
    assert found[Light.OFF, Event.I_LAST] is ROWS[0]
    assert found[Light.ON, Event.R_AGAIN] is ROWS[1]


def test_two_rows_for_the_same_are_refused():
    with pytest.raises(ValueError, match="OFF has two rows for I_LAST"):
        table((*ROWS, ROWS[0]))


def test_a_picture_has_an_arrow_for_each_change_of_state():
    assert picture(ROWS).splitlines() == [
        "stateDiagram-v2",
        "    OFF --> ON: I(expected, M=0) / switch (1)",
        "    ON --> OFF: switch",
    ]


@pytest.mark.parametrize("rows", [HOST_ROWS, CARD_ROWS], ids=["host", "card"])
def test_the_documentation_shows_the_tables_as_they_are(rows):
    text = (Path(__file__).parents[3] / "docs/explanation/states.md").read_text()
    assert f"```mermaid\n{picture(rows)}\n```" in text


def test_an_error_free_block_is_one_event():
    cases = [
        (0x40, b"", Event.I_LAST), (0x60, b"", Event.I_MORE), (0x00, b"", Event.I_WRONG),
        (0x80, b"", Event.R_AGAIN), (0x90, b"", Event.R_NEXT),
        (0xC0, b"", Event.RESYNCH_REQUEST), (0xC3, b"1", Event.WTX_REQUEST),
        (0xC1, b"", Event.WRONG_LENGTH), (0xC5, b"", Event.STRANGE_REQUEST),
        (0xE1, b"1", Event.IFS_RESPONSE), (0xE2, b"", Event.ABORT_RESPONSE),
        (0xEF, b"", Event.STRANGE_RESPONSE),
    ]  # fmt: skip
    for pcb, inf, event in cases:
        assert meaning(Block(0, pcb, inf), ns=0, nr=1) is event
