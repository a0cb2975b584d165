"""The compiled parts."""

import pytest

from ifd_bridge.pcscd import compiled_parts
from ifd_bridge.pcscd.daemon import PcscdError


@pytest.mark.parametrize("part", ["handler", "fake_libudev"])
def test_a_part_is_found_where_it_was_built(part):
    assert compiled_parts.extension(part).suffix == ".so"


def test_a_part_that_is_not_built_is_explained(monkeypatch, tmp_path):
    monkeypatch.setattr(compiled_parts, "BRIDGE", tmp_path)
    with pytest.raises(PcscdError, match=r"libusb-1.0-0-dev.*pip install"):
        compiled_parts.extension("fake_libusb")
