"""Worlds as files."""

import pytest

from ifd_bridge.spec import SpecError
from ifd_bridge.worlds.description import ReaderDescription, WorldDescription

WHOLE = WorldDescription(
    name="alice",
    driver="bridge?as=1.8.4",
    faults=("ins=20,nth=2:mute", 'a "quoted" \\ text'),
    seed=7,
    trace="-",
    pcap="é.pcapng",
    record="r.txt",
    show_pins=True,
    readers=(
        ReaderDescription("pinpad", ("piv?demo",)),
        ReaderDescription("two-slot", ("hello", "")),
        ReaderDescription(),
    ),
)


def test_what_is_written_is_read_again():
    assert WorldDescription.parse(str(WHOLE)) == WHOLE
    assert WorldDescription.parse(str(WorldDescription())) == WorldDescription()


def test_defaults_are_left_out():
    assert str(WorldDescription(readers=(ReaderDescription("plain", ("hello",)),))) == (
        '[[reader]]\nmodel = "plain"\ncard = "hello"\n'
    )


def test_a_reader_is_plain_and_empty_unless_it_says_otherwise():
    assert WorldDescription.parse("[[reader]]").readers == (ReaderDescription(),)


def test_wrong_files_are_explained(tmp_path):
    for text, message in (
        ("readers = 1", "no key is called 'readers'; there are name, driver"),
        ("seed = '1'", "seed is a whole number, not '1'"),
        ("seed = true", "seed is a whole number, not True"),
        ("faults = 'x'", "faults is a list of texts, not 'x'"),
        ("show-pins = 1", "show-pins is true or false, not 1"),
        ("name = 1", "name is a text, not 1"),
        ("[reader]", r"readers are tables, each under \[\[reader\]\]"),
        ("[[reader]]\ncolour = 'red'", "no key is called 'colour'; there are model, card, cards"),
        ("[[reader]]\ncard = 'a'\ncards = ['b']", "`card` or `cards`, not both"),
        ("name =", "no TOML"),
    ):
        with pytest.raises(SpecError, match=message):
            WorldDescription.parse(text)
    with pytest.raises(SpecError, match=r"none.toml: No such file"):
        WorldDescription.load(tmp_path / "none.toml")
    (tmp_path / "world.toml").write_bytes(b"\xff")
    with pytest.raises(SpecError, match=r"world.toml: 'utf-8'"):
        WorldDescription.load(tmp_path / "world.toml")
