"""The wheel, installed without a checkout or a compiler."""

from __future__ import annotations

import os
import re
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


USERS_TYPES = """
from applets.hello import Hello
from ifd_bridge import endpoint
from readers import CcidReader, models
from vcard import SW, Applet, Card, Command, Reply, handles
from vcard.doubles import Faults, ScriptedCard


class Greeter(Applet):
    aid = bytes.fromhex("F000000001")

    @handles(ins=0x10)
    def greet(self, command: Command) -> Reply:
        return command.data or SW.WRONG_LENGTH


def world(card: Card) -> dict[str, str]:
    reader = CcidReader(models.PINPAD)
    with endpoint(reader) as pcsc:
        reader.insert(Faults(seed=1).around(card))
        reader.eject()
        reader.insert(Hello())
        return dict(pcsc.environ)


scripted = ScriptedCard()
scripted.on("80 CA ?? ??").answers("01 02 90 00", SW.FILE_NOT_FOUND)
"""

OTHER = {
    "vcard/__init__.py": "",
    "vcard/vcard.py": "def main(): print('contacts')\n",
    "vcard-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: vcard\nVersion: 1.0\n",
    "vcard-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "vcard-1.0.dist-info/entry_points.txt": "[console_scripts]\nvcard = vcard.vcard:main\n",
    "vcard-1.0.dist-info/RECORD": "",
}
"""A distribution that has our names, as PyPI's `vcard` does."""

DATE = "1700000000"


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
    environ = {**os.environ, "SOURCE_DATE_EPOCH": DATE}
    done = subprocess.run(
        command, cwd=tree, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (made,) = (place / "dist").iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("bdist_wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user: the wheel, its dependencies from here, no compiler."""
    place = tmp_path_factory.mktemp("user")
    venv.create(place / "venv", with_pip=True, symlinks=True)
    bin_ = place / "venv" / "bin"
    here = "\n".join(path for path in sys.path if path.endswith("site-packages"))
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
    for number in range(8):
        (tmp_path / f"test_{number}.py").write_text(USERS_TEST)
    told = run(installed, tmp_path, python(installed), "-m", "pytest", "-q", "-n", "4")
    assert "9 passed" in told


def test_a_users_types_are_checked_strictly(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "greeter.py").write_text(USERS_TYPES)
    command = [python(installed), "-m", "mypy", "--strict", "--cache-dir", "cache", "greeter.py"]
    assert "no issues found" in run(installed, tmp_path, *command)


def test_another_package_of_the_name_is_found_by_the_doctor_and_by_pytest(
    installed: dict[str, str], tmp_path: Path
) -> None:
    place = tmp_path / "venv"
    shutil.copytree(Path(python(installed)).parents[1], place, symlinks=True)
    other = tmp_path / "vcard-1.0-py3-none-any.whl"
    with zipfile.ZipFile(other, "w") as archive:
        for name, text in OTHER.items():
            archive.writestr(name, text)
    interpreter = str(place / "bin/python")
    pip = [interpreter, "-m", "pip", "-q", "install", "--no-deps", "--no-index"]
    run(installed, tmp_path, *pip, str(other))
    done = subprocess.run(
        [interpreter, "-m", "ifd_bridge.cli", "doctor"],
        cwd=tmp_path, env=installed, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "'vcard'" in done.stdout
    assert "pip uninstall" in done.stdout or "pip install" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    (tmp_path / "test_hello.py").write_text(USERS_TEST)
    done = subprocess.run(
        [interpreter, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_hello.py"],
        cwd=tmp_path, env=installed, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "the distribution 'vcard' has a package `vcard`, too, and wrote over ours" in done.stdout


@pytest.mark.parametrize("kind", ["bdist_wheel", "sdist"])
def test_two_builds_give_the_same_bytes(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    one = request.getfixturevalue({"bdist_wheel": "wheel", "sdist": "source"}[kind])
    assert one.read_bytes() == build(kind, tmp_path / "elsewhere").read_bytes()


def test_the_wheel_is_one_for_most_distributions(wheel: Path) -> None:
    command = [sys.executable, "-m", "auditwheel", "show", wheel]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.search(r'platform tag: "manylinux_2_\d+_', " ".join(told.split())), told


def test_an_index_takes_what_is_built(wheel: Path, source: Path) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", wheel, source]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_source_builds_tests_and_documents_itself(source: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xf", source, "-C", tmp_path], check=True)
    (tree,) = tmp_path.iterdir()
    environ = {**os.environ, "PYTHONPATH": str(tree), "NO_MKDOCS_2_WARNING": "1"}
    few = ["tests/vcard/test_tlv.py", "tests/test_layers.py", "tests/test_mirror.py"]
    for command in (
        ["setup.py", "-q", "build_ext", "--inplace"],
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", *few],
        ["-m", "mkdocs", "build", "--strict", "-q"],
    ):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tree, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tree / "build/site/index.html").exists()


def test_the_source_has_all_that_it_takes_to_build_and_test(
    source: Path,
) -> None:
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    kept = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    wanted = {
        name for name in kept if name and not name.startswith(".git") and (ROOT / name).exists()
    }
    assert wanted - names == set() or not (ROOT / ".git").exists()
    assert {"Makefile", "examples/demo.py", "tests/pcsc/test_wheel.py", "LICENSE"} <= names
