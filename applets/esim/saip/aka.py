"""The authentication parameters of a package.

Assumption: bit 2 of sqnOptions (as in its default) limits the jump of a sequence number to
sqnDelta, bit 1 its age to sqnAgeLimit; the text of the standard was not available. A counter of
authentications (authCounterMax) is not kept.
Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.5; 3GPP TS 33.102,
annex C (sequence numbers).
"""

from __future__ import annotations

from collections.abc import Callable

from applets.sim.usim import SEQ_BITS, SLOTS, Aka, AlgorithmId
from vcard import Value

from .element import Element
from .node import OCTETS, Node, automatic, bad, fields, integer, items, malformed, octets

_ELEMENT = {0xA1: "configuration", 0x82: "rules", 0x83: "delta", 0x84: "age", 0xA5: "sqn"}
_OWN = automatic(
    "algorithm", "options", "key", "opc", "rotations", "constants", "counter", "iterations"
)
_MAPPING = automatic("options", "source")
_CDMA = automatic("header", "key", "ssd", "hrpd", "simple-ip", "mobile-ip", constructed=("header",))
_CDMA_LENGTHS = {
    "key": (8, 8), "ssd": (16, 16), "hrpd": (2, 32), "simple-ip": (3, 483), "mobile-ip": (5, 957),
}  # fmt: skip
_USUAL_DELTA = _USUAL_AGE = bytes.fromhex("000010000000")
_DELTA_RULE, _AGE_RULE = 0x02, 0x01
_CONSTANTS = 5


def read_aka(element: Element) -> Aka | bytes:
    """Read the parameters of an application, or the AID of the application that shares them."""
    body = element.node
    found, _ = fields(body, {0xA0: "header", **_ELEMENT}, ["configuration"])
    choice = next(iter(found["configuration"].children), None)
    if choice is None or choice.tag not in (0xA0, 0xA1):
        raise malformed("the parameters are missing", found["configuration"].start)
    if choice.tag == 0xA0:
        mapping, _ = fields(choice, _MAPPING, ["source"])
        return octets(mapping["source"], 5, 16)
    own, _ = fields(choice, _OWN, ["algorithm", "options", "key", "opc"])
    return _aka(own, _sequence(found.get("sqn")), _limits(found))


def _aka(own: dict[str, Node], sequence: tuple[int, ...], limits: tuple[int, int]) -> Aka:
    try:
        algorithm = AlgorithmId(integer(own["algorithm"], 255))
    except ValueError:
        raise bad("there is no such algorithm", own["algorithm"].start) from None
    options = _OPTIONS[algorithm](own)
    opc = b"" if algorithm is AlgorithmId.XOR_TEST else own["opc"].value
    aka = Aka(algorithm, own["key"].value, opc, tuple(sorted(options.items())), sequence, *limits)
    try:
        aka.make()
    except ValueError as error:
        raise bad(str(error), own["key"].start) from None
    return aka


def _limits(found: dict[str, Node]) -> tuple[int, int]:
    """The largest jump and age of a sequence number; NO_LIMIT if not checked."""
    rules = octets(found["rules"], 1, 1)[0] if "rules" in found else _DELTA_RULE
    endless = 1 << SEQ_BITS
    limits = [
        _number(found.get("delta"), _USUAL_DELTA) if rules & _DELTA_RULE else endless,
        _number(found.get("age"), _USUAL_AGE) if rules & _AGE_RULE else endless,
    ]
    return limits[0], limits[1]


def _number(node: Node | None, usual: bytes) -> int:
    value = int.from_bytes(usual if node is None else octets(node, 6, 6), "big")
    if value >> SEQ_BITS:
        raise bad("a sequence number has 43 bits", None if node is None else node.start)
    return value


def _sequence(node: Node | None) -> tuple[int, ...]:
    """The used sequence parts by index; empty if the package has none."""
    if node is None:
        return ()
    numbers = tuple(_number(code, b"") for code in items(node, OCTETS))
    if len(numbers) != SLOTS:
        raise bad("a package has 32 sequence numbers of 43 bits, or none", node.start)
    return numbers


def _milenage(own: dict[str, Node]) -> dict[str, Value]:
    """Rotations and constants, if the package has its own."""
    options: dict[str, Value] = {}
    if "rotations" in own:
        options["rotations"] = tuple(octets(own["rotations"], _CONSTANTS, _CONSTANTS))
    if "constants" in own:
        raw = octets(own["constants"], 16 * _CONSTANTS, 16 * _CONSTANTS)
        options["constants"] = tuple(raw[i : i + 16] for i in range(0, len(raw), 16))
    return options


def _tuak(own: dict[str, Node]) -> dict[str, Value]:
    """Lengths of RES, MAC, CK and IK from the options byte.

    The reading of the byte (bits 1-3 RES, 4-5 MAC, 6 CK, 7 IK) is a guess: no package at hand uses
    another value than the usual ones.
    """
    byte = octets(own["options"], 1, 1)[0]
    return {
        "res": (4, 8, 16, 32)[byte & 3],
        "mac": (8, 16, 32, 32)[byte >> 3 & 3],
        "ck": 32 if byte & 0x20 else 16,
        "ik": 32 if byte & 0x40 else 16,
        "iterations": integer(own["iterations"], 255, 1) if "iterations" in own else 1,
    }


def _xor_test(_: dict[str, Node]) -> dict[str, Value]:
    return {}


_OPTIONS: dict[AlgorithmId, Callable[[dict[str, Node]], dict[str, Value]]] = {
    AlgorithmId.MILENAGE: _milenage,
    AlgorithmId.TUAK: _tuak,
    AlgorithmId.XOR_TEST: _xor_test,
}


def check_cdma(element: Element) -> None:
    """Check CDMA parameters. They are stored but not used: this card has no CAVE."""
    found, _ = fields(element.node, _CDMA, ["key"])
    for name, (least, most) in _CDMA_LENGTHS.items():
        if name in found:
            octets(found[name], least, most)
