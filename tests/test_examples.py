"""Run every example, and those of README.md."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kits.own_commands import own_commands

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
README = (ROOT / "README.md").read_text()
END = 60

pytestmark = [pytest.mark.pcsc, pytest.mark.slow]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which `vcard` and `python3` are those of this tree."""
    return own_commands(tmp_path)


def run(environ: dict[str, str], *command: str, keys: str = "", cwd: Path = ROOT) -> str:
    done = subprocess.run(
        command, env=environ, input=keys, capture_output=True, text=True, timeout=END, cwd=cwd,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pytest_in(environ: dict[str, str], path: Path) -> str:
    plugin = ["-p", "ifd_bridge.testing.pytest_plugin", "-p", "ifd_bridge.testing.piv_fixture"]
    plugin += ["-p", "no:cacheprovider"]
    return run(environ, "python3", "-m", "pytest", *plugin, "-c", os.devnull, str(path))


def test_demo(environ: dict[str, str]) -> None:
    options = ["--reader", "pinpad", "--card", "hello?with=pin-dump"]
    shown = run(environ, "vcard", "run", *options, "--", "python3", "examples/demo.py")
    assert "Hello world!" in shown
    assert shown.endswith("< 00 20 00 80 08 31 32 33 34 35 36 37 38 90 00\n")


def test_mycards(environ: dict[str, str], tmp_path: Path) -> None:
    code = (
        "from smartcard.System import readers\n"
        "c = readers()[0].createConnection(); c.connect()\n"
        "c.transmit(list(bytes.fromhex('00A4040005F000000001')))\n"
        "print(c.transmit([0x80, 0x10, 0, 0])[0])"
    )
    kept = f"examples/mycards.py:kept?state={tmp_path}/counter.card"
    for expected in ("[1]\n", "[2]\n"):
        assert run(environ, "vcard", "run", "-c", kept, "--", "python3", "-c", code) == expected
    forgotten = "examples/mycards.py:card"
    assert run(environ, "vcard", "run", "-c", forgotten, "--", "python3", "-c", code) == "[1]\n"


def test_endpoint(environ: dict[str, str]) -> None:
    assert run(environ, "python3", "examples/endpoint.py") == "Virtual Reader 00 00\n"


def test_pin_entry(environ: dict[str, str]) -> None:
    shown = run(environ, "python3", "examples/pin_entry.py")
    assert shown.endswith("| 00 20 00 80 08 31 32 33 34 ff ff ff ff 90 00\n")


def test_keypad(environ: dict[str, str]) -> None:
    command = ["vcard", "run", "-r", "pinpad", "--", "python3", "examples/keypad.py"]
    shown = run(environ, *command, keys="12x\nq")
    assert shown.splitlines()[1:] == ["'x' is no key: 0..9, OK, CANCEL, CLEAR, BACKSPACE"]


def test_test_card(environ: dict[str, str]) -> None:
    assert "3 passed" in pytest_in(
        environ | {"PYTHONPATH": f"{ROOT}:{EXAMPLES}"}, EXAMPLES / "test_card.py"
    )


def test_piv_keypad(environ: dict[str, str]) -> None:
    if shutil.which("pkcs11-tool") is None:
        pytest.skip("pkcs11-tool is not installed")
    shown = run(environ, "python3", "examples/piv_keypad.py")
    assert shown.endswith("signed by CN=Alice Example\n")


def test_tour(environ: dict[str, str]) -> None:
    shown = run(environ, "python3", "examples/tour.py")
    assert "the card says: Hello world! 9000 OK" in shown
    assert "card ejected" in shown


def test_hook(environ: dict[str, str]) -> None:
    code = r"import hook; print(hook.shout(bytes(4), lambda command: b'hello\x90\x00'))"
    shown = run(environ | {"PYTHONPATH": str(EXAMPLES)}, "python3", "-c", code)
    assert shown == r"b'HELLO\x90\x00'" + "\n"


def test_the_card_as_text(environ: dict[str, str]) -> None:
    code = (
        "from smartcard.System import readers\n"
        "c = readers()[0].createConnection(); c.connect()\n"
        "for t in ('00B0000000', '002000800831323334FFFFFFFF', '00B0000000'):\n"
        "    print(c.transmit(list(bytes.fromhex(t)))[1:])"
    )
    card = "script:examples/card.txt"
    shown = run(environ, "vcard", "run", "-c", card, "--", "python3", "-c", code)
    assert shown == "(105, 130)\n(144, 0)\n(144, 0)\n"


def test_esim_ports(environ: dict[str, str]) -> None:
    shown = run(environ, "python3", "examples/esim_ports.py")
    assert shown.splitlines()[:2] == ["1 Private 8949000000000000018", "2 Work 8949000000000000026"]


def test_sim_menu(environ: dict[str, str]) -> None:
    steps = ("on", "choose --item 1", "answer --text Alice", "answer", "choose --item 2")
    script = "; ".join(f"vcard sim phone {step}" for step in steps)
    card = "examples/sim_menu.py:card"
    shown = run(environ, "vcard", "run", "-c", card, "--", "sh", "-ec", script)
    assert "GET INPUT: Your name?" in shown
    assert "DISPLAY TEXT: Hello Alice" in shown
    assert "SELECT ITEM: Which colour?" in shown
    assert "  2 green" in shown


def test_no_example_is_left_out() -> None:
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {path.stem for path in EXAMPLES.glob("*.py")} <= tested


# README.md


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


LINES = [line for block in blocks("sh") for line in block.splitlines()]


def test_the_readmes_python_runs(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "test_readme.py").write_text("\n".join(blocks("python")))
    assert "1 passed" in pytest_in(environ, tmp_path / "test_readme.py")


def test_the_readme_is_short() -> None:
    assert README.count("\n") <= 130


def test_the_readmes_steering_works(environ: dict[str, str]) -> None:
    serve, steer = (line for line in LINES if line.startswith(("vcard serve", "vcard list")))
    options = shlex.split(serve.removesuffix("&"))[2:]
    steer = steer.replace("vcard trace", "true")
    shown = run(environ, "vcard", "run", *options, "--", "sh", "-ec", steer)
    assert shown == "0 Virtual PIN Pad (keypad): hello\n"
    assert run(environ, "vcard", "list", "--help")


def test_every_make_target_that_the_readme_names_is_there(environ: dict[str, str]) -> None:
    listed = run(environ, "make")
    for line in LINES:
        if line.startswith("make "):
            assert f"  {' '.join(line.split()[:2])} " in listed
