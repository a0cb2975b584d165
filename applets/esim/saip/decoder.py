"""Profile packages: from the elements of a package to a profile.

What is not a file, a PIN or an authentication parameter (applications, security domains, remote
management) is passed over. PINs of the same reference in several DFs count once.
Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from applets.shared.file_system.tree import MF, File, Kind, Path
from applets.sim.digits import swapped, unswapped
from applets.sim.subscription import Subscription
from applets.sim.usim import SEQ_BITS, SLOTS, Aka, AlgorithmId
from applets.uicc.pins import PinSpec
from vcard import Tlv, Value
from vcard.tlv import parse_all

from ..profiles import Metadata, Profile
from .file_elements import described, made_by_default, path_of, written
from .schema import TEMPLATED, codec
from .templates import templates

STATUS_OK = bytes.fromhex("3007A0053003800100")
"""EUICCResponse: one element's status, ok."""
END = 10
ROOTED = (16, 17, 18, 19, 21)
"""Elements whose DF lies right under the MF."""


def decode(raw: bytes) -> Profile:
    """The profile of a package; ValueError if it is none that this card understands.

    The metadata have no more than the ICCID: the rest comes separately.
    """
    builder = Builder()
    elements = parse_all(raw)
    numbers = [_number(element) for element in elements]
    if not numbers or numbers[0] != 0 or numbers[-1] != END:
        raise ValueError("a package begins with a header and ends with an end element")
    for number, element in zip(numbers, elements, strict=True):
        if number in (0, 1, 2, 3, 4) or number in TEMPLATED:
            builder.take(number, _decoded(bytes(element)))
    return builder.profile()


def _number(element: Tlv) -> int:
    """The number of a context tag, of one or two bytes."""
    first, low = (element.tag, element.tag & 0x1F) if element.tag < 0x100 else (
        element.tag >> 8, element.tag & 0x7F
    )  # fmt: skip
    if first & 0xC0 != 0x80:
        raise ValueError(f"tag {element.tag:X} is no profile element")
    return low


def _decoded(raw: bytes) -> Any:
    """The contents of an element. Whatever the library finds wrong is a ValueError."""
    try:  # the library raises errors of many kinds
        return codec().decode("Element", raw)[1]
    except Exception as error:
        raise ValueError(f"a profile element is malformed: {error}") from error


@dataclass(slots=True)
class Builder:
    """A profile in the making."""

    iccid: bytes = b""
    files: dict[Path, File] = field(default_factory=dict)
    pins: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    puks: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    aka: Aka | None = None
    adf: Path = (MF,)

    def take(self, number: int, value: Any) -> None:
        """Add what one element says."""
        if number == 0:
            self.iccid = swapped(unswapped(swapped(value["iccid"].hex().upper().rstrip("F"))))
            self.iccid = self.iccid.ljust(10, b"\xff")
        elif number == 1:
            for command in _known(value["commands"]):
                self._manage(command)
        elif number == 2 and value["codes"][0] == "own":
            for pin in _known(value["codes"][1]):
                self.pins.setdefault(pin["reference"], pin)
        elif number == 3:
            self.puks.update({puk["reference"]: puk for puk in _known(value["codes"])})
        elif number == 4:
            self._authenticate(value)
        else:
            self._templated(number, value)

    def profile(self) -> Profile:
        """The whole; ValueError if the MF is missing."""
        if (MF,) not in self.files or len(self.iccid) != 10:
            raise ValueError("a profile has an MF and an ICCID")
        pins = tuple(self._pin(pin) for pin in self.pins.values())
        files = tuple(self._linked(file) for file in self.files.values())
        return Profile(Metadata(self.iccid), Subscription(files, pins, self.aka))

    # Files

    def _templated(self, number: int, value: Mapping[str, Any]) -> None:
        """Files from a template: each field of the element changes what its template says."""
        base = (MF,) if number in ROOTED else self.adf
        here = base
        for index, template in enumerate(templates(number)):
            steps: Sequence[tuple[str, Any]] | None = value.get(f"f{index}")
            if template is None or (steps is None and not made_by_default(number, template)):
                continue
            steps = steps or ()
            if any(name == "absent" for name, _ in steps):
                continue
            fcp: Mapping[str, Any] = next((one for name, one in steps if name == "fcp"), {})
            made = described(here if template.kind is not Kind.DF else base, template, fcp)
            if template.kind is Kind.DF:
                made = replace(made, path=(MF,)) if template.fid == MF else made
                here = made.path
                if index == 0 and number in (19, 21):
                    self.adf = base = here
            self._keep(written(made, fcp, template, steps))

    def _manage(self, steps: Sequence[tuple[str, Any]]) -> None:
        """Generic file management: paths, new files, contents."""
        here: Path = (MF,)
        file: File | None = None
        rest: list[tuple[str, Any]] = []
        fcp: Mapping[str, Any] = {}
        for name, value in (*steps, ("path", b"")):
            if name in ("path", "fcp") and file is not None:
                self._keep(written(file, fcp, None, rest))
                file, rest = None, []
            if name == "path":
                here = path_of(value)
            elif name == "fcp":
                fcp, file = value, described(here, None, value)
                if file.kind is Kind.DF:
                    here = file.path
            else:
                rest.append((name, value))

    def _linked(self, file: File) -> File:
        """A link with the body that it shares; what it is to link to may come after it."""
        target = self.files.get(file.link)
        if target is None or target.link or target.kind is Kind.DF:
            return replace(file, link=())
        return replace(
            target, path=file.path, sfi=file.sfi, arr=file.arr, rule=file.rule, link=file.link
        )

    def _keep(self, file: File) -> None:
        self.files[file.path] = file

    # Secrets

    def _pin(self, pin: Mapping[str, Any]) -> PinSpec:
        tries, left = _tries(pin)
        made = PinSpec(pin["reference"], pin["value"], tries, left=left)
        puk = self.puks.get(pin.get("puk", 0))
        if puk is not None:
            tries, left = _tries(puk)
            made = replace(made, puk=puk["value"], puk_tries=tries, puk_left=left)
        return replace(made, enabled=bool(pin["attributes"] & 1))

    def _authenticate(self, value: Mapping[str, Any]) -> None:
        """AKA parameters. Only the first counts: others are mapped to it or for other networks.

        Which sequence numbers are too far ahead or too old (sqnOptions, sqnDelta, sqnAgeLimit) is
        not read: the usual limits hold.
        """
        kind, own = value["configuration"]
        if self.aka is not None or kind != "own":
            return
        algorithm = AlgorithmId(own["algorithm"])
        options = _OPTIONS[algorithm](own)
        opc = b"" if algorithm is AlgorithmId.XOR_TEST else own["opc"]
        sequence = _sequence(_known(value.get("sqn", ())))
        aka = Aka(algorithm, own["key"], opc, tuple(sorted(options.items())), sequence)
        aka.make()
        self.aka = aka


def _known(choices: Sequence[tuple[str | None, Any]]) -> list[Any]:
    """The alternatives that the schema knows; others are passed over."""
    return [value for name, value in choices if name is not None]


def _tries(secret: Mapping[str, Any]) -> tuple[int, int]:
    """How many tries a PIN or PUK has, and how many are left: a nibble each."""
    tries = max(1, secret["tries"] >> 4)
    return tries, min(tries, secret["tries"] & 15)


def _sequence(codes: Sequence[bytes]) -> tuple[int, ...]:
    """The sequence parts used up, by index; nothing if the package has none of them."""
    numbers = tuple(int.from_bytes(code, "big") for code in codes)
    wrong = any(len(code) != 6 for code in codes) or max(numbers, default=0) >> SEQ_BITS
    if wrong or len(numbers) not in (0, SLOTS):
        raise ValueError("a package has 32 sequence numbers of 43 bits, or none")
    return numbers


def _milenage(own: Mapping[str, Any]) -> dict[str, Value]:
    """Rotations and constants, where they are not the usual ones."""
    options: dict[str, Value] = {}
    if own.get("rotations"):
        options["rotations"] = tuple(own["rotations"])
    if own.get("constants"):
        raw = own["constants"]
        options["constants"] = tuple(raw[i : i + 16] for i in range(0, 80, 16))
    return options


def _tuak(own: Mapping[str, Any]) -> dict[str, Value]:
    """Lengths of RES, MAC, CK and IK from the options byte.

    The reading of the byte (bits 1-3 RES, 4-5 MAC, 6 CK, 7 IK) is a guess: no package at hand uses
    another value than the usual ones.
    """
    byte = own["options"][0]
    return {
        "res": (4, 8, 16, 32)[byte & 3],
        "mac": (8, 16, 32, 32)[byte >> 3 & 3],
        "ck": 32 if byte & 0x20 else 16,
        "ik": 32 if byte & 0x40 else 16,
        "iterations": own["iterations"],
    }


def _xor_test(_: Mapping[str, Any]) -> dict[str, Value]:
    return {}


_OPTIONS: dict[AlgorithmId, Callable[[Mapping[str, Any]], dict[str, Value]]] = {
    AlgorithmId.MILENAGE: _milenage,
    AlgorithmId.TUAK: _tuak,
    AlgorithmId.XOR_TEST: _xor_test,
}
