"""Each error of an ATR is reported with its place; correct ATRs give no findings."""

from vcard.atr.atr import Atr


def test_each_rule_is_told_with_the_offset():
    cases = [
        ("3B00", []),
        ("00", ["offset 0: TS is 00, not 3B (direct) or 3F (inverse convention)",
                "offset 1: cut short, 1 announced bytes are missing"]),
        ("3B1077", ["offset 2: Fi 7 is reserved"]),
        ("3B101A", ["offset 2: Di A is reserved"]),
        ("3B801081", ["offset 3: the specific mode is T=1, which is not offered"]),
        ("3B801060", ["offset 3: reserved bits of TA2 are set"]),
        ("3B80410ACB", ["offset 3: TC2 is for T=0, which is not offered"]),
        ("3B800181", []),
        ("3B800100", ["offset 3: TCK is 00, 81 would be right"]),
        ("3B0000", ["offset 2: only T=0 is offered, so there is no TCK"]),
        ("3B80018177", ["offset 4: 1 bytes too many"]),
        ("3B800F8F", ["offset 2: T=15 is no protocol and cannot be announced first"]),
        ("3B800787", ["offset 2: T=7 is reserved"]),
        ("3B808111FF EF", ["offset 4: IFSC 255 is reserved"]),
        ("3B808121B595", ["offset 4: BWI 11 is reserved"]),
        ("3B80819120112081", ["offset 6: TA4 is a second TA for T=1, which is reserved"]),
        ("3B8081410242", ["offset 4: reserved bits of the error detection code's byte are set"]),
        ("3B80809F011F0180", []),
        ("3B80801FC0 DF", ["offset 4: class indicator 0 is reserved"]),
    ]  # fmt: skip
    for raw, problems in cases:
        found = [str(problem) for problem in Atr.parse(bytes.fromhex(raw)).problems]
        assert found == problems


def test_one_longer_than_the_standard_allows_is_told():
    problems = Atr.parse(bytes.fromhex("3B0F") + bytes(40)).problems
    assert str(problems[-1]) == "offset 33: longer than 33 bytes"
