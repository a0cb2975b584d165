"""Every byte of every ATR is explained."""

from hypothesis import given
from hypothesis import strategies as st

from tests.kits import golden
from tests.kits.vectors import rows
from vcard.atr.atr import Atr
from vcard.atr.text import explain, protocol_name


def told(raw: str) -> dict[str, str]:
    return {line.name: line.text for line in explain(Atr.parse(bytes.fromhex(raw)))}


@given(st.binary(min_size=1, max_size=40))
def test_every_byte_is_explained_once(raw):
    atr = Atr.parse(raw)
    lines = explain(atr)
    assert b"".join(line.raw for line in lines) == atr.decoded
    assert all(line.text for line in lines)


def test_an_euicc_with_ports_is_explained():
    found = told("3B9F9680B1FE453FC7838031E073FE211F76636172644D455020")
    assert found["TS"] == "direct convention"
    assert found["T0"] == "TA1, TD1 follow; 15 historical bytes"
    assert found["TA1"] == (
        "Fi 512, Di 32, f(max) 5 MHz: 16 clock cycles per etu, 250000 bit/s at 4 MHz"
    )
    assert found["TD1"] == "T=0 (characters); TD2 follows"
    assert found["TD3"] == "T=15 (global bytes); TA4, TB4 follow"
    assert found["TA3"].startswith("IFSC 254:")
    assert found["TB3"] == "BWI 4, CWI 5: waits 1.43 s for a block, 4 ms for a character"
    assert found["TA4"] == "clock stop in either state; A 5 V, B 3 V, C 1.8 V"
    assert found["TB4"] == "UICC: eUICC, several logical interfaces (eSIM ports)"
    assert found["TCK"] == "right"


def test_each_byte_has_its_words():
    cases = [
        ("3F00", "TS", "inverse convention"),
        ("00", "TS", "neither direct nor inverse convention"),
        ("3B01 00", "T0", "no more interface bytes; 1 historical byte"),
        ("3B1010", "TA1", "Fi 372, Di reserved"),
        ("3B1071", "TA1", "Fi reserved, Di 1"),
        ("3B2025", "TB1", "programming voltage PI1 5 V, II 50 mA (deprecated)"),
        ("3B2065", "TB1", "programming voltage PI1 5 V, II reserved (deprecated)"),
        ("3B2000", "TB1", "no programming voltage (deprecated)"),
        ("3B4002", "TC1", "N 2: a guard time of 14 etu to the card"),
        ("3B40FF", "TC1", "N 255: the shortest guard time, 12 etu with T=0 and 11 etu with T=1"),
        ("3B801081", "TA2", "specific mode: T=1 (blocks), F and D of TA1; cannot change its mode"),
        ("3B801010", "TA2",
         "specific mode: T=0 (characters), F and D known otherwise; can change its mode"),
        ("3B802032", "TB2", "programming voltage PI2 5 V (deprecated)"),
        ("3B80400A", "TC2", "WI 10: waits 893 ms at 4 MHz"),
        ("3B804000", "TC2", "WI 0, reserved"),
        ("3B808111FF", "TA3",
         "IFSC 255, reserved: longest information field of a block to the card"),
        ("3B808121A3", "TB3", "BWI 10 (reserved), CWI 3"),
        ("3B80814101", "TC3", "error detection by CRC"),
        ("3B808011FE", "TA3", "IFSC 254: longest information field of a block to the card"),
        ("3B808010FE", "TA3", "no meaning for T=0"),
        ("3B80801F45", "TA3", "clock stop in state L; class indicator 5, reserved"),
        ("3B80802F00", "TB3", "contact C6 not used, nothing more on the interface"),
        ("3B80802F12", "TB3", "standard use of contact C6: 12"),
        ("3B80802F80", "TB3", "UICC: no more functions"),
        ("3B800182", "TCK", "wrong, 81 would be right"),
        ("3B0000", "TCK", "not wanted where only T=0 is offered"),
        ("3B00000A", "surplus", "1 byte after the end"),
    ]  # fmt: skip
    for raw, name, text in cases:
        assert told(raw)[name] == text


def test_all_that_stands_after_the_end_is_one_line():
    lines = explain(Atr.parse(bytes.fromhex("3B0000") + bytes(10_000)))
    assert [line.name for line in lines] == ["TS", "T0", "TCK", "surplus"]
    assert lines[-1].raw == bytes(10_000)
    assert lines[-1].text == "10000 bytes after the end"


def test_protocols_are_named():
    assert protocol_name(1) == "T=1 (blocks)"
    assert protocol_name(9) == "T=9 (reserved)"


MORE = [
    "3B", "3B00", "3F00", "0300", "3B0280", "3BF01100FF01", "3B9095801FC7", "3B8080011F00",
    "3BE00000813120200030", "3BFF1100FF8131FE4D8025A00000005657444B3333300600D0",
    "3BDD96008010FE8031806301FFC073B3211B8105", "3B6800000073C84000009000", "3B10", "3B8001",
    "3BD518FF8191FE1FC38073C8211309", "3B9596803FC7828031E073FE211BD7", "3B71F500", "3B50FF00",
    "3B8F8001804F0CA000000306030001000000006A", "3B8880010000000080810000", "3B0A80730000004FFFFF",
    "3B75120000000300000000", "3B9411C00A31FE45", "3BB01140FF", "3B8081410040", "3B8081410141",
]  # fmt: skip


def test_every_line_of_an_explanation_stands_at_its_place():
    """Spec: ISO/IEC 7816-3, 8; ISO/IEC 7816-4, 12.1.1; ETSI TS 102 221, 6.3.3."""
    lines = []
    for raw in [row[0] for row in rows("atr.txt")] + MORE:
        lines += [raw]
        lines += [
            f"  {line.offset:2} {'  ' * line.depth}{line.raw.hex().upper()}"
            f" | {line.name}: {line.text}"
            for line in explain(Atr.parse(bytes.fromhex(raw)))
        ]
    golden.check("atr", lines)
