from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from ifd_bridge.pcscd.reader_states import reader_states, wait_until
from ifd_bridge.worlds import service
from ifd_bridge.worlds.endpoint import Endpoint
from ifd_bridge.worlds.system_host import SystemHost
from ifd_bridge.worlds.world import World, private


@pytest.mark.pcsc
@pytest.mark.parametrize(
    ("driver", "model"),
    [
        pytest.param("bridge", "plain"),
        pytest.param("libccid", "plain", marks=[pytest.mark.libccid, pytest.mark.hotplug]),
        pytest.param("libccid-serial", "gemalto-pc-twin", marks=pytest.mark.libccid),
    ],
)
def test_a_pcscd_is_stopped_and_started_and_has_its_readers_again(driver: str, model: str) -> None:
    ends: list[int | None] = []
    with World([(model, "hello")], host=private(driver, on_end=ends.append)) as world:
        host = world._running
        assert isinstance(host, Endpoint)
        assert world.service() == "running"
        assert world.service("stop").startswith("stopped: pcscd has ended")
        assert world.status()["pcscd"] is False
        with pytest.raises(RuntimeError, match="not running"):
            world.service("stop")
        assert world.service("start") == "running"
        with pytest.raises(RuntimeError, match="running already"):
            world.service("start")
        assert world.service("restart") == "running"
        world.wait("card")
        world.eject()
        world.insert()
        assert [seen.present for seen in reader_states(host.socket).values()] == [True]
    assert ends == []


@pytest.mark.pcsc
def test_a_pcscd_that_is_killed_is_told_at_once() -> None:
    ends: list[int | None] = []
    with World([("plain", "hello")], host=private(on_end=ends.append)) as world:
        host = world._running
        assert isinstance(host, Endpoint)
        assert host.pcscd.pid is not None
        os.kill(host.pcscd.pid, signal.SIGKILL)
        assert wait_until(lambda: bool(ends))
        assert world.service() == "stopped: pcscd ended by signal 9"
        assert world.service("start") == "running"
    assert ends == [-signal.SIGKILL]


def test_the_systems_pcscd_is_left_to_its_administrator(tmp_path: Path) -> None:
    host = SystemHost([], tmp_path / "s")
    with pytest.raises(RuntimeError, match="systemctl restart pcscd"):
        service.change(host, "stop")
    with pytest.raises(ValueError, match="cannot 'jump' a service; there are stop, start"):
        service.change(host, "jump")
    assert service.state(host) == "running"
