from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from applets.esim.eid import numbered
from ifd_bridge.cards.opening import open_card
from ifd_bridge.cli.esim import esim_command


def made(place: Path, *options: str) -> str:
    shown = CliRunner().invoke(esim_command, ["pki", str(place), *options])
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_a_card_lives_under_the_hierarchy_that_was_made(tmp_path: Path) -> None:
    said = made(tmp_path / "certs", "--eid", numbered(9))
    assert numbered(9) in said
    card = open_card(f"esim?pki={tmp_path / 'certs'}")
    assert card.eid == numbered(9)


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    made(tmp_path / "certs")
    keys = list((tmp_path / "certs").rglob("SK_*"))
    assert len(keys) == 6
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}


def test_the_demonstration_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        made(tmp_path / name, "--demo")
    name = "CertificateIssuer/CERT_CI_ECDSA_NIST.der"
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    made(tmp_path / "certs")
    shown = CliRunner().invoke(esim_command, ["pki", str(tmp_path / "certs")])
    assert shown.exit_code == 1
    assert "not empty" in shown.output
