"""Worlds as they are described."""

import pytest

from ifd_bridge.worlds.described import described
from ifd_bridge.worlds.description import WorldDescription
from ifd_bridge.worlds.world import World
from tests.kits.pcsc.program import ask

pytestmark = pytest.mark.pcsc

SLOTS = """
for name in names:
    settle(name, SCARD_STATE_PRESENT)
say(names)
"""


def test_a_world_has_what_its_file_says(tmp_path):
    trace, record = tmp_path / "trace.txt", tmp_path / "record.txt"
    text = f"""
        trace = "{trace}"
        record = "{record}"
        faults = ["ins=20:mute", "reader,nth=99:silent"]
        [[reader]]
        model = "two-slot"
        cards = ["hello", "random"]
    """
    about = WorldDescription.parse(text)
    readers = [(one.model, one.cards) for one in about.readers]
    with described(about, lambda wrappers: World(readers, wrappers=wrappers)) as (world, _):
        [names] = ask(world.environ, SLOTS)
        assert len(names) == 2
        assert world.places[0].reader.faults is not None
    assert "IFDHPowerICC" in trace.read_text()
    assert record.read_text().startswith("# vcard recording 1")
    assert (tmp_path / "record.0-1.txt").exists()
