"""The part of the profile package's ASN.1 that is needed to build a profile from it.

Written for this decoder: elements that are built from templates share one type, whose fields have
numbers instead of names (see applets.esim.saip_templates). Tags follow from the order, as the
module has automatic tags; a CHOICE with a tag of its own has none of these. What a SEQUENCE OF
holds is always an extensible CHOICE: at an element of any other type that has an unexpected tag,
asn1tools would wait for ever.
Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8 (elements).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol, cast

from .saip_templates import templates

FIELDS = 90
TEMPLATED = (16, 17, 18, 19, 20, 21, 22, 23, 24, 28, 29)
_SCHEMA = """
Saip DEFINITIONS AUTOMATIC TAGS ::= BEGIN

Element ::= CHOICE {{
  header [0] Header, files [1] Files1, pins [2] Pins, puks [3] Puks, aka [4] Aka, {templated}
}}

Common ::= SEQUENCE {{ mandated NULL OPTIONAL, identification INTEGER, ... }}

Header ::= SEQUENCE {{
  major INTEGER, minor INTEGER, kind UTF8String OPTIONAL, iccid OCTET STRING, ...
}}

Proprietary ::= SEQUENCE {{
  special [PRIVATE 0] OCTET STRING OPTIONAL,
  fill [PRIVATE 1] OCTET STRING OPTIONAL,
  repeat [PRIVATE 2] OCTET STRING OPTIONAL,
  limit [6] OCTET STRING OPTIONAL,
  details [4] OCTET STRING OPTIONAL, ...
}}

Fcp ::= SEQUENCE {{
  descriptor [2] OCTET STRING OPTIONAL,
  fid [3] OCTET STRING OPTIONAL,
  aid [4] OCTET STRING OPTIONAL,
  lifecycle [10] OCTET STRING OPTIONAL,
  rule [11] OCTET STRING OPTIONAL,
  size [0] OCTET STRING OPTIONAL,
  pins [PRIVATE 6] OCTET STRING OPTIONAL,
  sfi [8] OCTET STRING OPTIONAL,
  proprietary [5] Proprietary OPTIONAL,
  link [PRIVATE 7] OCTET STRING OPTIONAL, ...
}}

File ::= SEQUENCE OF CHOICE {{
  absent NULL, fcp Fcp, offset INTEGER, content OCTET STRING, ...
}}

Files1 ::= SEQUENCE {{
  common Common,
  commands SEQUENCE OF CHOICE {{ one Command, never [PRIVATE 30] NULL, ... }}
}}

Command ::= SEQUENCE OF CHOICE {{
  path [0] OCTET STRING, fcp [APPLICATION 2] Fcp, offset INTEGER, content [1] OCTET STRING, ...
}}

Pins ::= SEQUENCE {{
  common Common,
  codes CHOICE {{
    own SEQUENCE OF CHOICE {{ one Pin, never [PRIVATE 30] NULL, ... }},
    shared OCTET STRING
  }}
}}

Pin ::= SEQUENCE {{
  reference INTEGER, value OCTET STRING, puk INTEGER OPTIONAL,
  attributes INTEGER DEFAULT 7, tries INTEGER DEFAULT 51
}}

Puks ::= SEQUENCE {{
  common Common,
  codes SEQUENCE OF CHOICE {{ one Puk, never [PRIVATE 30] NULL, ... }}
}}

Puk ::= SEQUENCE {{ reference INTEGER, value OCTET STRING, tries INTEGER DEFAULT 170 }}

Aka ::= SEQUENCE {{
  common Common,
  configuration CHOICE {{
    mapping SEQUENCE {{ options OCTET STRING, source OCTET STRING }},
    own SEQUENCE {{
      algorithm INTEGER, options OCTET STRING, key OCTET STRING, opc OCTET STRING,
      rotations OCTET STRING OPTIONAL, constants OCTET STRING OPTIONAL,
      counter OCTET STRING OPTIONAL, iterations INTEGER DEFAULT 1
    }}
  }}, ...
}}

{types}
END
"""


class Codec(Protocol):
    """What is used of a compiled schema."""

    def decode(self, name: str, data: bytes) -> Any:
        """A value of the named type from DER."""

    def encode(self, name: str, data: Any) -> bytes:
        """A value of the named type as DER."""


def _type(number: int) -> str:
    fields = ", ".join(f"f{index} File OPTIONAL" for index in range(len(templates(number))))
    return f"T{number} ::= SEQUENCE {{ common Common, template OBJECT IDENTIFIER, {fields}, ... }}"


@cache
def codec() -> Codec:
    """The compiled schema; made once in a process, as it takes a tenth of a second."""
    import asn1tools  # type: ignore[import-untyped] # it has no types

    templated = ", ".join(f"t{number} [{number}] T{number}" for number in TEMPLATED)
    types = "\n".join(_type(number) for number in TEMPLATED)
    text = _SCHEMA.format(templated=templated, types=types)
    return cast(Codec, asn1tools.compile_string(text, "der"))
