"""A package as a tree of plain values, for people and programs. Secrets are masked.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 7 and 8.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from applets.shared.file_system.tree import File, Kind, Path
from applets.sim.usim import Aka
from applets.uicc.pins import PinSpec

from ..services import PROVIDED, Service
from . import names
from .applications import read_application, read_domain, read_rfm
from .decoder import Package
from .element import APPLICATION, CDMA, RFM, SECURITY_DOMAIN, Element, elements
from .instances import Instance
from .status import Finding, Status

Values = dict[str, Any]
Mask = Callable[[bytes], str]
MASK = "**"
_TYPES = {
    Kind.DF: "DF",
    Kind.TRANSPARENT: "transparent",
    Kind.LINEAR: "linear fixed",
    Kind.CYCLIC: "cyclic",
    Kind.BER_TLV: "BER-TLV",
}


def masked(_: bytes) -> str:
    """Replace a secret."""
    return MASK


def outline(
    package: Package, *, provided: frozenset[Service] = PROVIDED, secret: Mask = masked
) -> Values:
    """Describe a package. `secret` converts a PIN or key to text."""
    subscription = package.profile.subscription
    files = subscription.tree.by_path
    kept = [one for raw in package.profile.kept for one in elements(raw)]
    return {
        "header": _header(package, provided),
        "elements": [_element(one) for one in package.elements],
        "files": [_file(one, files) for one in sorted(files.values(), key=lambda one: one.path)],
        "pins": [_pin(one, secret) for one in subscription.pins],
        "applications": [_application(one, package, secret) for one in subscription.tree.adfs],
        "security domains": [_domain(one, secret) for one in kept if one.number == SECURITY_DOMAIN],
        "remote management": [_rfm(one) for one in kept if one.number == RFM],
        "card applications": [
            _instance(found)
            for one in kept
            if one.number == APPLICATION
            for found in read_application(one)
        ],
        "cdma": [{"parameters": secret(one.raw)} for one in kept if one.number == CDMA],
        "memory": package.profile.size,
        "left out": [finding(one) for one in package.warnings],
    }


def finding(one: Finding) -> Values:
    """Describe a finding."""
    return {
        "status": one.status.words,
        "code": int(one.status),
        "element": one.name,
        "identification": one.element,
        "offset": one.offset,
        "text": one.text,
    }


def _header(package: Package, provided: frozenset[Service]) -> Values:
    header = package.header
    by_status: dict[Status, list[Values]] = {}
    for one in header.demands:
        row = {"name": one.name, "there": one.met(provided)}
        by_status.setdefault(one.status, []).append(row)
    return {
        "version": ".".join(map(str, header.version)),
        "type": header.kind,
        "iccid": package.profile.metadata.digits,
        "services": by_status.get(Status.FEATURE_NOT_SUPPORTED, []),
        "templates": by_status.get(Status.TEMPLATE_NOT_SUPPORTED, []),
        "libraries": by_status.get(Status.LIB_NOT_SUPPORTED, []),
    }


def _element(one: Element) -> Values:
    found: Values = {
        "name": one.name, "identification": one.identification, "mandatory": one.mandated,
        "size": len(one.raw),
    }  # fmt: skip
    return found | ({"template": one.template} if one.template else {})


def _file(file: File, files: dict[Path, File]) -> Values:
    found: Values = {
        "path": "/".join(f"{fid:04X}" for fid in file.path),
        "name": names.label(file, files),
        "type": _TYPES[file.kind],
        "access": f"{file.arr:04X}:{file.rule}",
        "life cycle": f"{file.life:02X}",
    }
    if file.kind is Kind.DF:
        found |= {"pins": [f"{one:02X}" for one in file.pins]}
        return found | ({"aid": file.aid.hex().upper()} if file.aid else {})
    found |= {"size": file.size, "sfi": file.sfi, "special": f"{file.special:02X}"}
    if file.kind.has_records:
        found |= {"record": file.record, "records": file.records}
    if file.link:
        return found | {"link": "/".join(f"{fid:04X}" for fid in file.link)}
    return found | {"content": file.content.hex().upper()}


def _pin(pin: PinSpec, secret: Mask) -> Values:
    return {
        "reference": f"{pin.reference:02X}",
        "directory": "/".join(f"{fid:04X}" for fid in pin.adf),
        "value": secret(pin.value),
        "enabled": pin.enabled,
        "tries": pin.tries,
        "left": pin.tries if pin.left is None else pin.left,
        "puk": secret(pin.puk) if pin.puk else "",
        "puk tries": pin.puk_tries if pin.puk else 0,
    }


def _application(adf: File, package: Package, secret: Mask) -> Values:
    subscription = package.profile.subscription
    aka = dict(subscription.others).get(adf.path, subscription.aka)
    return {
        "aid": adf.aid.hex().upper(),
        "kind": names.application(adf.aid),
        "path": "/".join(f"{fid:04X}" for fid in adf.path),
        "authentication": None if aka is None else _aka(aka, secret),
    }


def _aka(aka: Aka, secret: Mask) -> Values:
    return {
        "algorithm": aka.algorithm.name.lower().replace("_", "-"),
        "key": secret(aka.k),
        "operator": secret(aka.opc) if aka.opc else "",
    }


def _domain(one: Element, secret: Mask) -> Values:
    domain = read_domain(one)
    return {
        **_instance(domain.instance),
        "keys": [
            {
                "version": f"{key.version:02X}",
                "identifier": f"{key.identifier:02X}",
                "type": "+".join(f"{kind:02X}" for kind, _ in key.parts),
                "value": secret(b"".join(value for _, value in key.parts)),
            }
            for key in domain.keys
        ],
    }


def _instance(one: Instance) -> Values:
    return {
        "aid": one.aid.hex().upper(),
        "privileges": one.privileges.hex().upper(),
        "targets": [tar.hex().upper() for tar in one.tars],
        "security": f"{one.level:02X}",
    }


def _rfm(one: Element) -> Values:
    rfm = read_rfm(one)
    return {
        "aid": rfm.aid.hex().upper(),
        "domain": rfm.domain.hex().upper(),
        "targets": [tar.hex().upper() for tar in rfm.tars],
        "security": f"{rfm.security:02X}",
        "adf": rfm.adf.hex().upper(),
    }
