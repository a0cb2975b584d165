from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ifd_bridge.pcscd import process_socket as module
from ifd_bridge.pcscd.process_socket import ProcessSocket, early_contexts, process_socket


@pytest.fixture
def link(tmp_path: Path) -> Iterator[ProcessSocket]:
    made = ProcessSocket(tmp_path / "outer" / "pcscd.comm")
    yield made
    made.remove()


def test_the_path_leads_to_the_world_that_runs_and_else_to_the_outer_pcscd(
    link: ProcessSocket, tmp_path: Path
) -> None:
    assert link.path.readlink() == link.outer
    for world in (tmp_path / "one", tmp_path / "two"):
        assert link.claim(world)
        assert link.path.readlink() == world
        link.release(world)
        assert link.path.readlink() == link.outer


def test_a_second_world_at_once_goes_without(link: ProcessSocket, tmp_path: Path) -> None:
    assert link.claim(tmp_path / "one")
    assert not link.claim(tmp_path / "two")
    link.release(tmp_path / "two")
    assert link.path.readlink() == tmp_path / "one"


def test_a_forked_child_leaves_the_path_alone(link: ProcessSocket) -> None:
    link.owner = os.getppid()
    link.remove()
    assert link.path.is_symlink()
    link.owner = os.getpid()


def test_a_process_has_one_path_and_remembers_what_it_would_have_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_made", [])
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", "/outer/pcscd.comm")
    made = process_socket()
    assert process_socket() is made
    assert made.outer == Path("/outer/pcscd.comm")
    made.remove()
    monkeypatch.delenv("PCSCLITE_CSOCK_NAME")
    made.owner = 0  # as after a fork
    again = process_socket()
    assert again.outer == Path("/run/pcscd/pcscd.comm")
    again.remove()


def test_a_context_from_before_is_seen_by_its_connection(tmp_path: Path) -> None:
    path = tmp_path / "pcscd.comm"
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(path))
        server.listen()
        assert path not in early_contexts()
        client.connect(str(path))
        assert path in early_contexts()
