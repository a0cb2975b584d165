"""Yubico's own programs: yubico-piv-tool and ykman."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from applets.piv import Algorithm, Slot
from tests.kits.piv.host import made_key
from vcard import SW

pytestmark = pytest.mark.pcsc

FIRST_KEY = "010203040506070801020304050607080102030405060708"
OTHER_KEY = "000102030405060708090A0B0C0D0E0F1011121314151617"
SLOTS = {
    "9a": ("ECCP256", "test-signature"),
    "9c": ("RSA2048", "test-signature"),
    "9d": ("RSA2048", "test-decipher"),
    "82": ("ECCP384", "test-decipher"),
}


@pytest.fixture
def tool(yubikey_desk, yubikey):
    def run(*actions, **more):
        return yubikey_desk.run("yubico-piv-tool", *actions, **more)

    return run


@pytest.fixture
def ykman(yubikey_desk, yubikey):
    # ykman ends other programs that might hold the card: it is given nothing to end them with.
    harmless = yubikey_desk.home / "bin"
    harmless.mkdir(exist_ok=True)
    (harmless / "pkill").write_text("#!/bin/sh\nexit 0\n")
    (harmless / "pkill").chmod(0o755)
    path = f"{harmless}:{yubikey_desk.environ['PATH']}"

    def run(*command, **more):
        return yubikey_desk.run("ykman", "piv", *command, PATH=path, **more)

    return run


def test_the_status_shows_the_card(tool, yubikey):
    said = tool("-a", "status")
    assert "Version:\t5.4.3" in said
    assert f"Serial Number:\t{yubikey.piv.serial}" in said
    assert said.count("Subject DN:\tCN=Alice Example") == 4
    assert "PIN tries left:\t3" in said


@pytest.mark.parametrize("slot", SLOTS)
def test_a_slot_is_filled_certified_and_used(tool, yubikey_desk, yubikey, slot):
    algorithm, test = SLOTS[slot]
    public = yubikey_desk.path(f"{slot}.pem")
    tool("-s", slot, "-a", "generate", "-A", algorithm, "-o", str(public))
    key = load_pem_public_key(public.read_bytes())
    issued = yubikey.issuer.issue("Alice", key, Slot(int(slot, 16)))
    pem = issued.public_bytes(Encoding.PEM).decode()
    said = tool("-s", slot, "-a", "import-certificate", text=pem)
    assert "Successfully imported" in said
    assert pem in tool("-s", slot, "-a", "read-certificate")
    said = tool("-s", slot, "-a", "verify-pin", "-P123456", "-a", test, text=pem)
    assert "Success" in said.replace("Successfully verified PIN.", "")


def test_chuid_and_ccc_are_written(tool):
    before = tool("-a", "status")
    assert "Successfully set new CHUID" in tool("-a", "set-chuid")
    assert "Successfully set new CCC" in tool("-a", "set-ccc")
    assert tool("-a", "status") != before


def test_keys_are_imported(tool, yubikey_desk, yubikey):
    for algorithm in (Algorithm.RSA_2048, Algorithm.P256):
        raw = made_key(algorithm).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = yubikey_desk.path("key.pem", raw)
        assert "Successfully imported" in tool("-s", "9e", "-a", "import-key", "-i", str(file))
        pair = yubikey.piv.keys.get(Slot.CARD_AUTHENTICATION)
        assert pair.public_key == made_key(algorithm).public_key()


def test_a_generated_key_is_attested(tool, yubikey):
    tool("-s", "9a", "-a", "generate", "-A", "ECCP256")
    said = tool("-s", "9a", "-a", "attest")
    found = x509.load_pem_x509_certificate(said.encode())
    assert found.subject.rfc4514_string() == "CN=YubiKey PIV Attestation 9a"


def test_pins_count_down_block_and_come_back(tool, yubikey_desk):
    def verify(pin):
        done = yubikey_desk.attempt("yubico-piv-tool", "-a", "verify-pin", f"-P{pin}")
        return done.stdout + done.stderr

    tool("-a", "change-pin", "-P123456", "-N654321")
    assert "2 tries left" in verify("000000")
    assert "1 tries left" in verify("000000")
    assert "blocked" in verify("000000")
    assert "blocked" in verify("654321")
    tool("-a", "unblock-pin", "-P12345678", "-N123456")
    assert "Successfully verified" in verify("123456")
    tool("-a", "change-puk", "-P12345678", "-N87654321")
    tool("-a", "verify-pin", "-P123456", "-a", "pin-retries", "--pin-retries=5", "--puk-retries=4")


def test_the_management_key_is_checked_and_changed(tool, yubikey_desk):
    done = yubikey_desk.attempt("yubico-piv-tool", f"-k{OTHER_KEY}", "-a", "set-chuid")
    assert "Failed authentication" in done.stderr
    assert "Successfully set" in tool("-a", "set-mgm-key", f"-n{OTHER_KEY}")
    assert "Successfully set" in tool(f"-k{OTHER_KEY}", "-a", "set-chuid")


def test_the_card_is_reset_once_all_is_blocked(tool, yubikey_desk):
    done = yubikey_desk.attempt("yubico-piv-tool", "-a", "reset")
    assert "are pincodes blocked?" in done.stderr
    for number in range(3):
        yubikey_desk.attempt("yubico-piv-tool", "-a", "verify-pin", "-P000000")
        unblock = ("-a", "unblock-pin", f"-P0000000{number}", "-N123456")
        yubikey_desk.attempt("yubico-piv-tool", *unblock)
    assert "Successfully reset" in tool("-a", "reset")
    assert "CHUID:\tNo data available" in tool("-a", "status")


# ykman


def test_ykman_shows_the_card(ykman):
    said = ykman("info")
    assert "PIV version:              5.7.2" in said
    assert "PIN tries remaining:      3/3" in said
    assert said.count("Subject DN:       CN=Alice Example") == 4


def test_ykman_makes_keys_certificates_and_requests(ykman, yubikey_desk):
    access = ("-m", FIRST_KEY, "-P", "123456")
    for slot, algorithm in [("9a", "ECCP256"), ("9c", "RSA2048"), ("9d", "ED25519")]:
        public = str(yubikey_desk.path(f"{slot}.pem"))
        ykman("keys", "generate", "-a", algorithm, *access, slot, public)
        ykman("certificates", "generate", "-s", "CN=me", *access, slot, public)
        said = ykman("certificates", "export", slot, "-")
        found = x509.load_pem_x509_certificate(said[said.index("-----BEGIN") :].encode())
        found.verify_directly_issued_by(found)
    public, request = yubikey_desk.path("9c.pem"), yubikey_desk.path("9c.csr")
    ykman("certificates", "request", "-s", "CN=me", "-P", "123456", "9c", str(public), str(request))
    assert x509.load_pem_x509_csr(request.read_bytes()).is_signature_valid
    assert "GENERATED" in ykman("keys", "info", "9c")
    ykman("keys", "attest", "9c", str(yubikey_desk.path("attestation.pem")))


def test_ykman_imports_moves_and_deletes_keys(ykman, yubikey_desk, yubikey):
    key = made_key(Algorithm.RSA_2048)
    assert isinstance(key, rsa.RSAPrivateKey)
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    ykman("keys", "import", "-m", FIRST_KEY, "82", str(yubikey_desk.path("key.pem", raw)))
    ykman("keys", "move", "-m", FIRST_KEY, "82", "83")
    assert yubikey.piv.keys.get(Slot.RETIRED_2).public_key == key.public_key()
    ykman("keys", "delete", "-m", FIRST_KEY, "83")
    assert Slot.RETIRED_2 not in yubikey.piv.keys


def test_ykman_changes_pin_puk_and_management_key(ykman):
    ykman("access", "change-pin", "-P", "123456", "-n", "654321")
    ykman("access", "change-puk", "-p", "12345678", "-n", "87654321")
    ykman("access", "unblock-pin", "-p", "87654321", "-n", "123456")
    aes = OTHER_KEY[:48] + "00" * 8
    ykman("access", "change-management-key", "-f", "-a", "AES256", "-m", FIRST_KEY, "-n", aes)
    ykman("objects", "generate", "CHUID", "-m", aes)
    ykman("access", "change-management-key", "-m", aes, "-g", "--protect", "-P", "123456")
    ykman("objects", "generate", "CCC", "-P", "123456")
    ykman("access", "set-retries", "4", "5", "-f", "-P", "123456")
    assert "PIN tries remaining:      4/4" in ykman("info")


def test_ykman_resets_the_card(ykman, yubikey):
    ykman("reset", "-f")
    assert set(yubikey.piv.keys) == {Slot.ATTESTATION}
    assert yubikey.piv.pins[0x80].status == SW.tries_left(3)
