"""Exit statuses are those of the table; the commands' own tests see them."""

from ifd_bridge.cli import exit_status


def test_a_shells_statuses_are_kept() -> None:
    assert (exit_status.CANNOT_RUN, exit_status.NOT_FOUND) == (126, 127)
    assert exit_status.BROKEN_PIPE == 128 + 13


def test_each_status_that_the_code_uses_is_told() -> None:
    told = {status.code for status in exit_status.STATUSES}
    used = (
        exit_status.WRONG_USAGE,
        exit_status.OWN_FAILURE,
        exit_status.CANNOT_RUN,
        exit_status.NOT_FOUND,
        exit_status.BROKEN_PIPE,
    )
    assert {str(code) for code in used} <= told
