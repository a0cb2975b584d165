"""Every parser of foreign input has limits: it reports errors in words, in time, in little memory.
The mutated inputs are real: files of this tree, of the examples and of the vectors. The suite tries
a few hundred; `python -m tests.whole.test_bounds 50000` tries any number.
"""

from __future__ import annotations

import json
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pytest

from applets.esim.saip import decoder
from ifd_bridge.cards import toml_cards
from ifd_bridge.cards.vpcd.messages import Unframer
from ifd_bridge.control.server import ControlServer
from ifd_bridge.explain.decode import decode
from ifd_bridge.logs import logged
from ifd_bridge.spec import Spec
from ifd_bridge.trace import Stream
from ifd_bridge.worlds.model_text import from_toml, to_toml
from readers import models
from readers.description import parse as descriptions
from tests.source import ROOT
from vcard.doubles import Faults, ScriptedCard, fault_text

LONGEST_S, MOST_BYTES = 1.0, 200 << 20
SAMPLE = 60
"""Inputs for each parser in the suite."""

SCRIPT = (
    (ROOT / "examples" / "card.txt").read_bytes()
    + b"""
uid 04 A1 B2 C3
00 20 00 80 [9] => 63 C1 | 63 C0 | 69 83 ; state=open ; delay=0.5 ; repeat=2
[open]
00 B0 ?? 0? ... [2-4] 00 => {data} {p1} 90 00
"""
)
RECORDING = (ROOT / "examples" / "hello.txt").read_bytes()
CARD_TOML = b'card = "piv"\ndemo = true\npin = "111111"\nsubject = "Bob"\n[a.b]\nc = [1, 2]\n'
CONTROL = [
    {"do": "list"}, {"do": "trace", "pins": False, "kinds": ["CommandSent"], "most": 5},
    {"do": "press", "keys": ["1", "OK"], "reader": 0}, {"do": "insert", "card": "hello", "slot": 0},
    {"do": "wait", "condition": "card", "timeout": 0.0},
]  # fmt: skip


@dataclass(frozen=True)
class Parser:
    """A parser under test: valid inputs to mutate, and the function to call."""

    name: str
    seeds: Callable[[], list[bytes]]
    take: Callable[[bytes], object]


def read_script(raw: bytes) -> None:
    card = ScriptedCard.parse(raw.decode())
    card.power_up()
    for command in (bytes(4), bytes.fromhex("00A4040000"), bytes(300)):
        card.exchange(command)


def read_card_toml(raw: bytes) -> None:
    path = Path(place()) / "card.toml"
    path.write_bytes(raw)
    toml_cards.from_toml(Spec.parse(str(path)))


@cache
def place() -> str:
    import tempfile

    return tempfile.mkdtemp(prefix="bounds-")


def answer_line(raw: bytes) -> None:
    """The control socket: whatever the line is, there is an answer that is JSON."""
    server = ControlServer(Path("/nowhere"), {"list": list, "press": print_nothing}, Stream())
    for line in raw.split(b"\n"):
        json.dumps(server._handle(line)[1])


def print_nothing(keys: list[str], reader: int = 0) -> None:
    del keys, reader


def read_stream(raw: bytes) -> None:
    unframer = Unframer()
    for start in range(0, len(raw), 7):
        unframer.feed(raw[start : start + 7])
        while unframer.next() is not None:
            pass


def read_fault(raw: bytes) -> None:
    fault_text.parse(raw.decode(), Faults())


def files(pattern: str, most: int = 12, largest: int = 40_000) -> list[bytes]:
    found = [path.read_bytes() for path in sorted(ROOT.glob(pattern)) if path.is_file()]
    return [raw for raw in found if 0 < len(raw) <= largest][:most]


@cache
def packages() -> list[bytes]:
    from tests.kits.esim.package import package

    return [package()]


PARSERS = [
    Parser("script", lambda: [SCRIPT], read_script),
    Parser("recording or log", lambda: [RECORDING, *files("tests/vectors/logs/*")], logged),
    Parser("card.toml", lambda: [CARD_TOML], read_card_toml),
    Parser(
        "reader.toml",
        lambda: [to_toml(one).encode() for one in (models.PLAIN, models.PINPAD)],
        lambda raw: from_toml(raw.decode(), lambda _: models.PLAIN),
    ),
    Parser("profile package", packages, decoder.decode),
    Parser(
        "control lines", lambda: [b"\n".join(json.dumps(one).encode() for one in CONTROL)],
        answer_line,
    ),
    Parser("vpcd stream", lambda: [b"\0\x01\x04\0\x02\x90\0\xff\xff" + bytes(300)], read_stream),
    Parser(
        "descriptions", lambda: files("tests/vectors/descriptions/**/*", 12), descriptions.device
    ),
    Parser("fault", lambda: [b"ins=20,nth=3:status=6F00", b"00 A4 ...:delay=2"], read_fault),
    Parser("SPEC", lambda: [b"piv?demo&pin=1234&state=x"], lambda raw: Spec.parse(raw.decode())),
    *(
        Parser(
            f"decode as {kind}",
            lambda: [bytes.fromhex("6F0A8402A000A50450024142"), bytes(range(60)), b"\x30" * 4000],
            partial(decode, kind=kind),
        )
        for kind in ("tlv", "apdu", "response", "ccid", "t1", "atr", "pin", None)
    ),
]  # fmt: skip


def mutated(seed: bytes, dice: random.Random) -> bytes:
    """A real input, a little or a lot changed."""
    raw = bytearray(seed)
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        at = dice.randrange(len(raw) + 1)
        match dice.randrange(7):
            case 0 if raw:
                raw[at % len(raw)] ^= 1 << dice.randrange(8)
            case 1:
                raw[at:at] = dice.randbytes(dice.randrange(1, 9))
            case 2:
                del raw[at : at + dice.randrange(1, 60)]
            case 3:
                piece = raw[at : at + dice.randrange(1, 80)]
                raw[at:at] = piece * dice.choice((1, 2, 50))
            case 4:
                raw[at : at + 1] = dice.choice(
                    (b"\0", b"\xff", b"[" * 50, b"{" * 50, b"9" * 5000, b"nan", b"-1", b"1e999")
                )
            case 5:
                raw[at:at] = dice.choice((b"\n", b"=", b":", b"...", b" ; ", b" => ", b"&", b"?"))
            case _:
                raw = raw[: at + 1]
    return bytes(raw[:300_000])


def inputs(parser: Parser, count: int, seed: int) -> Iterator[bytes]:
    dice = random.Random(seed)
    seeds = parser.seeds()
    assert seeds, parser.name
    yield from seeds
    for _ in range(count):
        yield mutated(dice.choice(seeds), dice)


def trouble(parser: Parser, raw: bytes) -> str:
    """Return the problem of a parser with an input; empty if there is none."""
    began = time.process_time()
    try:
        parser.take(raw)
    except ValueError as error:  # a refusal in words
        if not str(error) or len(str(error)) > 6000:
            return f"says {str(error)[:100]!r}..."
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    took = time.process_time() - began
    return f"took {took:.2f} s" if took > LONGEST_S else ""


def found(parser: Parser, count: int, seed: int) -> list[str]:
    return [
        f"{parser.name}: {what}: {raw[:200]!r}"
        for raw in inputs(parser, count, seed)
        if (what := trouble(parser, raw))
    ]


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_whatever_comes_is_taken_or_refused_in_words_and_in_time(parser: Parser) -> None:
    assert found(parser, SAMPLE, 1) == []


@pytest.mark.slow  # memory is counted, which takes five times as long
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_longest_input_needs_little_memory(parser: Parser) -> None:
    seed = max(parser.seeds(), key=len)
    tracemalloc.start()
    try:
        for raw in (seed * (200_000 // len(seed) + 1), b"[" * 200_000, b"\x30\x80" * 100_000):
            assert not (what := trouble(parser, raw)) or what.startswith("took"), what
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_BYTES


if __name__ == "__main__":
    total = int(sys.argv[1])
    wrong: list[str] = []
    for one in PARSERS:
        began = time.monotonic()
        wrong += found(one, total // len(PARSERS), 7)
        took = time.monotonic() - began
        sys.stdout.write(f"{one.name}: {total // len(PARSERS)} inputs in {took:.0f} s\n")
        sys.stdout.flush()
    sys.stdout.write("\n".join(wrong[:60]) + f"\n{len(wrong)} wrong\n")
    sys.exit(1 if wrong else 0)
