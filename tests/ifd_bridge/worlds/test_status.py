from __future__ import annotations

import os

import pytest

from ifd_bridge.worlds.status import Status


def test_a_world_tells_its_process_and_command() -> None:
    told = Status(["pcsc_scan", "-r"], None).told()
    assert told["pid"] == os.getpid()
    assert told["command"] == ["pcsc_scan", "-r"]
    assert 0 <= told["age"] < 60


def test_only_a_world_of_the_command_line_can_be_ended_from_outside() -> None:
    ended = []
    Status([], lambda: ended.append(True)).stop()
    assert ended == [True]
    with pytest.raises(RuntimeError, match="belongs to a program"):
        Status([], None).stop()
