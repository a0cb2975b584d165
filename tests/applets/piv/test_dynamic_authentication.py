import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.piv.dynamic_authentication import Template

FIELD = st.none() | st.binary(max_size=300)


@given(st.builds(Template, FIELD, FIELD, FIELD, FIELD))
def test_what_is_written_is_read_again(template):
    assert Template.parse(bytes(template)) == template


@given(st.binary(max_size=40))
def test_any_bytes_are_a_template_or_refused(raw):
    with contextlib.suppress(ValueError):
        Template.parse(raw)


def test_absent_is_not_empty():
    assert Template.parse(bytes.fromhex("7C028200")) == Template(response=b"")


def test_what_does_not_belong_is_refused():
    for raw in ["", "7D00", "7C028300", "7C0481008100", "7C0082", "7C0281"]:
        with pytest.raises(ValueError, match=r"tag|offset"):
            Template.parse(bytes.fromhex(raw))


def test_a_printed_template_shows_lengths_only():
    assert repr(Template(challenge=b"secret", response=b"")) == (
        "<Template challenge: 6 bytes, response: 0 bytes>"
    )
