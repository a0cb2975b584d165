"""python-fido2: its client, server and U2F over PC/SC."""

import pytest

from applets.fido2 import Fido2, Settings

pytest.importorskip(
    "fido2.pcsc", reason="python-fido2 or pyscard is missing: pip install fido2[pcsc]"
)
pytestmark = pytest.mark.pcsc

SAID = """\
registered discouraged discouraged False
logged in True
registered required required True
logged in True
registered discouraged discouraged False
logged in True
logged in True
hmac-secret True
registered required required True
logged in True
logged in True
large blob YSBsYXJnZSBibG9i
credentials 1 A. User
U2F U2F_V2 1
"""


@pytest.fixture(params=["packed", "self", "none"])
def fido2_application(request):
    return Fido2(Settings(attestation=request.param), pin="1234")


def test_credentials_are_made_and_used(key):
    assert key.python("fido2_client.py", "1234") == SAID
