"""GnuPG 2.2 and later with an OpenPGP card: users' tasks, with GnuPG's own programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from applets.openpgp import AUTHENTICATION, DECRYPTION, SIGNATURE, OpenPgp
from applets.openpgp.codes import Origin, Slot
from applets.openpgp.fingerprints import fingerprint
from applets.openpgp.openpgp import demo_contents
from applets.openpgp.persona import YUBIKEY
from applets.yubikey import YubiKey
from tests.external.bench import need
from tests.external.openpgp.conftest import LOOPBACK, SERVER, Gpg
from vcard import Card

pytestmark = pytest.mark.pcsc

GPG_NAMES = {
    "RSA-2048": "rsa2048",
    "RSA-3072": "rsa3072",
    "P-256": "nistp256",
    "P-384": "nistp384",
    "P-521": "nistp521",
    "brainpoolP256r1": "brainpoolP256r1",
    "brainpoolP384r1": "brainpoolP384r1",
    "brainpoolP512r1": "brainpoolP512r1",
    "secp256k1": "secp256k1",
    "Ed25519": "ed25519",
}
ECDH = {"ed25519": "cv25519", "rsa2048": "rsa2048", "rsa3072": "rsa3072"}
"""The algorithm for encryption, where it is not the same with /ecdh behind it."""
ANSWERS = ("n", "0", "y", "Alice Example", "alice@example.org", "", "O")
"""Answers to `generate`: no backup, no expiry, correct; name, address, comment, okay."""


WITH_AES_256 = bytes.fromhex("03010909")
"""Parameters of ECDH keys of 384 bits from GnuPG 2.4 on."""


def plain(**options: Any) -> tuple[Card, OpenPgp]:
    """An OpenPGP card."""
    applet = OpenPgp.demo(**options)
    return applet.on_card(), applet


def token(algorithms: Mapping[Slot, str] | None = None, **options: Any) -> tuple[Card, OpenPgp]:
    """A YubiKey, with the same keys."""
    made = YubiKey(openpgp=demo_contents(algorithms or {}, YUBIKEY) | options)
    return made, made.openpgp


PERSONAS: dict[str, Callable[..., tuple[Card, OpenPgp]]] = {"openpgp": plain, "yubikey": token}
PINS = {"pw1": "654321", "pw3": "87654321"}


def made(name: str, **options: object) -> OpenPgp:
    slots = (SIGNATURE, DECRYPTION, AUTHENTICATION)
    return OpenPgp(algorithms=dict.fromkeys(slots, name), **options)


def signs_and_decrypts(gpg: Gpg) -> None:
    message = gpg.file("message", b"to whom it may concern")
    gpg.run("gpg", *LOOPBACK, "123456", "--sign", "-o", "signed", message)
    assert "Good signature" in gpg.run("gpg", "--verify", "signed")
    gpg.run(
        "gpg", "--batch", "--trust-model", "always", "-r", "alice", "-o", "sealed", "-e", message
    )
    gpg.run("gpg", *LOOPBACK, "123456", "-o", "opened", "-d", "sealed")
    assert (gpg.home / "opened").read_bytes() == b"to whom it may concern"


def imported(gpg: Gpg, card: OpenPgp, algorithm: str) -> None:
    """Make keys in software and move them to the card."""
    ecdh, sign = ECDH.get(algorithm, f"{algorithm}/ecdh"), algorithm
    if algorithm not in ECDH:
        sign = f"{algorithm}/ecdsa"
    unprotected = ("--batch", "--pinentry-mode", "loopback", "--passphrase", "")
    gpg.run("gpg", *unprotected, "--quick-gen-key", "alice", algorithm, "sign", "never")
    listed = gpg.run("gpg", "--with-colons", "-K", "alice")
    fingerprint = next(line for line in listed.splitlines() if line.startswith("fpr")).split(":")[9]
    for use, how in ((ecdh, "encr"), (sign, "auth")):
        gpg.run("gpg", *unprotected, "--quick-add-key", fingerprint, use, how, "never")
    words = "keytocard\ny\n1\nkey 1\nkeytocard\n2\nkey 1\nkey 2\nkeytocard\n3\nsave\n"
    how = ("--no-tty", "--command-fd", "0", "--pinentry-mode", "loopback")
    gpg.attempt("gpg", *how, "--passphrase", "12345678", "--edit-key", "alice", text=words)
    origins = [card.origin(slot) for slot in (SIGNATURE, DECRYPTION, AUTHENTICATION)]
    assert origins == [Origin.IMPORTED] * 3


def test_the_status_shows_the_card_and_its_keys(gpg: Gpg) -> None:
    gpg.insert(OpenPgp.demo(serial=31415926).on_card())
    said = gpg.run("gpg", "--card-status")
    for line in (
        "Application ID ...: D276000124010304FF7C314159260000",
        "Name of cardholder: Alice Example",
        "Key attributes ...: rsa2048 rsa2048 rsa2048",
        "PIN retry counter : 3 0 3",
    ):
        assert line in said


def test_the_administrator_writes_what_the_card_says_of_its_holder(gpg: Gpg) -> None:
    gpg.insert(OpenPgp(serial=1).on_card())
    gpg.edit(
        "name", "Example", "Bob", "lang", "de", "salutation", "M", "login", "bob",
        "url", "https://example.org/bob", "forcesig",
    )  # fmt: skip
    said = gpg.run("gpg", "--card-status")
    for line in (
        "Name of cardholder: Bob Example",
        "Language prefs ...: de",
        "Salutation .......: Mr.",
        "Login data .......: bob",
        "URL of public key : https://example.org/bob",
        "Signature PIN ....: not forced",
    ):
        assert line in said


@pytest.mark.parametrize("algorithm", ["RSA-2048", "Ed25519", "P-521", "brainpoolP384r1"])
def test_keys_from_outside_sign_and_decrypt(gpg: Gpg, algorithm: str) -> None:
    card = made(algorithm)
    gpg.insert(card.on_card())
    imported(gpg, card, GPG_NAMES[algorithm])
    for slot in (SIGNATURE, DECRYPTION, AUTHENTICATION):
        key, time = card.key(slot).public_key, int.from_bytes(card.value(slot.time), "big")
        attributes = card.attributes(slot)
        ours = [fingerprint(key, attributes, time, kdf=kdf) for kdf in (None, WITH_AES_256)]
        assert card.value(slot.fingerprint) in ours  # written by gpg
    signs_and_decrypts(gpg)


@pytest.mark.parametrize("algorithm", [*GPG_NAMES])
def test_keys_made_on_the_card_sign_and_decrypt(gpg: Gpg, algorithm: str) -> None:
    card = made(algorithm)
    gpg.insert(card.on_card())
    gpg.pinentry()
    said = gpg.ask("generate", *ANSWERS)
    origins = [card.origin(slot) for slot in (SIGNATURE, DECRYPTION, AUTHENTICATION)]
    assert origins == [Origin.GENERATED] * 3, said
    signs_and_decrypts(gpg)


def test_pins_are_changed_with_the_passwd_menu(gpg: Gpg) -> None:
    card = OpenPgp.demo()
    gpg.insert(card.on_card())
    gpg.pinentry()
    for number in ("1", "4", "3"):
        gpg.ask("passwd", number, "q")
    assert card.passwords["pw1"].matches(b"new-654321")
    assert card.passwords["pw3"].matches(b"new-87654321")
    assert card.passwords["rc"].length == 10


def test_a_blocked_pin_is_unblocked_by_the_administrator(gpg: Gpg) -> None:
    card = OpenPgp.demo(tries=(1, 3, 3))
    gpg.insert(card.on_card())
    gpg.attempt("gpg-connect-agent", text="SCD CHECKPIN D276\n/bye\n")
    how = ("--no-tty", "--command-fd", "0", "--pinentry-mode", "loopback", "--passphrase")
    gpg.attempt("gpg", *how, "99999999", "--card-edit", text="admin\nverify\nquit\n")
    assert card.passwords["pw1"].blocked
    gpg.edit("passwd", "2", "q", pin="12345678")
    assert card.passwords["pw1"].matches(b"12345678")
    assert card.passwords["pw1"].tries_left == 1


def test_a_factory_reset_gives_back_a_new_card(gpg: Gpg) -> None:
    card = OpenPgp.demo()
    gpg.insert(card.on_card())
    gpg.edit("factory-reset", "y", "yes")
    assert card.origin(SIGNATURE) is Origin.NONE
    said = gpg.run("gpg", "--card-status")
    assert "Name of cardholder: [not set]" in said
    assert "PIN retry counter : 3 0 3" in said


@pytest.mark.parametrize("persona", [*PERSONAS])
@pytest.mark.parametrize("algorithm", ["RSA-2048", "Ed25519", "P-256"])
def test_ssh_signs_with_the_key_for_authentication(gpg: Gpg, persona: str, algorithm: str) -> None:
    card, _ = PERSONAS[persona](algorithms={AUTHENTICATION: algorithm})
    gpg.insert(card)
    gpg.run("gpg", "--card-status")
    gpg.environ["SSH_AUTH_SOCK"] = gpg.ssh_socket()
    key = next(line for line in gpg.run("ssh-add", "-L").splitlines() if "cardno" in line)
    gpg.file("key.pub", key.encode() + b"\n")
    gpg.file("signers", f"alice {key}\n".encode())
    gpg.file("message", b"a login")
    gpg.pinentry()
    gpg.run("ssh-keygen", "-Y", "sign", "-n", "file", "-f", "key.pub", "message")
    how = ("-Y", "verify", "-n", "file", "-f", "signers", "-I", "alice", "-s", "message.sig")
    assert 'Good "file" signature' in gpg.run("ssh-keygen", *how, text="a login")


@pytest.mark.parametrize("persona", [*PERSONAS])
def test_ssh_logs_in_with_the_key_for_authentication(gpg: Gpg, persona: str) -> None:
    need(SERVER, "openssh-server")
    card, _ = PERSONAS[persona](algorithms={AUTHENTICATION: "Ed25519"})
    gpg.insert(card)
    gpg.run("gpg", "--card-status")
    gpg.environ["SSH_AUTH_SOCK"] = gpg.ssh_socket()
    gpg.file("keys", gpg.run("ssh-add", "-L").encode())
    gpg.pinentry()
    assert "logged in" in gpg.login("echo logged in")


@pytest.mark.parametrize("how", ["", "off"])
def test_hosts_that_hash_pins_find_them_on_the_card(gpg: Gpg, how: str) -> None:
    card = OpenPgp.demo()
    gpg.insert(card.on_card())
    gpg.edit("kdf-setup")
    assert card.kdf.startswith(bytes.fromhex("810103"))
    assert card.passwords["pw1"].length == 32
    if how:
        gpg.edit("kdf-setup off")
    assert "KDF setting ......" in gpg.run("gpg", "--card-status")
    said = gpg.scd("SCD CHECKPIN " + gpg.scd("SCD SERIALNO").split()[2])
    assert "OK" in said or "ERR" in said
    assert card.passwords["pw1"].tries_left == 3


@pytest.mark.parametrize("persona", [*PERSONAS])
@pytest.mark.parametrize(("reference", "name"), [("PIN", "pw1"), ("CHV3", "pw3")])
def test_pins_are_typed_on_the_reader(
    gpg_at_pinpad: Gpg, persona: str, reference: str, name: str
) -> None:
    card, applet = PERSONAS[persona](pin="654321", admin_pin="87654321")
    gpg_at_pinpad.insert(card)
    told = gpg_at_pinpad.scd("SCD SERIALNO").split()[2]
    asked = told if reference == "PIN" else f"{told}[CHV3]"
    if name == "pw1":  # gpg asks for PW3 in this way only while no try is lost
        gpg_at_pinpad.reader.pinpad.queue(*"99999999", "OK")
        assert "ERR" in gpg_at_pinpad.scd(f"SCD CHECKPIN {asked}")
        assert applet.passwords[name].tries_left == 2
    gpg_at_pinpad.reader.pinpad.queue(*PINS[name], "OK")
    said = gpg_at_pinpad.scd(f"SCD CHECKPIN {asked}")
    assert said.splitlines()[-1] == "OK"
    assert applet.passwords[name].tries_left == 3
