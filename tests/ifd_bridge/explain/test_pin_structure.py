"""The fields of a PIN entry are put into words."""

from ifd_bridge.explain import pin_structure as pin


def test_a_field_has_its_words():
    cases = [
        (pin.format_string, 0x82, "ASCII, left justified, from byte 0 of the data field"),
        (pin.format_string, 0x45, "BCD, right justified, from bit 8 of the data field"),
        (pin.block_string, 0x00, "block as long as the PIN, no length"),
        (pin.block_string, 0x48, "block of 8 bytes, length inserted in 4 bits"),
        (pin.length_format, 0x04, "length at bit 4"),
        (pin.length_format, 0x11, "length at byte 1"),
        (pin.digits, 0x0408, "4 to 8 digits"),
        (pin.condition, 0x07, "most digits reached or key OK or time-out"),
        (pin.condition, 0x00, "none given"),
        (pin.timeout, 0, "the reader's own"),
        (pin.timeout, 30, "30 s"),
        (pin.confirmation, 0, "the new PIN"),
        (pin.confirmation, 3, "the current PIN and the new PIN twice"),
        (pin.messages, 0, "no text"),
        (pin.messages, 0xFF, "the reader's own texts"),
        (pin.messages, 3, "3 texts"),
    ]
    for function, value, words in cases:
        assert function(value) == words


def test_a_modification_has_the_indexes_that_its_count_of_messages_asks_for():
    for count, indexes in [(0, 1), (1, 2), (2, 2), (3, 3), (0xFF, 3)]:
        data = bytes.fromhex("011E820000000808040302") + bytes((2, count)) + bytes(40)
        found = [line.name for line in pin.secure(data) if line.name.startswith("bMsgIndex")]
        assert len(found) == indexes


def test_nothing_is_a_missing_operation():
    assert [line.text for line in pin.secure(b"")] == ["missing"]


def test_each_operation_has_its_words():
    """Spec: USB CCID 1.1, 6.1.11 (bPINOperation)."""
    words = ["PIN verification", "PIN modification", "transfer PIN from the secure buffer",
             "wait for the card's response", "cancel", "send the last block again",
             "send the next part of the APDU"]  # fmt: skip
    assert [next(iter(pin.secure(bytes((number,))))).text for number in range(7)] == words


def test_each_way_to_confirm_has_its_words():
    assert [pin.confirmation(value) for value in range(4)] == [
        "the new PIN",
        "the new PIN twice",
        "the current PIN and the new PIN",
        "the current PIN and the new PIN twice",
    ]


def test_the_fields_of_a_verification_are_as_long_as_its_structure():
    """19 bytes stand before the APDU. Spec: PC/SC part 10, 2.5.2."""
    assert sum(size for _, size, _ in pin.VERIFY) == 19
