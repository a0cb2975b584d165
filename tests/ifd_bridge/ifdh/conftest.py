"""Both forms of the hop for the tests of whatever answers calls."""

import pytest

from ifd_bridge.ifdh import frames
from tests.kits.bridge import hop_in_c


@pytest.fixture(scope="session")
def in_c(tmp_path_factory):
    return hop_in_c.loaded(hop_in_c.built(tmp_path_factory.mktemp("hop")))


@pytest.fixture(params=["python", pytest.param("c", marks=pytest.mark.slow)])
def form(request, monkeypatch):
    """A hop in Python, and in C."""
    found = request.getfixturevalue("in_c") if request.param == "c" else None
    monkeypatch.setattr(frames, "in_c", found)
