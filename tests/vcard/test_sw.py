from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kits import golden
from vcard.sw import NAMES, SW


@given(st.integers(0, 0xFFFF))
def test_every_word_has_two_bytes_a_number_and_a_name(value: int) -> None:
    sw = SW(value)
    assert bytes(sw) == value.to_bytes(2, "big") == sw.raw
    assert int(sw) == value
    assert str(sw) == f"{value:04X}"
    assert sw.name
    assert "{" not in sw.name


@pytest.mark.parametrize("value", [-1, 0x10000])
def test_a_word_has_16_bits(value: int) -> None:
    with pytest.raises(ValueError, match="16 bits"):
        SW(value)


def test_words_are_equal_when_their_values_are() -> None:
    assert SW(0x9000) == SW.OK
    assert SW(0x9000) != SW(0x6A82)
    assert SW.OK != 0x9000
    assert len({SW(0x9000), SW.OK}) == 1
    assert repr(SW.OK) == "SW(0x9000)"


def test_tries_left_carries_its_number() -> None:
    assert SW.tries_left(3) == SW(0x63C3)
    assert SW.tries_left(3).number == 3
    assert SW.tries_left(0).number == 0
    assert SW.tries_left(2).name == "verification failed, 2 tries left"
    with pytest.raises(ValueError, match=r"0\.\.15"):
        SW.tries_left(16)


def test_bytes_left_saturates_at_256() -> None:
    for count, word, number in [
        (1, 0x6101, 1),
        (255, 0x61FF, 255),
        (256, 0x6100, 256),
        (65536, 0x6100, 256),
        (70000, 0x6100, 256),
    ]:
        assert SW.bytes_left(count) == SW(word)
        assert SW.bytes_left(count).number == number


def test_no_bytes_left_is_not_a_word() -> None:
    with pytest.raises(ValueError, match="0 bytes"):
        SW.bytes_left(0)


def test_exact_length_reads_256_as_zero() -> None:
    assert SW.exact_length(18) == SW(0x6C12)
    assert SW.exact_length(256) == SW(0x6C00)
    assert SW.exact_length(256).number == 256
    assert SW.exact_length(5).name == "wrong Le, 5 bytes available"
    with pytest.raises(ValueError, match="257"):
        SW.exact_length(257)


def test_success_has_several_words() -> None:
    for value in [0x9000, 0x6110, 0x9110, 0x9F10]:
        assert SW(value).ok


def test_warnings_and_errors_are_not_success() -> None:
    for value in [0x6282, 0x63C1, 0x6A82, 0x6F00, 0x0000]:
        assert not SW(value).ok


def test_a_word_without_a_name_of_its_own_is_named_after_its_class() -> None:
    assert SW(0x6A42).name == "wrong parameters (42)"
    assert SW(0x1234).name == "unknown status word"
    assert SW(0x6A82).name == NAMES[0x6A82]
    assert SW(0x6A82).number is None


def test_a_word_can_be_raised() -> None:
    with pytest.raises(SW) as caught:
        raise SW.FILE_NOT_FOUND
    assert caught.value == SW(0x6A82)


def test_every_word_has_the_name_of_its_standard() -> None:
    """Spec: ISO/IEC 7816-4, 5.6; ETSI TS 102 221, 10.2.1."""
    firsts = (*range(0x60, 0x70), *range(0x90, 0xA0))
    words = {first << 8 | second for first in firsts for second in (0, 1, 0x0F, 0xC0, 0xCF, 0xFF)}
    named = {name: sw for name in dir(SW) if isinstance(sw := getattr(SW, name), SW)}
    golden.check("sw", [
        *(f"{value:04X} {SW(value).name}" for value in sorted(words | NAMES.keys())),
        *(f"{name} {sw}" for name, sw in sorted(named.items())),
    ])  # fmt: skip
