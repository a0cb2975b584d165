"""Use a token through johnnycanencrypt; argument: the kind of its keys."""

import subprocess
import sys
from pathlib import Path

import johnnycanencrypt as library
import johnnycanencrypt.johnnycanencrypt as card

PIN, ADMIN_PIN, USER = b"123456", b"12345678", "alice@example.org"


def gpg(*words, data=b""):
    done = subprocess.run(["gpg", "--batch", *words], input=data, capture_output=True, check=True)
    return done.stdout + done.stderr


def main(cipher):
    print(card.get_card_version(), card.get_card_details()["serial_number"])
    card.reset_yubikey()
    kind = library.Cipher[cipher]
    store = library.KeyStore(str(Path("johnny").absolute()))
    key = store.create_key("password", [USER], kind, whichkeys=7, can_primary_sign=False)
    card.upload_to_smartcard(key.keyvalue, ADMIN_PIN, "password", 7)
    card.set_name(b"Example<<Alice", ADMIN_PIN)
    print(card.get_card_details()["name"])
    public = key.get_pub_key().encode()
    gpg("--import", data=public)
    sealed = gpg("-q", "--trust-model", "always", "-e", "-r", USER, data=b"hello from gpg")
    print(card.decrypt_bytes_on_card(public, sealed, PIN).decode())
    Path("message").write_bytes(b"message")
    Path("signature").write_text(card.sign_bytes_detached_on_card(public, b"message", PIN))
    print("Good signature" if b"Good signature" in gpg("--verify", "signature", "message") else "")
    print(card.verify_userpin_oncard(b"000000"), card.get_card_details()["PW1"])
    card.change_user_pin(ADMIN_PIN, b"654321")
    slot, mode = card.KeySlot.Signature, card.TouchMode.On
    before = card.get_keyslot_touch_policy(slot)
    card.set_keyslot_touch_policy(ADMIN_PIN, slot, mode)
    print(before, card.get_keyslot_touch_policy(slot))


if __name__ == "__main__":
    Path("johnny").mkdir()
    main(sys.argv[1])
