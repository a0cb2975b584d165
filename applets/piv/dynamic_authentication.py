"""The dynamic authentication template of GENERAL AUTHENTICATE.

Spec: NIST SP 800-73-4, part 2, 3.2.4, table 7.
"""

from __future__ import annotations

from dataclasses import dataclass

from vcard.tlv import Tlv, tlv

TEMPLATE = 0x7C
WITNESS, CHALLENGE, RESPONSE, EXPONENTIATION = 0x80, 0x81, 0x82, 0x85
_FIELDS = {
    WITNESS: "witness",
    CHALLENGE: "challenge",
    RESPONSE: "response",
    EXPONENTIATION: "exponentiation",
}


@dataclass(frozen=True, slots=True)
class Template:
    """The objects inside 7C: None if absent, empty if the host requests one."""

    witness: bytes | None = None
    challenge: bytes | None = None
    response: bytes | None = None
    exponentiation: bytes | None = None

    @classmethod
    def parse(cls, raw: bytes) -> Template:
        """Parse the template; ValueError for other tags and for a repeated one."""
        outer = Tlv.parse(raw)
        if outer.tag != TEMPLATE:
            raise ValueError(f"offset 0: tag {outer.tag:X} is not {TEMPLATE:X}")
        found: dict[str, bytes] = {}
        for item in outer.children:
            name = _FIELDS.get(item.tag)
            if name is None or name in found:
                raise ValueError(f"tag {item.tag:X} does not belong here")
            found[name] = item.value
        return cls(**found)

    def __bytes__(self) -> bytes:
        parts = ((tag, getattr(self, name)) for tag, name in _FIELDS.items())
        return tlv(TEMPLATE, *(tlv(tag, value) for tag, value in parts if value is not None))

    def __repr__(self) -> str:
        sizes = ((name, getattr(self, name)) for name in _FIELDS.values())
        told = ", ".join(f"{name}: {len(v)} bytes" for name, v in sizes if v is not None)
        return f"<Template {told}>"
