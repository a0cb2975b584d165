"""A PIN in a command is found and hidden; everything else is unchanged."""

from hypothesis import given
from hypothesis import strategies as st

from vcard import Applet, Card
from vcard.contact import secrets_of
from vcard.doubles import Faults
from vcard.secret import PIN_INS, SecretCommand, hide, without_pin


def test_the_data_of_pin_commands_are_hidden():
    cases = [
        ("00200080083132333435363738", "0020008008" + "2A" * 8),
        ("00200080043132333400", "00200080042A2A2A2A00"),
        ("0C2400800000043132333400", "0C240080000004" + "2A" * 4 + "00"),
        ("00200080083132", "00200080082A2A"),
        ("00200080", "00200080"),
        ("0020008000", "0020008000"),
        ("00A4040002ABCD", "00A4040002ABCD"),
        ("FF20000004 31323334", "FF20000004" + "2A" * 4),
        ("FF82200006 FFFFFFFFFFFF", "FF82200006" + "2A" * 6),
        ("FFD2000103 AABBCC", "FFD2000103" + "2A" * 3),
        ("FF0000000F D44001600401020304050601020304", "FF0000000F" + "2A" * 15),
        ("FF00000002 D44A", "FF00000002D44A"),
        ("FFCA000000", "FFCA000000"),
    ]
    for command, hidden in cases:
        assert without_pin(bytes.fromhex(command)) == bytes.fromhex(hidden)


KEYS = (
    SecretCommand(0xD8),
    SecretCommand(0xFE, p1=frozenset({7}), p2=frozenset({0x9A})),
    SecretCommand(0xFF, second=0x9B),
)


def test_the_keys_of_named_commands_are_hidden():
    cases = [
        ("80D8000004 41424344", "80D8000004" + "2A" * 4),
        ("00FE079A04 0602ABCD", "00FE079A04" + "2A" * 4),
        ("10FE079A04 0602ABCD", "10FE079A04" + "2A" * 4),
        ("00FE009A04 0602ABCD", "00FE009A040602ABCD"),
        ("00FE070004 0602ABCD", "00FE0700040602ABCD"),
        ("00FFFFFF05 089B02ABCD", "00FFFFFF05" + "2A" * 5),
        ("00FFFFFF05 089C02ABCD", "00FFFFFF05089C02ABCD"),
        ("00A4040002 ABCD", "00A4040002ABCD"),
        ("00D8", "00D8"),
    ]
    for command, hidden in cases:
        assert without_pin(bytes.fromhex(command), KEYS) == bytes.fromhex(hidden)
    assert without_pin(bytes.fromhex("80D8000001FF")) == bytes.fromhex("80D8000001FF")


@given(st.sampled_from(sorted(PIN_INS)), st.integers(4, 16))
def test_no_pin_stays_in_a_pin_command(ins, length):
    pin = bytes(range(0x80, 0x80 + length))
    assert not set(pin) & set(without_pin(bytes((0, ins, 0, 1, length)) + pin)[5:])


@given(st.binary(max_size=40))
def test_hiding_changes_no_length(raw):
    assert len(without_pin(raw)) == len(raw)
    assert hide(raw, slice(0, 0)) == raw


def test_a_cards_secrets_are_found_through_what_is_around_it() -> None:
    class Vault(Applet):
        aid = bytes.fromhex("F000000001")
        secret_instructions = frozenset({0xD8})

    card = Card(Vault())
    assert secrets_of(Faults().around(card)) == {SecretCommand(0xD8)}
    assert secrets_of(object()) == frozenset()


def test_the_commands_with_a_pin_are_those_of_the_standard() -> None:
    """20, 21 and 24 to 2D but 2A and 2B. Spec: ISO/IEC 7816-4, 11.6."""
    assert set(range(0x20, 0x2E)) - {0x22, 0x23, 0x2A, 0x2B} == PIN_INS
