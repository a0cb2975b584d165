"""The wheel, installed where there is neither a checkout nor a compiler."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.source import ROOT

pytestmark = [pytest.mark.pcsc, pytest.mark.slow, pytest.mark.timeout(300)]
NEEDED = ("sh", "mount", "setpriv", "unshare", "env", "true")

USERS_TEST = """
from applets.hello import Hello

def test_hello(reader, connect):
    reader.insert(Hello())
    card = connect()
    assert card.transmit("00A404000AA00000006203010C0601") == bytes.fromhex("9000")
    assert card.transmit("00000000").startswith(b"Hello world!")
"""


def build(kind: str, place: Path) -> Path:
    """The one file that setuptools makes of a copy of this tree."""
    tree = place / "tree"
    left_out = shutil.ignore_patterns(
        ".venv",
        ".git",
        "build",
        "dist",
        "*.egg-info",
        "*.so",
        "__pycache__",
        ".*_cache",
        ".hypothesis",
    )
    shutil.copytree(ROOT, tree, ignore=left_out)
    command = [sys.executable, "setup.py", "-q", kind, "--dist-dir", str(place / "dist")]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = (place / "dist").iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("bdist_wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user: the wheel, its dependencies from here, no compiler."""
    place = tmp_path_factory.mktemp("user")
    venv.create(place / "venv", with_pip=True, symlinks=True)
    bin_ = place / "venv" / "bin"
    here = sysconfig.get_paths()["purelib"]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (place / "venv" / "lib" / version / "site-packages" / "here.pth").write_text(here)
    subprocess.run(
        [bin_ / "pip", "install", "-q", "--no-deps", "--no-index", "--force-reinstall", wheel],
        check=True,
        cwd=place,
        env={"PATH": str(bin_)},
    )
    tools = place / "tools"
    tools.mkdir()
    for name in NEEDED:
        if found := shutil.which(name):
            (tools / name).symlink_to(found)
    assert shutil.which("gcc", path=str(tools)) is None
    return {"PATH": f"{bin_}:{tools}", "HOME": str(place), "XDG_RUNTIME_DIR": str(place)}


def run(environ: dict[str, str], place: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=place, env=environ, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(environ: dict[str, str]) -> str:
    return environ["PATH"].partition(":")[0] + "/python"


def test_one_wheel_does_for_every_python_and_has_all_parts(wheel: Path) -> None:
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert wheel.name.endswith(f"-py3-none-{platform}.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    parts = {name for name in names if name.endswith(".so")}
    assert {"ifd_bridge/ifdh/handler.so", "ifd_bridge/pcscd/fake_libudev.so"} <= parts
    assert {f"{name}/py.typed" for name in ("vcard", "applets", "readers", "ifd_bridge")} <= set(
        names
    )
    assert not [name for name in names if name.startswith(("tests/", "bench/", "examples/"))]


def test_the_demo_runs_from_the_wheel(installed: dict[str, str], tmp_path: Path) -> None:
    where = run(
        installed,
        tmp_path,
        python(installed),
        "-c",
        "import ifd_bridge; print(ifd_bridge.__file__)",
    )
    assert str(ROOT) not in where
    shutil.copy(ROOT / "examples" / "demo.py", tmp_path)
    options = ["--reader", "pinpad", "--card", "hello?with=pin-dump"]
    run(installed, tmp_path, "vcard-emulator", "run", *options, "--", python(installed), "demo.py")


def test_a_users_project_is_tested_with_the_wheel(
    installed: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "test_hello.py").write_text(USERS_TEST)
    told = run(installed, tmp_path, python(installed), "-m", "pytest", "-q", "-n", "2")
    assert "1 passed" in told


def test_the_source_has_all_that_it_takes_to_build_and_test(
    tmp_path: Path,
) -> None:
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    kept = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    wanted = {
        name for name in kept if name and not name.startswith(".git") and (ROOT / name).exists()
    }
    assert wanted - names == set() or not (ROOT / ".git").exists()
    assert {"Makefile", "examples/demo.py", "tests/pcsc/test_wheel.py", "LICENSE"} <= names
