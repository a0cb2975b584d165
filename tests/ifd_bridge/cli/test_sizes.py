"""Sizes as people write them."""

import click
import pytest

from ifd_bridge.cli.sizes import BOUND_HELP, SIZE
from ifd_bridge.system.written_file import LIMIT


def test_a_size_has_a_unit_or_none():
    for text, size in [
        ("1", 1),
        ("500k", 512000),
        ("20M", 20 << 20),
        ("2GiB", 2 << 30),
        ("3 kB", 3072),
    ]:
        assert SIZE.convert(text, None, None) == size


@pytest.mark.parametrize("text", ["", "0", "0k", "-1", "1.5M", "1T", "many", "9" * 40])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(click.BadParameter, match="a size is 500k, 20M or 2G, not"):
        SIZE.convert(text, None, None)


def test_the_help_names_the_bound_that_holds_without_one():
    assert f"Default: {LIMIT >> 30}G." in BOUND_HELP
