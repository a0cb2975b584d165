from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.ccid.pin_request import PinModification, PinVerification, Prompt, adds_up, digit_limits
from tests.kits import golden

VECTORS = Path(__file__).parents[2] / "vectors" / "pin_blocks.txt"


def vectors():
    for line in VECTORS.read_text().splitlines():
        if not line.startswith("#"):
            case, meaning, _ = line.split(" | ")
            yield pytest.param(case, id=meaning)


def request_of(case):
    given_, expected = case.split(" -> ")
    kind, *words = given_.split()
    pins = [words.pop() for _ in range(2 if kind == "modify" else 1)][::-1]
    *template, how = words
    command, how = bytes.fromhex("".join(template)), bytes.fromhex(how)
    fields = {
        "bmFormatString": how[0],
        "bmPINBlockString": how[1],
        "bmPINLengthFormat": how[2],
        "abPINApdu": command,
    }
    if kind == "verify":
        return PinVerification(**fields), {Prompt.ENTER: pins[0]}, bytes.fromhex(expected)
    typed = {Prompt.NEW: pins[1]} | ({} if pins[0] == "-" else {Prompt.ENTER: pins[0]})
    offsets = {"bInsertionOffsetOld": how[3], "bInsertionOffsetNew": how[4]}
    confirm = 1 if pins[0] == "-" else 3
    request = PinModification(
        **fields, **offsets, bConfirmPIN=confirm, bNumberMessage=confirm + (confirm == 1)
    )
    return request, typed, bytes.fromhex(expected)


@pytest.mark.parametrize("case", list(vectors()))
def test_pin_blocks_are_those_of_real_readers(case):
    request, pins, expected = request_of(case)
    assert request.command(pins) == expected


def test_a_verification_is_read_as_libccid_writes_it():
    wire = bytes.fromhex(
        "1e 82 00 00 08 04 02 01 09 04 00 00 00 0d 00 20 00 80 08 ffffffffffffffff"
    )
    request = PinVerification.parse(wire)
    assert request == PinVerification(
        bTimeOut=30,
        bmFormatString=0x82,
        bmPINBlockString=0,
        bTeoPrologue=b"\0\0\x0d",
        abPINApdu=bytes.fromhex("0020008008") + b"\xff" * 8,
    )
    assert digit_limits(request) == (4, 8)
    assert bytes(request) == wire
    assert request.prompts == (Prompt.ENTER,)


def test_a_modification_is_read_as_libccid_writes_it():
    wire = (
        bytes.fromhex("1e 82 00 00 00 08 08 04 03 02 03 09 04 00 01 02 00 00 15 00 24 00 80 10")
        + b"\xff" * 16
    )
    request = PinModification.parse(wire)
    assert request.indexes == (0, 1, 2)
    assert request.bTeoPrologue == b"\0\0\x15"
    assert request.abPINApdu[:5] == bytes.fromhex("0024008010")
    assert bytes(request) == wire


@pytest.mark.parametrize(("messages", "indexes"), [(0, 1), (1, 2), (2, 2), (3, 3), (0xFF, 3)])
def test_a_modification_has_as_many_indexes_as_messages_need(messages, indexes):
    head = bytes.fromhex("1e 82 00 00 00 08 08 04 03 02") + bytes((messages, 9, 4))
    request = PinModification.parse(head + b"\7" * indexes + b"abc" + b"APDU")
    assert (request.indexes, request.bTeoPrologue) == ((7,) * indexes, b"abc")
    assert request.abPINApdu == b"APDU"


def test_some_readers_always_want_three_indexes():
    head = bytes.fromhex("1e 82 00 00 00 08 08 04 03 02 00 09 04")
    assert PinModification.parse(head + b"\0\1\2abcAPDU", indexes=3).abPINApdu == b"APDU"


@pytest.mark.parametrize("confirm", range(4))
def test_what_is_asked_for_follows_from_the_confirmation(confirm):
    prompts = {
        0: (Prompt.NEW,),
        1: (Prompt.NEW, Prompt.CONFIRM),
        2: (Prompt.ENTER, Prompt.NEW),
        3: (Prompt.ENTER, Prompt.NEW, Prompt.CONFIRM),
    }
    assert PinModification(bConfirmPIN=confirm).prompts == prompts[confirm]


@pytest.mark.parametrize("size", [0, 12, 13, 18])
def test_a_modification_that_is_cut_short_is_refused(size):
    wire = bytes(PinModification())[:size]
    with pytest.raises(ValueError, match=f"offset {size}:"):
        PinModification.parse(wire)


@given(st.binary(max_size=40), st.sampled_from([PinVerification, PinModification]))
def test_any_bytes_are_a_request_or_a_value_error(raw, kind):
    try:
        request = kind.parse(raw)
    except ValueError:
        return
    assert bytes(request) == raw


STRICT = [line.split(" | ")[0] for line in VECTORS.read_text().splitlines() if "| ACR83" in line]


@pytest.mark.parametrize("case", STRICT)
def test_a_strict_reader_takes_its_own_manuals_examples(case):
    request, pins, _ = request_of(case)
    digits = max(len(pin) for pin in pins.values())
    confirm = getattr(request, "bConfirmPIN", 0)
    messages = {0: 1, 1: 2, 3: 3}[confirm]
    assert adds_up(replace(request, wPINMaxExtraDigit=0x0400 | digits, bNumberMessage=messages))


GOOD = PinVerification(abPINApdu=bytes.fromhex("0020008008") + bytes(8))
GOOD_CHANGE = PinModification(abPINApdu=bytes.fromhex("0024008010") + bytes(16))


@pytest.mark.parametrize(
    "request_",
    [
        replace(GOOD, wPINMaxExtraDigit=0x0008),
        replace(GOOD, wPINMaxExtraDigit=0x0804),
        replace(GOOD, wPINMaxExtraDigit=0x0411),
        replace(GOOD, wPINMaxExtraDigit=0x0409),
        replace(GOOD, abPINApdu=bytes.fromhex("0020008007") + bytes(7)),
        replace(GOOD, bmPINBlockString=0x00, abPINApdu=bytes.fromhex("00200080")),
        replace(GOOD, bmPINBlockString=0x48),
        replace(GOOD, bNumberMessage=3),
        replace(
            GOOD_CHANGE, bInsertionOffsetNew=7, abPINApdu=bytes.fromhex("002400800F") + bytes(15)
        ),
        replace(GOOD_CHANGE, bNumberMessage=2),
        replace(GOOD_CHANGE, bConfirmPIN=9),
    ],
)
def test_a_strict_reader_refuses_what_does_not_add_up(request_):
    assert adds_up(GOOD)
    assert adds_up(GOOD_CHANGE)
    assert not adds_up(request_)


FORMATS = (0x00, 0x02, 0x06, 0x01, 0x45, 0x82, 0x86, 0x8A, 0x89, 0xA2, 0x03)
BLOCKS, LENGTHS = (0x00, 0x08, 0x48, 0x88, 0x04, 0x10), (0x00, 0x04, 0x11)


def entered(request_, *typed):
    """The command with the PINs that are typed, or why there is none."""
    try:
        prompts = (Prompt.ENTER,) if len(typed) == 1 else (Prompt.ENTER, Prompt.NEW)
        return request_.command(dict(zip(prompts, typed, strict=True))).hex()
    except ValueError as error:
        return f"refused: {error}"


def test_every_format_puts_digits_where_it_always_did():
    """Spec: USB CCID 1.1, 6.1.11.1 to 6.1.11.8 (bmFormatString and the fields behind it)."""
    verify, change = (
        bytes.fromhex("0020008008") + b"\xff" * 8,
        bytes.fromhex("0024008010") + b"\xff" * 16,
    )
    lines = []
    for form, block, length in product(FORMATS, BLOCKS, LENGTHS):
        fields = {"bmFormatString": form, "bmPINBlockString": block, "bmPINLengthFormat": length}
        one = PinVerification(**fields, abPINApdu=verify)
        lines.append(f"{form:02X} {block:02X} {length:02X} {entered(one, '12345')}")
        for old, new in ((0, 0), (0, 8), (1, 9)):
            two = PinModification(
                **fields,
                bInsertionOffsetOld=old,
                bInsertionOffsetNew=new,
                bConfirmPIN=3,
                abPINApdu=change,
            )
            lines.append(f"  {old} {new} {entered(two, '1234', '567890')}")
    bare = PinVerification(
        bmFormatString=0x82, bmPINBlockString=0, abPINApdu=bytes.fromhex("00200080")
    )
    lines += [entered(bare, pin) for pin in ("", "1", "1234567890123456")]
    golden.check("pin_blocks", lines)
