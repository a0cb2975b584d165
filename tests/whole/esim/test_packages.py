"""Downloaded packages: every file is where the package says, or the result has the error. The same
holds after a power cut.
"""

import contextlib
import random
from itertools import product

import pytest

from applets.esim import saip
from applets.esim.core import Config
from applets.esim.eid import numbered
from applets.esim.euicc import Euicc
from applets.esim.pki import Pki
from applets.esim.saip.element import elements
from tests.kits.esim.applications import access_rules, domain, rule_data
from tests.kits.esim.comparer import Comparer, Expected
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.mutation import mutated
from tests.kits.esim.package import package, with_elements
from tests.kits.esim.raw_package import directory, element, file, managed, path
from tests.kits.esim.smdp import Smdp
from tests.kits.torn import Torn
from vcard import Memory, PowerLost, Tlv, tlv

EID = numbered(15)
PKI = Pki.demo(EID)
RULE, ALWAYS = tlv(0x8B, b"\x2f\x06\x01"), tlv(0x88)


def elements_of(raw):
    """The elements of a package, one by one."""
    return [one.raw for one in elements(raw)]


def many(count):
    """A package with that many more files, in directories of fifty."""
    steps = []
    for number in range(count):
        home = 0x7F40 + number // 50
        if number % 50 == 0:
            steps += [path(), directory(home, RULE, tlv(0xC6, b"\x01\x0a")), path(home)]
        steps += [file(0x6F00 + number % 50 + 1, RULE, ALWAYS, size=number + 1)]
        steps += [tlv(0x81, bytes((number & 0xFF,)))]
    return with_elements(managed(*steps))


def card(store, **config):
    return Euicc(eid=EID, pki=PKI, memory=Memory(store), config=Config(**config))


def compared(store, raw):
    """Return the differences from the package, with the profile enabled."""
    profile = saip.decode(raw)
    lpa = Lpa(card(store)).start()
    lpa.enable(profile.iccid, refresh=False)
    lpa.send("0070800100")
    lpa.channel = 0
    for pin in lpa.card.files(0).pins:
        pin.pin.verified = True
    comparer = Comparer(lpa, {adf.path: adf.aid for adf in profile.subscription.tree.adfs})
    files = profile.subscription.files
    found = comparer.differences([Expected.of(file) for file in files])
    assert comparer.read > len(files) // 2
    return found


def test_every_file_is_where_the_package_says_before_and_after_a_power_cut():
    raw, store = many(60), Torn()
    lpa = Lpa(card(store), size=250).start()
    assert lpa.download(Smdp(PKI, elements=raw)).find(0xBF27, 0xA2, 0xA0)
    assert compared(store, raw) == []
    assert compared(Torn(store.load()), raw) == []


def test_the_comparison_finds_what_differs():
    raw, store = package(), Torn()
    Lpa(card(store), size=250).start().download(Smdp(PKI, elements=raw))
    profile = saip.decode(raw)
    lpa = Lpa(card(store), channel=0).start()
    lpa.select(bytes.fromhex("A0000005591010FFFFFFFF8900000100"))
    lpa.enable(profile.iccid, refresh=False)
    comparer = Comparer(lpa, {})
    wrong = Expected(
        (0x3F00, 0x2FE2), 0x42, 11, 3, 9, b"\0\0\0", 4, b"\1", b"12345", b"\0" * 10
    )  # fmt: skip
    said = " ".join(comparer.differences([wrong, Expected((0x3F00, 0x2F99))]))
    for what in (
        "type",
        "record",
        "size",
        "SFI",
        "access",
        "life cycle",
        "PINs",
        "AID",
        "contents",
    ):
        assert what in said
    assert "3F00/2F99: SELECT 6A82" in said


@pytest.mark.slow  # a download for each write
def test_a_download_torn_at_any_write_leaves_a_whole_profile_or_none():
    *files, end = elements_of(many(300))
    raw = b"".join([*files, domain(), access_rules(rule_data()), end])
    store = Torn()
    Lpa(card(store), size=250).start().download(Smdp(PKI, elements=raw))
    writes = store.writes
    assert writes >= 2
    for at, kept in product(range(1, writes + 1), (False, True)):
        torn = Torn()
        torn.cut(at, kept=kept)
        with contextlib.suppress(AssertionError, PowerLost):  # a dead card answers nothing
            Lpa(card(torn), size=250).start().download(Smdp(PKI, elements=raw))
        assert torn.writes == at
        torn.cut()
        again = Lpa(card(torn), size=250).start()
        if not again.profiles():
            assert again.download(Smdp(PKI, elements=raw)).find(0xBF27, 0xA2, 0xA0)
        assert len(again.profiles()) == 1
        (entry,) = again.card.inventory
        assert len(again.card.inventory.profile(entry.iccid).subscription.files) > 300
        brought = again.card.inventory.applications(entry.iccid)
        assert [len(list(one.domain.keys)) for one in brought.domains] == [6]
        assert len(list(brought.applets[1].rules)) == 1
    assert compared(torn, raw) == []


WRONG = {
    "contents that do not fit": (managed(file(0x2F40, RULE), tlv(0x81, b"123456")), 3, 7, 32),
    "a file that exists": (managed(file(0x2FE2, RULE)), 3, 7, 19),
    "a directory that is missing": (managed(path(0x7F77), file(0x6F77)), 6, 7, 13),
    "a rule that is missing": (managed(file(0x2F40, tlv(0x8B, b"\x2f\x06\x63"))), 6, 7, 27),
    "a PIN that is missing": (managed(directory(0x7F20, RULE, tlv(0xC6, b"\x81"))), 11, 7, 28),
    "an element that is unknown": (element(40), 1, 7, 0),
    "code that is not run": (element(8, tlv(0xA1)), 7, 7, 9),
    "a template that is unknown": (
        element(24, tlv(0x81, bytes.fromhex("67810F01020763"))), 9, 7, 9,
    ),
    "no DER": (element(1, b"\xa1\x05"), 5, 7, 9),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "status", "number", "offset"), WRONG.values(), ids=WRONG)
def test_a_wrong_package_is_refused_with_its_status_and_place(raw, status, number, offset, caplog):
    store = Torn()
    lpa = Lpa(card(store)).start()
    before = {name: value for name, value in store.load().items() if "notification" not in name}
    for _ in ("at once", "after the power was cut"):
        failed = lpa.download(Smdp(PKI, elements=with_elements(raw))).find(0xBF27, 0xA2, 0xA1)
        assert failed.find(0x81).value == b"\x0c"
        response = Tlv.parse(failed.find(0x82).value)
        (said,) = response.find(0xA0).children
        found = {part.tag: int.from_bytes(part.value, "big") for part in said.children}
        assert found == {0x80: status, 0x81: number, 0x83: offset}
        assert response.find(0x81) is not None
        assert response.find(0x82).value.decode() in caplog.text
        after = store.load()
        assert {name: after.get(name) for name in before} == before
        lpa = Lpa(card(Torn(after))).start()
    assert lpa.profiles() == {}


def test_a_memory_that_is_full_is_told_with_the_file():
    lpa = Lpa(card(Torn(), memory=20000)).start()
    failed = lpa.download(Smdp(PKI, elements=many(300))).find(0xBF27, 0xA2, 0xA1)
    assert failed.find(0x81).value == b"\x0a"
    status = Tlv.parse(failed.find(0x82).value).find(0xA0, 0x30)
    assert status.find(0x80).value == b"\x04"


def test_what_is_left_out_is_told_in_the_result_of_an_installation():
    raw = with_elements(element(40, mandated=False, identification=9))
    done = Lpa(card(Torn())).start().download(Smdp(PKI, elements=raw))
    response = Tlv.parse(done.find(0xBF27, 0xA2, 0xA0, 0x04).value)
    assert bytes(response).hex() == "300da00b3009800101810109830100"


@pytest.mark.slow  # hundreds of packages
@pytest.mark.parametrize("seed", range(4))
def test_a_package_changed_at_random_is_a_profile_or_an_error_with_a_status(seed):
    chance = random.Random(seed)
    whole = many(20)
    for _ in range(100):
        raw = mutated(whole, chance)
        findings = saip.check(raw, room=1 << 20)
        assert all(one.name and one.status for one in findings)
        if saip.installs(raw, room=1 << 20):
            assert len(saip.decode(raw).iccid) == 10
