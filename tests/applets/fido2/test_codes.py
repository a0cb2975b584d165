from fido2.ctap import CtapError as Theirs

from applets.fido2.codes import AID, MEANINGS, Command, CtapError, Status


def test_statuses_are_called_what_python_fido2_calls_them():
    for status in Status:
        assert Theirs.ERR(status).name == status.name


def test_every_status_has_a_meaning_of_its_own():
    assert set(MEANINGS) == set(Status)
    assert len(set(MEANINGS.values())) == len(MEANINGS)


def test_an_error_says_its_status():
    assert str(CtapError(Status.PIN_BLOCKED)) == "PIN_BLOCKED"
    assert CtapError(Status.PIN_BLOCKED).status == 0x32


def test_the_numbers_are_those_of_the_standard():
    assert AID.hex() == "a0000006472f0001"
    assert Command.CONFIG == 0x0D
