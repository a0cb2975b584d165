"""docs/how-to/adding.md, followed to the letter by somebody new."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from tests.source import ROOT

TEXT = (ROOT / "docs/how-to/adding.md").read_text()
FILES = dict(re.findall(r"```python file=(\S+)\n(.*?)```", TEXT, re.DOTALL))
RUN = re.findall(r"```python run\n(.*?)```", TEXT, re.DOTALL)
PLACES = 5

USE = """
from ifd_bridge.cards.opening import open_card
import sys
card = open_card(sys.argv[1])
card.power_up()
for line in sys.argv[2:]:
    print(card.exchange(bytes.fromhex(line)).hex())
"""
SELECT, VERIFY, WRONG = "00A4040006F0000000BADE", "002000000431323334", "002000000439393939"
DIGEST = bytes(range(32))
CERTIFICATE, SIGN = "80CA0000000000", f"802A000020{DIGEST.hex()}00"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree with what the page says, and nothing else."""
    place = tmp_path_factory.mktemp("tree")
    for folder in ("vcard", "applets", "readers", "ifd_bridge"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in FILES.items():
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (place / "applets/badge/__init__.py").write_text('"""A badge."""\n')
    [line] = re.findall(r'`("badge": "[\w.]+")`', TEXT)
    catalogue = place / "applets/catalogue.py"
    text = catalogue.read_text()
    catalogue.write_text(text.replace("_KINDS = {\n", f"_KINDS = {{\n    {line},\n"))
    return place


def use(tree, spec, *commands):
    told = python(tree, USE, spec, *commands)
    return [bytes.fromhex(line) for line in told.split()]


def python(root, code, *arguments):
    """What a program prints that finds its modules below `root`."""
    environ = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-P", "-c", code, *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_card_with_pin_certificate_and_state_takes_five_places_at_most(tree, tmp_path):
    assert len(FILES) + 2 <= PLACES
    spec = f"badge?name=Bob&state={tmp_path / 'bob.card'}"
    answers = use(tree, spec, SELECT, SIGN, WRONG, VERIFY, SIGN, CERTIFICATE)
    selected, refused, wrong, right, signed, certificate = answers
    assert (selected[-2:], refused, wrong) == (b"\x90\x00", b"\x69\x82", b"\x63\xc2")
    assert (right, signed[-2:]) == (b"\x90\x00", b"\x90\x00")
    read = x509.load_der_x509_certificate(certificate[:-2])
    assert read.subject.rfc4514_string() == "CN=Bob"
    read.public_key().verify(signed[:-2], DIGEST, ECDSA(Prehashed(SHA256())))
    assert use(tree, spec, SELECT, CERTIFICATE)[1] == certificate


def test_the_page_is_typed_and_tidy(tree):
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", str(ROOT / "pyproject.toml"), "applets/badge"]
    subprocess.run([*ruff, "check", "-q", *config], cwd=tree, check=True)
    subprocess.run([*ruff, "format", "--check", "-q", *config], cwd=tree, check=True)


@pytest.mark.parametrize("block", RUN, ids=["model", "verb"])
def test_the_other_blocks_run(block):
    assert python(ROOT, block) == ""
