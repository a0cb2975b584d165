"""Elements and packages for tests of applets/esim/saip."""

from __future__ import annotations

import pytest

from applets.esim import saip
from applets.shared.file_system.tree import MF

from .package import COMMON, USIM, content, encoded, rules, with_elements

ISIM = bytes.fromhex("A0000000871004FF49FF0589")
ISIM_PATH = (MF, 0x7FD1)
RULE = ("fcp", {"rule": b"\x01"})
OUTER = ("fcp", {"rule": b"\x2f\x06\x01"})


def templated(number: int, identifier: str, **fields):
    value = {"common": COMMON, "template": f"2.23.143.1.2.{identifier}", **fields}
    return encoded(f"t{number}", value)


def isim(**fcp) -> bytes:
    """Make an ISIM with all mandatory files."""
    lines = {"descriptor": bytes.fromhex("42210020"), "size": b"\x20"}
    return templated(
        21, "8",
        f0=[("fcp", {"fid": b"\x7f\xd1", "aid": ISIM, "rule": b"\x01", **fcp})],
        f1=content(b"impi"), f2=[("fcp", lines)], f3=content(b"domain"), f4=content(b"\x01"),
        f6=rules(),
    )  # fmt: skip


def files_of(*more: bytes):
    return saip.decode(with_elements(*more)).subscription.tree.by_path


def refused(*more: bytes):
    with pytest.raises(saip.PackageError) as caught:
        saip.decode(with_elements(*more))
    return caught.value.finding


def aka(key: bytes | None = None) -> bytes:
    """Parameters with this key, or those of the USIM."""
    own = {"algorithm": 1, "options": b"\1", "key": key, "opc": bytes(16), "iterations": 1}
    mapped = ("mapping", {"options": b"\0", "source": USIM})
    return encoded("aka", {"common": COMMON, "configuration": ("own", own) if key else mapped})
