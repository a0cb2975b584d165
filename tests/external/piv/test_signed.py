"""OpenSSL accepts the signatures of a card's issuer, and no others."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from applets.piv import Issuer, Piv
from applets.piv.signed_objects import signed_content
from tests.kits.piv.host import Host
from vcard.tlv import Tlv, parse_all

pytestmark = pytest.mark.pcsc


@pytest.fixture(scope="module")
def issuer():
    return Issuer.create()


@pytest.fixture(scope="module")
def card(issuer):
    return Host(Piv.demo(issuer=issuer))


def read(card, tag):
    return Tlv.parse(card.get(tag).data).value


def verified(desk, issuer, signature, *how):
    desk.path("ca.pem", issuer.certificate.public_bytes(Encoding.PEM))
    desk.path("signature", signature)
    trust = ("-CAfile", "ca.pem", "-purpose", "any", "-out", "out")
    return desk.attempt(
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", *trust, *how
    )


def test_the_chuid(desk, issuer, card):
    chuid = read(card, "5FC102")
    signature = {item.tag: item.value for item in parse_all(chuid)}[0x3E]
    desk.path("content", signed_content(chuid))
    assert "successful" in verified(desk, issuer, signature, "-content", "content").stderr
    desk.path("content", signed_content(chuid) + b"\0")
    assert verified(desk, issuer, signature, "-content", "content").returncode != 0


def test_the_security_object_by_the_certificate_in_the_chuid(desk, issuer, card):
    chuid, vouching = (
        {item.tag: item.value for item in parse_all(read(card, tag))}
        for tag in ("5FC102", "5FC106")
    )
    desk.path("chuid.p7", chuid[0x3E])
    how = ("-inform", "DER", "-in", "chuid.p7", "-print_certs", "-out", "signer.pem")
    desk.run("openssl", "pkcs7", *how)
    said = verified(desk, issuer, vouching[0xBB], "-certfile", "signer.pem")
    assert "successful" in said.stderr
