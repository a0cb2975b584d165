"""Any bytes parse as an ATR, but only a correct one can be built."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard.atr.atr import Atr
from vcard.atr.layout import Convention, inverted
from vcard.atr.values import ClockStop, Edc, SpecificMode, VoltageClass

VECTORS = [
    [field.strip() for field in line.split("|")]
    for line in (Path(__file__).parents[2] / "vectors/atr.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def atr(text: str) -> Atr:
    return Atr.parse(bytes.fromhex(text))


def test_the_vectors_are_read_as_their_sources_say():
    for raw, meaning, _ in VECTORS:
        protocols, *problems = meaning.split("; ")
        parsed = atr(raw)
        assert parsed.protocols == tuple(int(text) for text in protocols.split())
        assert [str(problem) for problem in parsed.problems] == problems


@given(st.binary(min_size=1, max_size=40))
def test_any_bytes_are_read_and_given_back(raw):
    parsed = Atr.parse(raw)
    assert bytes(parsed) == raw
    assert Atr.parse(bytes(parsed)) == parsed
    characters = list(parsed.layout.characters())
    assert bytes(c.value for c in characters) == parsed.decoded
    assert [c.offset for c in characters] == list(range(len(raw)))
    assert all(0 <= problem.offset <= len(raw) for problem in parsed.problems)
    values = (parsed.fi, parsed.di, parsed.f, parsed.d, parsed.wi, parsed.ifsc, parsed.bwi)
    assert all(value is None or value >= 0 for value in values)
    assert parsed.cwi < 16
    assert parsed.classes is None or parsed.classes.volts
    assert parsed.clock_stop in ClockStop
    assert parsed.protocol < 16
    assert str(parsed) == raw.hex(" ").upper()


def test_nothing_is_no_atr():
    with pytest.raises(ValueError, match="offset 0"):
        Atr.parse(b"")


def test_defaults_stand_where_the_card_says_nothing():
    parsed = atr("3B00")
    assert (parsed.fi, parsed.di, parsed.fmax_mhz, parsed.f, parsed.d) == (372, 1, 5.0, 372, 1)
    assert (parsed.wi, parsed.ifsc, parsed.bwi, parsed.cwi, parsed.edc) == (10, 32, 4, 13, Edc.LRC)
    assert parsed.protocols == (0,)
    assert parsed.protocol == 0
    assert (parsed.classes, parsed.clock_stop) == (VoltageClass.A, ClockStop.NOT_SUPPORTED)
    assert parsed.uicc is None
    assert parsed.problems == ()


def test_specific_mode_uses_the_speed_of_ta1_at_once():
    specific = Atr.build((1,), fi=512, di=32, specific=SpecificMode(1, changeable=False))
    assert (specific.protocol, specific.f, specific.d) == (1, 512, 32)
    assert specific.specific == SpecificMode(1, changeable=False)
    implicit = Atr.build((1,), fi=512, di=32, specific=SpecificMode(1, implicit=True))
    assert (implicit.f, implicit.d, implicit.fi, implicit.di) == (372, 1, 512, 32)


def test_a_card_that_says_all_is_built_and_read_back():
    built = Atr.build(
        (0, 1),
        b"\x80\x66vcardM",
        fi=512,
        di=32,
        extra_guard_time=3,
        wi=20,
        ifsc=254,
        bwi=4,
        cwi=5,
        edc=Edc.CRC,
        clock_stop=ClockStop.NO_PREFERENCE,
        classes=VoltageClass.A | VoltageClass.B | VoltageClass.C,
        uicc=0x83,
    )
    assert built.raw.hex() == "3bd89603c014f1fe45013fc783806676636172644d60"
    assert (built.protocols, built.wi, built.ifsc, built.cwi) == ((0, 1), 20, 254, 5)
    assert (built.edc, built.uicc, built.clock_stop) == (Edc.CRC, 0x83, ClockStop.NO_PREFERENCE)
    assert built.classes is not None
    assert built.classes.volts == "A 5 V, B 3 V, C 1.8 V"
    assert built.historical == b"\x80\x66vcardM"


def test_an_atr_says_what_was_asked_for_and_no_more():
    cases = [
        ({}, "3B00"),
        ({"protocols": (1,)}, "3B800181"),
        ({"protocols": (0, 1)}, "3B80800101"),
        ({"protocols": (1,), "ifsc": 254}, "3B808111FEEE"),
        ({"protocols": (1,), "cwi": 5}, "3B808121 4565"),
        ({"protocols": (1,), "bwi": 2}, "3B808121 2D0D"),
        ({"convention": Convention.INVERSE}, "3F00"),
        ({"wi": 1}, "3B804001"),
        ({"di": 4}, "3B1013"),
        ({"fi": 512}, "3B1091"),
        ({"classes": VoltageClass.B}, "3B80801F021D"),
        ({"clock_stop": ClockStop.STATE_L}, "3B80801F415E"),
        ({"protocols": (0, 14)}, "3B80800E0E"),
    ]
    for intent, raw in cases:
        assert Atr.build(**intent) == atr(raw)


def test_what_no_atr_can_say_is_refused():
    cases = [
        ({"protocols": (1, 0)}, "ascending"),
        ({"protocols": (5,)}, "T=5 is reserved"),
        ({"ifsc": 254}, "not offered"),
        ({"protocols": (1,), "ifsc": 255}, "IFSC 255 is reserved"),
        ({"protocols": (1,), "bwi": 10}, "BWI 10 is reserved"),
        ({"protocols": (1,), "wi": 10}, "TC2 is for T=0"),
        ({"wi": 0}, "WI 0 is reserved"),
        ({"wi": 256}, "256"),
        ({"fi": 373}, "TA1 cannot say 373"),
        ({"di": 3}, "TA1 cannot say 3"),
        ({"classes": VoltageClass.A | VoltageClass.C}, "class indicator 5 is reserved"),
        ({"specific": SpecificMode(1)}, "the specific mode is T=1, which is not offered"),
        ({"historical": bytes(16)}, "0..15 historical bytes"),
        ({"protocols": ()}, "at least one protocol"),
    ]
    for intent, message in cases:
        with pytest.raises(ValueError, match=message):
            Atr.build(**intent)


def test_the_inverse_convention_is_read_from_either_side():
    direct = atr("3F6725002120000F789000")
    sampled = Atr.parse(inverted(direct.raw))
    assert sampled.raw[0] == 0x03
    assert sampled.decoded == direct.raw
    assert sampled.layout == direct.layout
    assert sampled.historical == direct.historical


def test_the_guard_time_of_255_is_the_shortest():
    for n, t0, t1 in [(0, 12, 12), (3, 15, 15), (254, 266, 266), (255, 12, 11)]:
        parsed = Atr.build((0, 1), extra_guard_time=n)
        assert (parsed.guard_time_etu(0), parsed.guard_time_etu(1)) == (t0, t1)


def test_waiting_times_follow_the_clock():
    parsed = Atr.build((0, 1), fi=512, di=8)
    assert parsed.etu_s(3.72e6) == pytest.approx(1e-4)
    assert parsed.waiting_time_s(5e6) == pytest.approx(10 * 960 * 512 / 5e6)
    assert parsed.block_waiting_time_s(3.72e6) == pytest.approx(11e-4 + 16 * 960 * 1e-4)
    assert parsed.character_waiting_time_s(3.72e6) == pytest.approx((11 + 8192) * 1e-4)


def test_reserved_speeds_and_classes_are_none():
    parsed = atr("3B9070801F0567".replace(" ", ""))
    assert (parsed.fi, parsed.di, parsed.fmax_mhz, parsed.classes) == (None, None, None, None)
