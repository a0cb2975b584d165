from tests.kits.esim.uicc import PIN, WRONG, made, words


def test_pins_are_counted_changed_switched_and_unblocked():
    lpa = made(pin_enabled=True)
    assert words(lpa, "00200001", "0020000108" + WRONG, "00200001", "0024000110" + PIN + WRONG) == [
        0x63C3, 0x63C2, 0x63C2, 0x9000,
    ]  # fmt: skip
    assert words(lpa, "0020000108" + WRONG, "0026000108" + WRONG, "0020000108" + WRONG) == [
        0x9000, 0x9000, 0x6984,
    ]  # fmt: skip
    assert words(lpa, "0028000108" + WRONG, "0028000108" + WRONG) == [0x9000, 0x6984]
    assert words(lpa, *["0020000108" + PIN] * 4) == [0x63C2, 0x63C1, 0x6983, 0x6983]
    puk = "3132333435363738"
    assert words(lpa, "002C0001", "002C000110" + PIN + PIN, "002C000110" + puk + PIN) == [
        0x63CA, 0x63C9, 0x9000,
    ]  # fmt: skip
    short = "0020000107" + PIN[:14]
    assert words(lpa, "00200001", short, "00200055", "002C000A", "0020010108" + PIN) == [
        0x63C3, 0x6700, 0x6A88, 0x6A88, 0x6A86,
    ]  # fmt: skip
