import pytest

from applets import catalogue
from applets.fido2.issuing import Issuer
from tests.kits.fido2.platform import Platform
from vcard import Memory
from vcard.hid import hid_function_of


def card(**options):
    return catalogue.create("fido2", None, {k.replace("_", "-"): v for k, v in options.items()})


def test_options_make_the_authenticator():
    made = card(
        pin="123456", touch="2.5", uv="accept", aaguid="00" * 16, versions="FIDO_2_1",
        extensions="credProtect", algorithms="ES384,ES256", attestation="self",
        enterprise="a.example,b.example", reset="never", always_uv="", uv_to_create="",
        without_counter="", credentials="5", large_blob="0", pin_tries="3", min_pin="6",
        firmware="7", atr="3B00",
    )  # fmt: skip
    applet = made.applets[0]
    settings = applet.settings
    assert made.atr == b"\x3b\x00"
    assert applet.touch.after == 2.5
    assert settings.algorithms == (-35, -7)
    assert settings.enterprise == ("a.example", "b.example")
    assert (settings.aaguid, settings.versions) == (bytes(16), ("FIDO_2_1",))
    assert settings.always_uv
    assert not settings.make_without_uv
    assert not settings.counter
    assert (settings.pin_tries, settings.min_pin, settings.credentials) == (3, 6, 5)
    assert settings.firmware == 7
    assert card(enterprise="no").applets[0].settings.enterprise is None


def test_a_card_keeps_its_state():
    memory = Memory()
    first = catalogue.create("fido2", memory, {"pin": "1234"}).applets[0]
    again = catalogue.create("fido2", memory, {"pin": "5678"}).applets[0]
    assert again.authenticator.core.store.master == first.authenticator.core.store.master
    assert Platform(again, memory).token()


def test_a_ca_of_ones_own_issues_the_attestation():
    from cryptography import x509

    certificate, key = (each.decode() for each in Issuer.create().pem())
    made = card(ca_certificate=certificate, ca_key=key)
    statement = Platform(made.applets[0]).make().statement
    ca = x509.load_pem_x509_certificate(certificate.encode())
    x509.load_der_x509_certificate(statement["x5c"][0]).verify_directly_issued_by(ca)


@pytest.mark.parametrize(
    "wrong",
    [{"touch": "soon"}, {"algorithms": "RSA"}, {"uv": "x"}, {"touch": "-1"}, {"pin": "1"}],
)
def test_options_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong)) if "pin" not in wrong else "PIN"):
        card(**wrong)


def test_an_algorithm_that_the_library_has_not_is_refused(monkeypatch):
    monkeypatch.setattr("applets.fido2.cards.ALGORITHMS", {})
    with pytest.raises(ValueError, match="no ML-DSA-44"):
        card(algorithms="ML-DSA-44")


def test_a_bus_is_there_where_it_is_asked_for():
    assert hid_function_of(card()) is None
    assert hid_function_of(card(interfaces="fido")) is not None
