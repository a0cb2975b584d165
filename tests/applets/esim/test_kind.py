import pytest

from applets.esim.kind import KIND, NOW, PKI, PROFILE


class Disk:
    """Files that say their names."""

    def text(self, path):
        return f"[{path}]"

    def content(self, path):
        return b"\1\2"


def test_a_folder_of_certificates_becomes_the_cards_part_of_it():
    found = PKI.read("certs", Disk())
    assert found["pki"].startswith("[certs/CertificateIssuer/")
    assert found["pki"].count("[certs/") == 4


def test_profiles_are_toml_as_it_is_and_packages_in_hexadecimal():
    assert PROFILE.read("one.toml,two.der", Disk()) == {"profile": "[one.toml]\f0102"}


def test_a_moment_has_no_zone():
    assert NOW.of({"now": "2030-06-01T12:00"}).hour == 12
    for wrong in ("tomorrow", "2030-01-01T00:00+00:00"):
        with pytest.raises(ValueError, match="now is a date, or a date and time in UTC"):
            NOW.of({"now": wrong})


def test_the_names_of_the_standard_are_declared():
    assert KIND.names.aids[bytes.fromhex("A0000005591010FFFFFFFF8900000100")] == "ISD-R"
    assert KIND.names.tags[0xBF2D] == "profile list"
