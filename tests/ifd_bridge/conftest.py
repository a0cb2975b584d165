"""A server with one echoing reader, for tests of its clients."""

import pytest

from ifd_bridge.ifdh.server import Server
from tests.kits.bridge.kit import Driver, Source, served


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def driver():
    driver = Driver()
    yield driver
    driver.release.set()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "private" / "ifd.sock"


@pytest.fixture
def server(path, source, driver):
    with Server(path, [served(driver, source)]) as server:
        yield server
