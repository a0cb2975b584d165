import pytest

from applets.piv.identity import IDENTITIES, identity
from tests.kits import golden
from vcard import Tlv


def test_an_unknown_identity_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="nist, yubikey, not 'gem'"):
        identity("gem")


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_property_template_has_pix_and_authority(name):
    template = Tlv.parse(identity(name).template)
    assert template.tag == 0x61
    assert template.find(0x4F).value.hex() == "000010000100"
    assert template.find(0x79, 0x4F).value.hex() == "a000000308"


def test_only_yubikeys_open_the_vendors_commands():
    assert [i.name for i in IDENTITIES.values() if i.vendor] == ["yubikey"]


def test_every_value_is_that_of_its_source():
    """Spec: SP 800-73-4 and Yubico's cards."""
    golden.check("piv_identities", golden.values(IDENTITIES))
