"""OpenSSH: the card in an agent, a signature made and checked with it."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from applets.piv import Slot
from tests.external.piv.conftest import OPENSC

pytestmark = pytest.mark.pcsc

SCRIPT = """
set -e
ssh-add -s {module}
ssh-add -L | grep -q "{key}"
ssh-keygen -Y sign -n file -f key.pub < message > message.sig
ssh-keygen -Y verify -n file -f signers -I alice -s message.sig < message
ssh-add -e {module}
"""


def ssh_key(alice, slot):
    public = alice.keys[slot].public_key()
    return public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def test_keys_are_listed(desk, alice):
    said = desk.run("ssh-keygen", "-D", OPENSC)
    for slot in alice.keys:
        assert ssh_key(alice, slot) in said


@pytest.mark.parametrize("slot", [Slot.AUTHENTICATION, Slot.CARD_AUTHENTICATION])
def test_an_agent_signs_with_the_card(desk, alice, slot):
    desk.need("ssh-keygen")
    key = ssh_key(alice, slot)
    ask = desk.path("ask", b"#!/bin/sh\necho 123456\n")
    ask.chmod(0o755)
    desk.path("key.pub", f"{key} alice\n".encode())
    desk.path("signers", f"alice {key}\n".encode())
    desk.path("message", b"signed by a card\n")
    script = SCRIPT.format(module=OPENSC, key=key.split()[1])
    asking = {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":"}
    said = desk.run("ssh-agent", "-P", "/usr/lib*/*", "sh", "-c", script, **asking)
    assert 'Good "file" signature for alice' in said
