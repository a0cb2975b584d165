"""A public test profile with one error each: refused with the right status, or installed.

The packages are changed by asn1tools and the module that pySim's checkout has (VCARD_PYSIM), in the
newest of VCARD_PACKAGES that demands SUCI.
"""

import os
from pathlib import Path

import asn1tools  # type: ignore[import-untyped] # it has no types
import pytest

from applets.esim import saip
from applets.esim.eid import numbered
from applets.esim.euicc import Euicc
from applets.esim.pki import Pki
from applets.sim.usim import challenge
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.smdp import Smdp
from vcard.tlv import parse_all

EID = numbered(15)
PKI = Pki.demo(EID)
MODULE = "pySim/esim/asn1/saip/PE_Definitions-3.3.1.asn"
K = bytes.fromhex("465B5CE8B199B49FAA5F0A2EE238A6BC")
OPC = bytes.fromhex("CD63CB71954A9F4E48A5994E37A02BAF")


@pytest.fixture(scope="module")
def module():
    checkout = os.environ.get("VCARD_PYSIM")
    if not checkout:
        pytest.skip("VCARD_PYSIM names no checkout of pySim")
    return asn1tools.compile_files(str(Path(checkout) / MODULE), "der")


@pytest.fixture(scope="module")
def public():
    places = filter(None, os.environ.get("VCARD_PACKAGES", "").split(os.pathsep))
    found = sorted(path for place in places for path in Path(place).glob("*SUCI*.der"))
    if not found:
        pytest.skip("VCARD_PACKAGES has no package with SUCI")
    return found[-1].read_bytes()


def first(elements, kind):
    return next(value for name, value in elements if name == kind)


def managed(*steps):
    def change(elements):
        first(elements, "genericFileManagement")["fileManagementCMD"][0].extend(steps)

    return change


def new(fid, **more):
    return ("createFCP", {
        "fileDescriptor": b"A!", "fileID": fid, "securityAttributesReferenced": b"\x2f\x06\x01",
        "efFileSize": b"\x05", **more,
    })  # fmt: skip


ROOT = ("filePath", b"")
HUGE = [new(bytes((0x2F, 0x40 + i)), efFileSize=b"\xea\x60") for i in range(20)]


def long_imsi(elements):
    first(elements, "usim")["ef-imsi"] = [("fillFileContent", b"\x08" * 40)]


def services(*names):
    def change(elements):
        first(elements, "header")["eUICC-Mandatory-services"].update(dict.fromkeys(names))

    return change


def demanded_template(elements):
    first(elements, "header")["eUICC-Mandatory-GFSTEList"].append("2.23.143.1.2.99")


def version_9(elements):
    first(elements, "header")["major-version"] = 9


def unknown_template(elements):
    first(elements, "usim")["templateID"] = "2.23.143.1.2.4.77"


def without_puks(elements):
    codes = first(elements, "pukCodes")
    codes["pukCodes"] = codes["pukCodes"][:1]


def library(elements):
    aid = {"aid": bytes(7), "version": b"\1\0"}
    first(elements, "header")["eUICC-Mandatory-AIDs"] = [aid]


def applet(elements):
    load = {"loadPackageAID": bytes(7), "loadBlockObject": bytes(9)}
    header = {"mandated": None, "identification": 99}
    elements.insert(-1, ("application", {"app-Header": header, "loadBlock": load}))


WRONG = {
    "an IMSI that is too long": (long_imsi, 3, "usim"),
    **{f"service {one}": (services(one), 10, "header") for one in (
        "contactless", "mbms", "eap", "cave", "javacard", "multos", "cat-tp")},
    "a template that is demanded": (demanded_template, 9, "header"),
    "a template that is used": (unknown_template, 9, "usim"),
    "version 9": (version_9, 31, "header"),
    "a library": (library, 8, "header"),
    "an applet": (applet, 7, "application"),
    "a second EF.ICCID": (managed(ROOT, new(b"\x2f\xe2")), 3, "genericFileManagement"),
    "20 files of 60,000 bytes": (managed(ROOT, *HUGE), 4, "genericFileManagement"),
    "a file in a missing DF": (
        managed(("filePath", b"\x7f\x77"), new(b"\x6f\x77")), 6, "genericFileManagement"),
    "a missing access rule": (
        managed(ROOT, new(b"\x2f\x77", securityAttributesReferenced=b"\x2f\x06\x63")), 6,
        "genericFileManagement"),
    "a missing PUK": (without_puks, 11, "pinCodes"),
}  # fmt: skip


def changed(module, raw, change):
    """The package with a change by the official module; what is the same stays as it is."""
    parts = [bytes(one) for one in parse_all(raw)]
    elements = [module.decode("ProfileElement", one) for one in parts]
    before = dict(zip(map(repr, elements), parts, strict=True))
    change(elements)
    return b"".join(before.get(repr(one)) or encoded(module, one) for one in elements), elements


def encoded(module, element):
    _, value = element
    if isinstance(value.get("sqnInit"), str):  # a default that asn1tools cannot encode
        del value["sqnInit"]
    return module.encode("ProfileElement", element)


def downloaded(raw):
    lpa = Lpa(Euicc(eid=EID, pki=PKI), size=250).start()
    return lpa, lpa.download(Smdp(PKI, elements=raw))


@pytest.mark.parametrize(("change", "status", "name"), WRONG.values(), ids=WRONG)
def test_a_wrong_package_is_refused_where_it_is_wrong(module, public, change, status, name):
    raw, elements = changed(module, public, change)
    lpa, result = downloaded(raw)
    failed = result.find(0xBF27, 0xA2, 0xA1)
    assert failed.find(0x81).value == (b"\x0a" if status == 4 else b"\x0c")
    said = module.decode("EUICCResponse", failed.find(0x82).value)
    (found,) = said["peStatus"]
    assert found["status"] == status
    assert "profileInstallationAborted" in said
    number = found.get("identification")
    assert number == identification(name, first(elements, name)) or name == "pinCodes"
    assert (number is None) is (name == "header")
    assert found["offset"] < len(raw)
    assert lpa.profiles() == {}


def identification(name, value):
    headers = [part for key, part in value.items() if key.lower().endswith("-header")]
    return headers[0]["identification"] if headers and name != "header" else None


def test_an_unchanged_package_is_installed(module, public):
    raw, _ = changed(module, public, lambda _: None)
    assert raw == public
    _, result = downloaded(raw)
    said = module.decode("EUICCResponse", result.find(0xBF27, 0xA2, 0xA0, 0x04).value)
    assert said == {"peStatus": [{"status": 0}]}


def test_an_isim_with_keys_of_its_own_uses_them(module, public):
    """TS 35.208, set 1."""

    def own(elements):
        (_, value) = [one for one in elements if one[0] == "akaParameter"][1]
        value["algoConfiguration"] = ("algoParameter", {
            "algorithmID": 1, "algorithmOptions": b"\1", "key": K, "opc": OPC,
        })  # fmt: skip

    raw, _ = changed(module, public, own)
    lpa, result = downloaded(raw)
    assert result.find(0xBF27, 0xA2, 0xA0)
    profile = saip.decode(raw)
    lpa.enable(profile.iccid)
    (_, isim), *_ = [(p, a) for p, a in profile.subscription.others if a.k == K]
    lpa.select(bytes.fromhex("A0000000871004"))
    rand = bytes.fromhex("23553CBE9637A89D218AE64DAE47BF35")
    autn = challenge(isim.make(), 64, rand)
    data, word = lpa.send(b"\x01\x88\0\x81\x22\x10" + rand + b"\x10" + autn)
    assert (data[:1], word) == (b"\xdb", 0x9000)
    assert data[2:10] == bytes.fromhex("A54211D5E3BA50BF")
