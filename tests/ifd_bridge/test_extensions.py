"""The compiled parts."""

import pytest

from ifd_bridge import extensions
from ifd_bridge.pcscd import PcscdError


@pytest.mark.parametrize("part", ["handler", "fake_libudev"])
def test_a_part_is_found_where_it_was_built(part):
    assert extensions.extension(part).suffix == ".so"


def test_a_part_that_is_not_built_is_explained(monkeypatch):
    monkeypatch.setattr(extensions, "find_spec", lambda name: None)
    with pytest.raises(PcscdError, match=r"libusb-1.0-0-dev.*pip install"):
        extensions.extension("fake_libusb")
