from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ifd_bridge.control.client import Control, ControlError
from ifd_bridge.control.server import ControlServer
from ifd_bridge.trace import Stream


def test_without_a_world_the_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match=str(tmp_path)):
        Control(tmp_path / "control")


def test_a_world_that_ends_is_noticed(tmp_path: Path) -> None:
    verbs: dict[str, Callable[[], None]] = {}
    server = ControlServer(tmp_path / "control", verbs, Stream())
    verbs["end"] = server.close
    server.start()
    with Control(server.path) as control, pytest.raises(ControlError, match="gone"):
        control.do("end")
        control.do("end")


def test_a_world_that_does_not_answer_is_not_waited_for_without_end(
    tmp_path: Path,
) -> None:
    release = threading.Event()
    server = ControlServer(tmp_path / "control", {"wait": lambda: release.wait(10)}, Stream())
    server.start()
    with (
        Control(server.path, timeout_s=0.05) as control,
        pytest.raises(ControlError, match="not answered"),
    ):
        control.do("wait")
    release.set()
    server.close()
