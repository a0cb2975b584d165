"""OpenSC and GnuPG on one token: PIV and OpenPGP deselect each other, as users report."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.external.piv.conftest import OPENSC
from tests.external.yubikey.conftest import SERIAL, Token, needs

pytestmark = pytest.mark.pcsc

CLIENT = Path(__file__).parents[1] / "piv/pkcs11_client.py"
LOGIN, SIGN = "login:123456", "sign:1"


class Application:
    """A program that uses PIV through OpenSC, step by step."""

    def __init__(self, token: Token, steps: tuple[str, ...]) -> None:
        waited = [word for step in steps for word in (step, "wait")]
        self.process = token.start(sys.executable, CLIENT, OPENSC, *waited, **token.environ)

    def next(self) -> str:
        """Return the output of the next step; the one after it waits for a call."""
        assert self.process.stdout is not None
        answer = json.loads(self.process.stdout.readline())
        assert isinstance(answer, str)
        return answer

    def go_on(self) -> str:
        """Let the next step be done."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.next()  # what `wait` says
        return self.next()


@pytest.fixture(autouse=True)
def installed() -> None:
    pytest.importorskip("PyKCS11")
    needs("gpg", "apt install gnupg scdaemon")
    if not Path(OPENSC).exists():
        pytest.skip("opensc-pkcs11.so is missing: apt install opensc")


@pytest.fixture
def start(token: Token) -> Iterator[Callable[..., Application]]:
    """Starts an application that does some steps."""
    made: list[Application] = []

    def start(*steps: str) -> Application:
        made.append(Application(token, steps))
        return made[0]

    yield start
    for each in made:
        each.process.kill()
        each.process.communicate()


def test_a_signature_fails_when_gnupg_has_taken_the_card_in_between(
    token: Token, start: Callable[..., Application]
) -> None:
    """OpenSC thinks that it is still logged in; the card is not, since OpenPGP was selected."""
    application = start(LOGIN, SIGN, SIGN, LOGIN, SIGN)
    assert application.next() == "in"
    assert len(application.go_on()) == 512
    assert f"0006{SERIAL}0000" in token.say("gpg", "--card-status")
    assert application.go_on() == "CKR_USER_NOT_LOGGED_IN"
    assert application.go_on() == "in"
    assert len(application.go_on()) == 512


def test_gnupg_finds_no_openpgp_any_more_when_piv_was_selected_in_between(
    token: Token, start: Callable[..., Application]
) -> None:
    """The daemon does not select again, although another application is selected."""
    application = start(LOGIN, SIGN, LOGIN)
    assert application.next() == "in"
    token.say("gpg", "--card-status")
    assert [application.go_on() for _ in range(2)] == ["CKR_USER_NOT_LOGGED_IN", "in"]
    failed = token.attempt("gpg", "--card-status")
    assert failed.returncode
    assert "Card error" in failed.stderr
    token.say("gpgconf", "--kill", "all")
    token.say("gpg", "--card-status")


def test_gnupg_that_wants_the_card_for_itself_has_to_wait_for_opensc(
    token: Token, start: Callable[..., Application]
) -> None:
    application = start(LOGIN, SIGN)
    token.shared(yes=False)
    assert application.next() == "in"
    refused = token.attempt("gpg", "--card-status")
    assert refused.returncode
    assert "No such device" in refused.stderr
    assert len(application.go_on()) == 512


def test_opensc_has_no_card_while_gnupg_has_it_for_itself(token: Token) -> None:
    token.shared(yes=False)
    token.say("gpg", "--card-status")
    assert "Alice" not in token.attempt("pkcs11-tool", "--list-objects").stdout
    token.say("gpgconf", "--kill", "all")
    assert "Private" in token.say("pkcs15-tool", "--list-keys")
