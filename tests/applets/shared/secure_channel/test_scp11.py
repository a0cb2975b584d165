"""SCP11 with yubikit's host, an independent implementation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from yubikit.core.smartcard.scp import KeyRef, Scp11KeyParams, ScpState

from applets.shared.secure_channel import curves, scp11
from applets.shared.secure_channel.keys import Key, KeyType
from applets.shared.secure_channel.scp11 import Request
from applets.shared.secure_channel.session import FULL, Level
from tests.applets.shared.secure_channel.conftest import Made, exchange
from tests.kits.scp11 import certificate
from vcard import Card

Vault = Callable[..., Made]
CA, HOST = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
CHAIN = [x509.load_der_x509_certificate(certificate(HOST.public_key(), CA, serial=7))]
KVN, CA_KEY = 0x01, (0x03, 0x10)


@pytest.fixture
def card(vault: Vault) -> Card:
    """A card with a key for each variant, and a CA for hosts."""
    made, _ = vault((3, 0x60))
    made.applets[0].domain.keys.put(  # type: ignore[attr-defined] # the Vault's
        *CA_KEY, Key(KeyType.EC_PUBLIC, curves.point_of(CA.public_key()), 0)
    )
    return made


def add_key(card: Card, kid: int, curve: int = 0) -> Any:
    key, point = curves.generate(curve)
    card.applets[0].domain.keys.put(KVN, kid, key)  # type: ignore[attr-defined] # the Vault's
    return curves.public_key(point, curve)


def host(card: Card, kid: int, public: Any) -> tuple[ScpState, Callable[[str], bytes]]:
    def send(cla: int, ins: int, p1: int, p2: int, data: bytes) -> bytes:
        length = b"\0" + len(data).to_bytes(2, "big")
        answer = exchange(card, bytes((cla, ins, p1, p2)) + length + data + b"\0\0")
        assert answer[-2:] == b"\x90\0", answer.hex()
        return answer[:-2]

    secret = {} if kid == 0x13 else {"oce_ref": KeyRef(0x10, 3), "sk_oce_ecka": HOST}
    params = Scp11KeyParams(KeyRef(kid, KVN), public, certificates=CHAIN, **secret)
    state = ScpState.scp11_init(send, params)

    def protected(text: str) -> bytes:
        head, data = bytes.fromhex(text)[:4], bytes.fromhex(text)[4:]
        data = state.encrypt(data)
        head = bytes((head[0] | 4,)) + head[1:] + bytes((len(data) + 8,))
        mac = state.mac(head + data)
        answer = exchange(card, head + data + mac + b"\0")
        if len(answer) == 2:
            return answer
        plain = state.unmac(answer[:-2], int.from_bytes(answer[-2:], "big"))
        return (state.decrypt(plain) if plain else b"") + answer[-2:]

    return state, protected


@pytest.mark.parametrize(("kid", "authenticated"), [(0x11, True), (0x13, False), (0x15, False)])
def test_each_variant_opens_a_session(card: Card, kid: int, authenticated: bool) -> None:
    _, send = host(card, kid, add_key(card, kid))
    assert send("80CA0000AABBCC").hex().upper() == "AABBCC9000"
    assert send("00CA0000").hex() == "9000"
    assert send("80DA000001").hex() == ("9000" if authenticated else "6982")


@pytest.mark.parametrize("curve", [0, 1, 2, 7])
def test_keys_on_other_curves_are_agreed_on(curve: int) -> None:
    own, _ = curves.generate(curve)
    _, host_point = curves.generate(curve)
    raw = bytes.fromhex("A60D90021100950134800188810120") + scp11.tlv(0x5F49, host_point)
    request = Request.parse(raw, scp11.B)
    assert (request.level, request.key_size) == (Level.C_MAC | Level.R_MAC, 32)
    session, answer = scp11.agree(request, scp11.B, KVN, curves.private_key(own), None)
    assert answer[-18:-16] == b"\x86\x10"
    assert len(session.key_cipher.key) == 32
    assert not session.host_authenticated


def data_of(control: str = "90021100950 13C 800188 810110", point: bytes = b"") -> bytes:
    inner = bytes.fromhex(control.replace(" ", ""))
    made = scp11.tlv(0xA6, inner)
    return made + scp11.tlv(0x5F49, point or curves.generate(0)[1])


def test_a_request_names_level_and_lengths() -> None:
    request = Request.parse(data_of(), scp11.B)
    assert (request.level, request.key_size, request.shared_info.hex()) == (FULL, 16, "3c8810")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        data_of()[:-67],
        b"\x70\x00" + data_of()[15:],
        data_of() + b"\0\0",
        data_of("90021101 95013C 800188 810110"),
        data_of("90021100 950133 800188 810110"),
        data_of("90021100 95013C 800180 810110"),
        data_of("90021100 95013C 800188 810111"),
        data_of("90021100 95023C3C 800188 810110"),
        data_of("90021100 95013C 810110"),
        scp11.tlv(0xA6) + scp11.tlv(0x5F50),
    ],
    ids=range(11),
)
def test_a_request_that_does_not_fit_is_refused(card: Card, raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Request.parse(raw, scp11.B)
    add_key(card, 0x13)
    command = bytes.fromhex("80880113") + bytes((len(raw),)) + raw if raw else b"\x80\x88\1\x13"
    assert exchange(card, command).hex() == "6a80"


def test_a_point_off_the_curve_is_refused(card: Card) -> None:
    add_key(card, 0x13)
    raw = data_of(point=b"\4" + bytes(64))
    assert exchange(card, bytes.fromhex("80880113") + bytes((len(raw),)) + raw).hex() == "6a80"


@pytest.mark.parametrize(
    ("header", "word"),
    [("80880213", "6a88"), ("80880111", "6a88"), ("80820113", "6a88"), ("80820111", "6985"),
     ("802A0310", "6a80"), ("802A0410", "6a88"), ("802A0301", "6a88")],
)  # fmt: skip
def test_what_names_no_key_or_comes_without_certificates_is_refused(
    card: Card, header: str, word: str
) -> None:
    add_key(card, 0x13)
    add_key(card, 0x11)
    raw = data_of("90021101 95013C 800188 810110")
    assert exchange(card, bytes.fromhex(header) + bytes((len(raw),)) + raw).hex() == word


def test_a_certificate_counts_for_one_agreement(card: Card) -> None:
    host(card, 0x11, add_key(card, 0x11))
    raw = data_of("90021101 95013C 800188 810110")
    assert exchange(card, bytes.fromhex("80820111") + bytes((len(raw),)) + raw).hex() == "6985"


def send_certificate(card: Card, p2: int, der: bytes) -> str:
    head = bytes((0x80, 0x2A, 3, p2, 0)) + len(der).to_bytes(2, "big")
    return exchange(card, head + der).hex()


def test_certificates_come_one_by_one(card: Card) -> None:
    public = add_key(card, 0x11)
    middle = certificate(CA.public_key(), CA)
    assert send_certificate(card, 0x90, middle) == "9000"
    host(card, 0x11, public)
    assert send_certificate(card, 0x90, middle) == "9000"
    other = certificate(HOST.public_key(), HOST)
    assert send_certificate(card, 0x10, other) == "6a80"


def test_the_key_identifier_0_stands_for_the_ca_that_signed(card: Card) -> None:
    _, other = curves.generate(0)
    keys = card.applets[0].domain.keys  # type: ignore[attr-defined] # the Vault's
    keys.put(0x02, 0x20, Key(KeyType.EC_PUBLIC, other, 0))
    public = add_key(card, 0x11)
    middle = certificate(CA.public_key(), CA)

    def sent(header: str, der: bytes) -> str:
        head = bytes.fromhex(header) + b"\0" + len(der).to_bytes(2, "big")
        return exchange(card, head + der).hex()

    assert sent("802A0080", middle) == "9000"
    assert sent("802A0000", certificate(HOST.public_key(), CA)) == "9000"
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert sent("802A0000", certificate(HOST.public_key(), stranger)) == "6a80"
    keys.delete(*CA_KEY)
    keys.delete(0x02, 0x20)
    assert sent("802A0000", middle) == "6a88"
    assert public is not None


def test_an_agreement_that_fails_is_counted(vault: Vault) -> None:
    made, _ = vault((3, 0x60), tries=3, restores=True, factory=())
    public = add_key(made, 0x13)
    junk = bytes.fromhex("80880113080000000000000000")
    assert [exchange(made, junk).hex() for _ in range(2)] == ["6a80"] * 2
    domain = made.applets[0].domain  # type: ignore[attr-defined] # the Vault's
    domain.keys.put(KVN, 0x14, Key(KeyType.AES, bytes(16)))
    assert exchange(made, junk).hex() == "6983"
    assert exchange(made, junk).hex() == "6983"
    assert list(domain.keys) == [(KVN, 0x13), (KVN, 0x14)]
    domain.keys.delete(KVN, 0x14)
    assert exchange(made, junk).hex() == "6983"
    assert list(domain.keys) == []
    domain.keys.put(KVN, 0x13, curves.generate(0)[0])
    assert public is not None


def test_a_wrong_certificate_is_counted(vault: Vault) -> None:
    made, _ = vault((3, 0x60), tries=2, factory=())
    domain = made.applets[0].domain  # type: ignore[attr-defined] # the Vault's
    domain.keys.put(*CA_KEY, Key(KeyType.EC_PUBLIC, curves.point_of(CA.public_key()), 0))
    other = certificate(HOST.public_key(), HOST)
    right = certificate(HOST.public_key(), CA)
    assert send_certificate(made, 0x10, other) == "6a80"
    assert send_certificate(made, 0x10, other) == "6983"
    assert send_certificate(made, 0x10, right) == "6983"
