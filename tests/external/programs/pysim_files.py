"""Prints pySim's view of a profile package: a JSON object for each file.

    python pysim_files.py CHECKOUT PACKAGE

It runs under an interpreter that has what pySim needs. The CSIM, for which pySim has no templates,
is read from what it decoded.
"""

import json
import logging
import sys

logging.disable(logging.CRITICAL)
sys.path.insert(0, sys.argv[1])

from pySim.esim.saip import File, ProfileElementSequence  # noqa: E402 - found by the line above

TYPES = {"MF": 0x78, "DF": 0x78, "ADF": 0x78, "TR": 0x41, "LF": 0x42, "CY": 0x46, "BT": 0x79}
original = File.from_fileDescriptor


def remembered(self, descriptor):
    """Keep what pySim's File has no attribute for, and correct what it takes from the template.

    The size that a package names goes before the template's number of records; bytes that nothing
    fills are FF, not 00.
    """
    self.own = descriptor
    original(self, descriptor)
    if self.rec_len and "efFileSize" in descriptor:
        self.nb_rec = self._file_size // self.rec_len
    default = self.template and self.template.default_val
    known = self._file_size or (self.nb_rec and self.rec_len)
    if known and not self.fill_pattern and not default:
        self.fill_pattern = b"\xff"


File.from_fileDescriptor = remembered


def told(path, kind, descriptor, **more):
    """The facts that any decoder can tell."""
    short = descriptor.get("shortEFID")
    return {
        "path": path,
        "type": kind,
        "access": descriptor.get("securityAttributesReferenced", b"").hex(),
        "life": descriptor.get("lcsi", b"\x05")[0],
        "pins": descriptor.get("pinStatusTemplateDO", b"").hex(),
        "aid": descriptor.get("dfName", b"").hex(),
        "sfi": None if short is None else (short[0] >> 3 if short else 0),
        "link": descriptor.get("linkPath", b"").hex(),
        **more,
    }


def of_node(node):
    """A file as pySim has it. Defaults of records are left out: it has them once in a file."""
    file = node.file
    descriptor = getattr(file, "own", {})
    record = file.rec_len
    once = record and file.template and file.template.default_val and not file.fill_pattern
    return told(
        node.fid_path, TYPES[file.file_type], descriptor,
        size=file._file_size or None,
        record=record, content=None if once else (file.body or b"").hex(),
        template_sfi=file.template.sfi if file.template else None,
    )  # fmt: skip


def walk(node):
    if getattr(node, "file", None):
        yield of_node(node)
    children = getattr(node, "children", [])
    for child in children.values() if isinstance(children, dict) else children:
        yield from walk(child)


def pattern(own, size):
    if "repeatPattern" in own:
        return (own["repeatPattern"] * size)[:size]
    fill = own.get("fillPattern", b"")
    return fill.ljust(size, fill[-1:])[:size] if fill else b""


def of_csim(sequence):
    adf = []
    for element in sequence:
        if element.type not in ("csim", "opt-csim"):
            continue
        for name, steps in element.decoded.items():
            if not isinstance(steps, list) or name.endswith("header"):
                continue
            own = dict(steps[0][1]) if steps[0][0] == "fileDescriptor" else {}
            fid = int.from_bytes(own["fileID"], "big")
            if name == "adf-csim":
                adf = [0x3F00, fid]
                yield told(adf, 0x78, own, size=None, record=None, content="")
                continue
            byte = own["fileDescriptor"]
            size = int.from_bytes(own["efFileSize"], "big") if "efFileSize" in own else None
            body = bytearray(pattern(own.get("proprietaryEFInfo", {}), size or 0))
            at = 0
            for kind, value in steps:
                if kind == "fillFileOffset":
                    at += value
                elif kind == "fillFileContent":
                    body = body.ljust(at, b"\xff")
                    body[at : at + len(value)] = value
                    at += len(value)
            record = int.from_bytes(byte[2:4], "big") if len(byte) > 2 else None
            unknown = size is None and "repeatPattern" in own.get("proprietaryEFInfo", {})
            unknown = unknown or (
                size is None and "fillPattern" in own.get("proprietaryEFInfo", {})
            )
            yield told(
                [*adf, fid], byte[0], own, size=size, record=record,
                content=None if unknown else bytes(body).hex(),
            )  # fmt: skip


with open(sys.argv[2], "rb") as package:  # noqa: PTH123 - a program of one page
    found = ProfileElementSequence.from_der(package.read())
print(json.dumps([*walk(found.mf), *of_csim(found)]))
