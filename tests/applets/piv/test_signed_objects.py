from hashlib import sha256

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from applets.piv import Issuer, Piv
from applets.piv.issuing import CONTENT_SIGNING_USE
from applets.piv.objects import CCC, CHUID, DISCOVERY, SECURITY_OBJECT
from applets.piv.signed_objects import CHUID_CONTENT, LDS_CONTENT, signed_content
from vcard.tlv import parse_all, tlv

ISSUER = Issuer.create()
SIGNER = ISSUER.content_signer()
PLAIN = Piv().contents.objects
VOUCHED = SIGNER.vouch(PLAIN)


def fields(tag):
    return {item.tag: item.value for item in parse_all(VOUCHED[tag])}


def signed_data(raw):
    return cms.ContentInfo.load(raw)["content"]


def check(data, content):
    """Verify the one signature over `content` with the signer's key."""
    (info,) = data["signer_infos"]
    attributes = {one["type"].dotted: one["values"][0] for one in info["signed_attrs"]}
    assert attributes["1.2.840.113549.1.9.4"].native == sha256(content).digest()
    key, signature = SIGNER.certificate.public_key(), info["signature"].native
    key.verify(signature, info["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    return attributes


def test_the_signature_of_a_chuid_is_over_all_but_itself():
    data = signed_data(fields(CHUID)[0x3E])
    attributes = check(data, signed_content(VOUCHED[CHUID]))
    assert data["encap_content_info"]["content_type"].dotted == CHUID_CONTENT
    name = ISSUER.content_signer().certificate.subject.public_bytes()
    assert attributes["2.16.840.1.101.3.6.5"].dump() == name


def test_two_fields_of_old_are_not_signed():
    old = tlv(0xEE, b"\0\0") + PLAIN[CHUID]
    assert signed_content(old + tlv(0x3D, b"\1")) == signed_content(PLAIN[CHUID])


def test_a_signed_chuid_says_what_it_said_before():
    assert [item.tag for item in parse_all(VOUCHED[CHUID])] == [0x30, 0x34, 0x35, 0x3E, 0xFE]
    assert signed_content(VOUCHED[CHUID]) == signed_content(PLAIN[CHUID])
    assert SIGNER.chuid(VOUCHED[CHUID]) != VOUCHED[CHUID]  # signed again, not twice
    assert len(parse_all(SIGNER.chuid(VOUCHED[CHUID]))) == 5


def test_the_chuid_brings_the_signers_certificate():
    (found,) = signed_data(fields(CHUID)[0x3E])["certificates"]
    certificate = x509.load_der_x509_certificate(found.dump())
    assert certificate == SIGNER.certificate
    certificate.verify_directly_issued_by(ISSUER.certificate)
    uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [CONTENT_SIGNING_USE]


def test_the_security_object_has_the_hash_of_each_unsigned_object():
    found = fields(SECURITY_OBJECT)
    data = signed_data(found[0xBB])
    content = data["encap_content_info"]["content"]
    check(data, bytes(content))
    assert data["encap_content_info"]["content_type"].dotted == LDS_CONTENT
    assert found[0xBA].hex() == "01db00" + "026050"
    version, _, groups = (item for item in parse_all(bytes(content))[0].children)
    hashed = [[field.value for field in group.children] for group in groups.children]
    assert version.value == b"\0"
    digests = [sha256(VOUCHED[tag]).digest() for tag in (CCC, DISCOVERY)]
    assert hashed == [[b"\1", digests[0]], [b"\2", digests[1]]]


def test_what_is_no_chuid_cannot_be_signed():
    with pytest.raises(ValueError, match="offset"):
        SIGNER.vouch({CHUID: b"\x30\x19"})


def test_a_demo_card_is_signed_and_a_blank_one_is_not():
    demo = {item.tag: item.value for item in parse_all(Piv.demo().contents.objects[CHUID])}
    assert demo[0x3E]
    assert SECURITY_OBJECT not in PLAIN
