from __future__ import annotations

from pathlib import Path

from ifd_bridge.worlds.host import Host
from ifd_bridge.worlds.system_host import SystemHost
from ifd_bridge.worlds.world import World, private


def test_a_pcscd_of_ones_own_and_the_systems_are_hosts(tmp_path: Path) -> None:
    world = World([("plain", None)])
    hosts: list[Host] = [private()(world.places), SystemHost([], tmp_path / "s")]
    assert [host.log for host in hosts] == ["", ""]
    assert hosts[1].sight is None
