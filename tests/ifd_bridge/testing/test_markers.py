"""Markers that set the options of a fixture."""

import pytest

from ifd_bridge.testing import markers

pytestmark = pytest.mark.vcard_piv(pin="111111", subject="Bob")


@pytest.mark.vcard_piv(pin="222222")
def test_the_closest_marker_counts(request):
    assert markers.options(request.node, "vcard_piv") == {"pin": "222222"}


def test_a_module_has_a_marker_for_its_tests(request):
    assert markers.options(request.node, "vcard_piv") == {"pin": "111111", "subject": "Bob"}


def test_without_a_marker_there_are_no_options(request):
    assert markers.options(request.node, "vcard_fido2") == {}


def test_a_declared_marker_is_listed(pytestconfig):
    markers.declare(pytestconfig, "vcard_coffee", "how strong it is")
    assert "vcard_coffee(**options): how strong it is" in pytestconfig.getini("markers")
