"""PKCS #11 programs: the PIN on the keypad, and failures."""

import json
import os
import subprocess
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from applets.piv import Piv, Slot
from readers.commands import secure
from readers.pinpad.entry import CANCEL, OK, Entry
from tests.external.piv.conftest import END_S, OPENSC
from vcard import SW, Later

pytestmark = pytest.mark.pcsc

CLIENT = Path(__file__).with_name("pkcs11_client.py")
KEYPAD = "PROTECTED_AUTHENTICATION_PATH"


@pytest.fixture(scope="module")
def python():
    """A Python that has PyKCS11, to load OpenSC's module."""
    if not Path(OPENSC).exists():
        pytest.skip("opensc-pkcs11.so is not installed")
    for program in ("python", "python3"):
        done = subprocess.run([program, "-c", "import PyKCS11"], capture_output=True, check=False)
        if done.returncode == 0:
            return program
    pytest.skip("PyKCS11 is not installed")


@pytest.fixture
def client(python):
    def run(desk, *steps):
        said = desk.run(python, CLIENT, OPENSC, *steps)
        return [json.loads(line) for line in said.splitlines() if line]

    return run


def test_a_plain_reader_has_no_protected_path(client, desk, alice):
    assert client(desk, "flags", "login:123456") == [[], "in"]


def test_the_pin_is_typed_on_the_keypad(client, pinpad_desk, pinpad_alice):
    pinpad_desk.reader.pinpad.queue("123456", OK)
    flags, login, signature = client(pinpad_desk, "flags", "login", "sign:1")
    assert (flags, login) == ([KEYPAD], "in")
    public = pinpad_alice.keys[Slot.AUTHENTICATION].public_key()
    public.verify(bytes.fromhex(signature), b"to be signed", padding.PKCS1v15(), SHA256())


@pytest.mark.libccid
def test_the_genuine_driver_carries_the_keypad_too(client, libccid_desk, libccid_alice):
    pinpad = libccid_desk.reader.pinpad
    pinpad.queue("111111", OK, "12", CANCEL, "123", OK, "123456", OK)
    answers = client(libccid_desk, "flags", "login", "login", "login", "login", "sign:1")
    refusals = ["CKR_PIN_INCORRECT", "CKR_FUNCTION_CANCELED", "CKR_PIN_LEN_RANGE"]
    assert answers[:5] == [[KEYPAD], *refusals, "in"]
    public = libccid_alice.keys[Slot.AUTHENTICATION].public_key()
    public.verify(bytes.fromhex(answers[5]), b"to be signed", padding.PKCS1v15(), SHA256())


def test_a_pin_from_the_program_is_taken_there_too(client, pinpad_desk, pinpad_alice):
    assert client(pinpad_desk, "login:123456") == ["in"]


def test_a_cancelled_entry_is_no_try(client, pinpad_desk, pinpad_alice):
    pinpad_desk.reader.pinpad.queue("12", CANCEL)
    assert client(pinpad_desk, "login") == ["CKR_FUNCTION_CANCELED"]
    assert pinpad_alice.piv.pins[0x80].status == SW.tries_left(3)


def test_an_entry_that_nobody_makes_ends_by_itself(client, pinpad_desk, pinpad_alice, monkeypatch):
    given = []

    def hasty(prompts, limits, conditions, timeout_s, now, **more):
        given.append(timeout_s)
        return Entry(prompts, limits, conditions, timeout_s / 30, now, **more)

    monkeypatch.setattr(secure, "Entry", hasty)
    assert client(pinpad_desk, "login") == ["CKR_FUNCTION_CANCELED"]
    assert given == [30]  # seconds, OpenSC's time limit for people
    assert pinpad_alice.piv.pins[0x80].status == SW.tries_left(3)


def test_wrong_pins_count_down_to_the_block(client, pinpad_desk, pinpad_alice):
    tries = pinpad_alice.piv.pins[0x80]
    for left in (2, 1):
        pinpad_desk.reader.pinpad.queue("111111", OK)
        assert client(pinpad_desk, "login") == ["CKR_PIN_INCORRECT"]
        assert tries.tries_left == left
    pinpad_desk.reader.pinpad.queue("111111", OK, "123456", OK)
    answers = client(pinpad_desk, "login", "login")
    assert answers[0] in ("CKR_PIN_INCORRECT", "CKR_PIN_LOCKED")
    assert answers[1] == "CKR_PIN_LOCKED"
    assert tries.blocked


def test_a_pin_that_is_too_short_is_refused_by_the_reader(client, pinpad_desk, pinpad_alice):
    pinpad_desk.reader.pinpad.queue("123", OK)
    assert client(pinpad_desk, "login") == ["CKR_PIN_LEN_RANGE"]
    assert pinpad_alice.piv.pins[0x80].status == SW.tries_left(3)


class Slow(Piv):
    """A card that takes long to sign, and says when it begins."""

    def __init__(self, **options):
        super().__init__(**options)
        self.signing = threading.Event()

    def general_authenticate(self, command):
        self.signing.set()
        return Later(END_S, lambda: super(Slow, self).general_authenticate(command))


def test_a_card_that_is_pulled_out_while_it_signs_ends_the_call(python, desk, alice):
    desk.reader.eject()
    slow = Slow(keys=alice.keys, certificates=alice.certificates)
    desk.insert(slow.on_card())
    command = [desk.need(python), str(CLIENT), OPENSC, "login:123456", "sign:1"]
    with subprocess.Popen(
        command, env=desk.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as client:
        try:
            assert slow.signing.wait(END_S)
            desk.reader.eject()
            said, _ = client.communicate(timeout=END_S / 4)
        finally:
            client.kill()
    login, answer = (json.loads(line) for line in said.splitlines() if line)
    assert login == "in"
    assert answer in ("CKR_DEVICE_REMOVED", "CKR_DEVICE_ERROR", "CKR_TOKEN_NOT_PRESENT")


YKCS11 = "libykcs11.so"


@pytest.fixture
def ykcs11():
    for directory in [*os.environ.get("LD_LIBRARY_PATH", "").split(":"), str(Path(OPENSC).parent)]:
        if (found := Path(directory or ".", YKCS11)).exists():
            return found
    pytest.skip(f"{YKCS11} is not installed")


def test_yubicos_module_tests_itself_with_the_card(yubikey_desk, yubikey, ykcs11):
    module = ("pkcs11-tool", "--module", ykcs11)
    assert f"YubiKey PIV #{yubikey.piv.serial}" in yubikey_desk.run(*module, "-L")
    said = yubikey_desk.run(*module, "--login", "--pin", "123456", "--test")
    assert "No errors" in said


def test_gnutls_lists_what_is_on_the_card(desk, alice):
    said = desk.run("p11tool", "--provider", OPENSC, "--list-all-certs", "pkcs11:")
    assert said.count("Type: X.509 Certificate") == len(alice.certificates)
