"""State files that earlier code wrote load through their SPECs and work."""

from __future__ import annotations

import shutil

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from fido2.cose import CoseKey

from applets import catalogue
from applets.esim.iot.eim import enable
from applets.fido2.store import hash_of
from applets.piv import Algorithm, Slot
from applets.sim.aka import Milenage
from applets.sim.usim import challenge
from applets.uicc.ota.parameters import Status as PacketStatus
from ifd_bridge.cards.file_store import StoreError
from tests.kits.esim.ipa import Ipa
from tests.kits.esim.lpa import Lpa
from tests.kits.fido2.platform import CLIENT_DATA_HASH, RP, Platform, assertion
from tests.kits.secure_channel import Host as GpHost
from tests.kits.sim.ota import Server as PacketServer
from tests.kits.sim.terminal import Terminal
from tests.whole.state_files import (
    ACCESS_RULE,
    COMMAND,
    FIDO2_USER,
    FINGERPRINTS,
    GLOBAL_PIN,
    GP_INSTANCE,
    GP_KEY,
    LANGUAGES,
    LOADED,
    LOADED_KEY,
    MANAGEMENT,
    MILENAGE,
    NICKNAME,
    ONE,
    PAIRING_CODE,
    PASSPHRASE,
    PIV_PIN,
    PIV_PUK,
    PRINTED,
    RAND,
    SERVER,
    STORIES,
    TEST,
    TWO,
    UICC_PIN,
    VENDOR_OBJECT,
    VENDOR_PIN,
    VENDOR_TAG,
    YUBIKEY_SERIAL,
    PgpHost,
    PivHost,
    at_card_manager,
    at_pin_dump,
    challenged,
    done,
    files,
    in_files,
    sent,
    story,
    without_a_file,
)
from vcard import Card
from vcard.tlv import Tlv, tlv

FILES = files()
VERSIONS = sorted({path.parent for path in FILES})


@pytest.fixture(params=VERSIONS, ids=lambda path: path.name)
def opened(request, tmp_path):
    """Opens the card of a story on a copy of its file."""
    stores = []
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n")

    def opener(name: str) -> Card:
        original = request.param / f"{name}.card"
        if not original.exists():
            pytest.skip(f"{request.param.name} had no card for {name}")
        copy = tmp_path / original.name
        shutil.copyfile(original, copy)
        card = story(name).opened(copy, passphrase)
        store = card.memory.store
        stores.append(getattr(store, "_inner", store))
        return card

    yield opener
    for store in stores:
        store.close()


def test_every_built_in_card_has_a_state_file():
    missing = without_a_file(catalogue.CARDS, FILES)
    assert missing == [], f"`{COMMAND}` writes them"
    assert without_a_file(["hello", "new"], FILES) == ["new"]


def test_every_story_has_a_file_and_every_file_a_story():
    stems = {path.stem for path in FILES}
    assert set(STORIES) <= stems <= set(STORIES) | set(catalogue.CARDS)


def test_the_read_me_names_every_file_with_a_story():
    for version in VERSIONS:
        text = (version / "README").read_text()
        stems = {path.stem for path in version.glob("*.card")} & set(STORIES)
        assert [stem for stem in stems if f"{stem}.card" not in text] == []


OF_CARDS = {"card", "euicc", "iot", "sim"}
"""Names in the memory that belong to a card, and to none of its applets; `card` is its kind."""


@pytest.mark.parametrize("name", sorted({path.stem for path in FILES}))
def test_a_card_finds_every_section_of_its_file_and_leaves_all_values_as_they_are(opened, name):
    card = opened(name)
    before = card.memory.store.load()
    card.power_up()
    assert card.memory.snapshot() == before
    sections = {applet.section for applet in card.applets} | OF_CARDS
    assert {value.partition("/")[0] for value in before} <= sections


@pytest.mark.parametrize(("name", "tries"), [("hello", 2), ("pin-dump", 1), ("random", 0)])
def test_the_try_counter_is_as_it_was(opened, name, tries):
    card = opened(name)
    at_pin_dump(card)
    assert sent(card, "00200000") == f"63C{tries}"
    assert sent(card, "002000000431323334") == "9000"
    assert sent(card, "00200000") == "63C3"


# PIV


def certificate(host: PivHost, tag: str) -> x509.Certificate:
    """The certificate in a data object."""
    found = host.get(tag)
    done(found)
    inner = Tlv.parse(b"\x30" + found.data[1:]).children[0]
    return x509.load_der_x509_certificate(inner.value)


def signs(host: PivHost, slot: Slot, tag: str) -> None:
    """A P-256 key of the card signs what its certificate's key verifies."""
    digest = b"\x5a" * 32
    signature = host.answer(host.use(Algorithm.P256, slot, digest))
    key = certificate(host, tag).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def demo_keys_work(host: PivHost) -> None:
    """RSA-2048 in slot 9A, as issued."""
    key = certificate(host, "5FC105").public_key()
    block = b"\0\1" + b"\xff" * 221 + b"\0" + b"\x11" * 32
    said = int.from_bytes(host.answer(host.use(Algorithm.RSA_2048, Slot.AUTHENTICATION, block)))
    numbers = key.public_numbers()
    assert pow(said, numbers.e, numbers.n) == int.from_bytes(block)


def test_a_piv_card_keeps_pins_tries_keys_and_objects(opened):
    host = PivHost(opened("piv-nist"))
    assert host.verify(b"").sw.value == 0x63C2
    assert host.get("5FC109").sw.value == 0x6982
    assert host.send(0x2C, 0, 0x80, b"11111111" + PIV_PIN).sw.value == 0x63C1
    done(host.send(0x2C, 0, 0x80, PIV_PUK + PIV_PIN), host.verify(PIV_PIN))
    assert host.get("5FC109").data == tlv(0x53, PRINTED)
    signs(host, Slot.RETIRED_1, "5FC10D")
    done(host.verify(PIV_PIN))
    signs(host, Slot.SIGNATURE, "5FC10A")
    signs(host, Slot.CARD_AUTHENTICATION, "5FC101")
    demo_keys_work(host)
    done(host.administer())


def test_a_yubikey_keeps_its_management_key_retries_and_metadata(opened):
    host = PivHost(opened("piv-yubikey"))
    assert host.verify(b"").sw.value == 0x63C4
    assert host.send(0xF7, 0, 0x80).data.endswith(b"\6\2\5\4")
    assert host.send(0xF7, 0, 0x81).data.endswith(b"\6\2\7\7")
    assert host.send(0xF7, 0, Slot.SIGNATURE).data.startswith(b"\1\1\x11\2\2\2\1\3\1\1")
    done(host.verify(VENDOR_PIN))
    assert host.get(VENDOR_TAG).data == tlv(0x53, VENDOR_OBJECT)
    signs(host, Slot.SIGNATURE, "5FC10A")
    demo_keys_work(host)
    attested = x509.load_der_x509_certificate(host.send(0xF9, Slot.SIGNATURE, 0).data)
    attested.verify_directly_issued_by(certificate(host, "5FFF01"))
    assert attested.public_key() == certificate(host, "5FC10A").public_key()
    assert host.authenticate(Algorithm.TDES, 0x9B, challenge=b"").sw.value == 0x6A80
    done(host.administer(MANAGEMENT))


def test_a_sealed_piv_card_keeps_its_global_pin_and_pairing_code(opened):
    host = PivHost(opened("piv-sealed"))
    assert host.verify(b"", 0x00).sw.value == 0x63C2
    assert host.verify(b"", 0x80).sw.value == 0x63C3
    done(host.verify(PIV_PIN), host.verify(GLOBAL_PIN, 0x00))
    assert host.verify(PAIRING_CODE, 0x98).sw.value == 0x6982
    assert host.get("5FC123").data == tlv(0x53, tlv(0x99, PAIRING_CODE) + tlv(0xFE))
    assert host.get("5FC103").data == tlv(0x53, FINGERPRINTS)
    done(host.verify(PIV_PIN))
    signs(host, Slot.SIGNATURE, "5FC10A")


def test_a_sealed_file_wants_its_passphrase(tmp_path):
    copy, wrong = tmp_path / "copy.card", tmp_path / "wrong"
    wrong.write_text("another")
    for path in (path for path in FILES if story(path.stem).sealed):
        shutil.copyfile(path, copy)
        with pytest.raises(ValueError, match="passphrase is wrong") as caught:
            story(path.stem).opened(copy, wrong)
        cause: BaseException | None = caught.value
        while cause is not None and not isinstance(cause, StoreError):
            cause = cause.__cause__
        assert cause is not None


# OpenPGP


@pytest.mark.parametrize(
    ("name", "identity", "keys"),
    [
        ("openpgp", "0304FF7C" + "27182818", "010102020302"),
        ("yubikey-openpgp", "03040006" + "12345678", "0101020003008101"),
    ],
)
def test_an_openpgp_card_keeps_keys_passwords_and_its_counter(opened, name, identity, keys):
    host = PgpHost(opened(name))
    assert host.get(0x4F).hex().upper() == "D27600012401" + identity + "0000"
    assert host.get(0x5B) == b"Roe<<Jane"
    assert host.get(0xDE).hex() == keys
    assert host.get(0xC4)[4:].hex() == "020303"
    assert host.get(0x93) == b"\0\0\1"
    assert host.word(0x2C, 0, 0x81, b"24682468" + b"123456") == "9000"
    host.user()
    point = host.send(0x47, 0x81, 0, b"\xb6\0").data[5:]
    signature = host.send(0x2A, 0x9E, 0x9A, b"signed").data
    ed25519.Ed25519PublicKey.from_public_bytes(point).verify(signature, b"signed")


# eSIM


def notified(lpa: Lpa) -> list[tuple[int, bytes]]:
    """Event and ICCID of what is pending."""
    return [(event, iccid) for _, event, iccid in lpa.notifications()]


def test_an_esim_keeps_its_profiles_notifications_and_settings(opened):
    lpa = Lpa(opened("esim")).start()
    shown = lpa.profiles("5A9F7090")
    assert {iccid: fields[0x9F70] for iccid, fields in shown.items()} == {ONE: b"\0", TWO: b"\1"}
    assert shown[TWO][0x90] == NICKNAME.encode()
    assert lpa.ask("BF3C00").find(0x80).value == SERVER.encode()
    assert notified(lpa) == [(0x20, ONE), (0x40, TWO)]


def test_a_security_key_keeps_credentials_counter_and_pin(opened):
    platform = Platform(card=opened("fido2"))
    assert platform.ok(6, {1: 2, 2: 1}) == {3: 7}
    status, listed = platform.manage(4, {1: hash_of(RP)})
    assert status == 0
    assert (listed[6]["id"], listed[10]) == (FIDO2_USER, 2)
    asked = assertion(extensions={"credBlob": True})
    answer = platform.ok(2, platform.verified(asked, 6))
    assert answer[2].endswith(b"\x44kept")
    assert int.from_bytes(answer[2][33:37], "big") == 2
    signature_key = CoseKey.parse(listed[8])
    signature_key.verify(answer[2] + CLIENT_DATA_HASH, answer[3])
    assert platform.make(extensions={"minPinLength": True}).extensions == {"minPinLength": 4}


def test_an_iot_esim_keeps_eims_counters_results_and_the_permission_to_roll_back(opened):
    ipa = Ipa(opened("esim-iot")).start()
    ipa.eim.token, ipa.eim.counter = 1, 3
    listed = ipa.ask("BF5500").find(0xA0).children
    assert [one.find(0x80).value for one in listed] == [b"eim.example.com", b"other.example.com"]
    assert ipa.card.memory["iot/immediate"] == (b"", SERVER.encode())
    results = ipa.results()
    assert [ipa.sequence(one) for one in results] == [1, 2, 3]
    certificate = ipa.card.core.euicc.certificate
    assert [bytes(one).hex() for one in ipa.eim.outcomes(bytes(results[-1]), certificate)] == [
        "830100"
    ]
    assert ipa.ask("BF58038001FF").find(0x02).value == b"\0"
    assert ipa.enabled() == ONE
    ipa.eim.counter -= 1
    used = ipa.ask(ipa.eim.package(ipa.card.eid, enable(TWO)))
    assert used.find(0xA1, 0x30, 0x02).value == b"\4"
    assert ipa.do(enable(TWO)) == ["830100"]


def test_an_esim_keeps_files_pins_and_sequence_numbers(opened):
    card = opened("esim")
    lpa = Lpa(card).start()
    assert lpa.enable(ONE, refresh=False) == 0
    as_the_first_profile(in_files(card))


def test_a_sim_keeps_files_pins_and_sequence_numbers(opened):
    card = opened("sim")
    card.power_up()
    as_the_first_profile(in_files(card))


def test_a_sim_keeps_what_was_managed(opened):
    card = opened("sim-managed")
    phone = Terminal(card)
    assert phone.data("00A40004024F01")
    assert phone.data("00B0000004") == b"kept".hex()
    assert phone.words("00A40004022F05", "00B0000002", "00A40004022F08") == [
        "9000", "6984", "6A82",
    ]  # fmt: skip
    server = PacketServer(phone)
    assert server.send("00A40004023F00")[0] is PacketStatus.COUNTER_LOW
    assert server.send("00A40004023F00")[0] is PacketStatus.OK
    phone.select("A00000015141434C00")
    assert phone.data("80CAFF4000") == tlv(0xFF40, ACCESS_RULE).hex()
    phone.select("A0000000871002")
    assert phone.data("0088008405" + "DE01410142")[:4] == "db20"
    assert phone.words("00200081") == ["63C2"]
    autn = challenge(MILENAGE, 64, RAND)
    assert phone.data(b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + autn)[:2] == "dc"


def as_the_first_profile(files: Lpa) -> None:
    """Check that PIN, files and sequence numbers are as `first_profile` left them."""
    assert files.send("0020000100")[1] in (0x63C2, 0x6700)
    assert files.send("00200001")[1] == 0x63C2
    files.send("00A40004022F05")
    assert files.send("00B000000A") == (LANGUAGES, 0x9000)
    assert files.send("00A40004022F08")[1] in (0x9000, 0x6283)
    assert files.send("00B0000005")[1] == 0x6984
    assert files.send(b"\0\x20\0\1\x08" + UICC_PIN)[1] == 0x9000
    assert challenged(files)[0][0] == 0xDC  # this sequence number has been used


def test_a_downloaded_profile_is_there_and_can_be_enabled(opened):
    card = opened("esim-mep-a1")
    lpa = Lpa(card, size=250).start()
    shown = lpa.profiles("5A9F7092")
    assert {iccid: fields[0x9F70] for iccid, fields in shown.items()} == {
        ONE: b"\1", TWO: b"\0", LOADED: b"\0", TEST: b"\1",
    }  # fmt: skip
    assert shown[LOADED][0x92] == b"Downloaded"
    assert notified(lpa) == [(0x80, LOADED), (0x80, TEST), (0x20, TWO)]
    assert lpa.enable(LOADED, 1) == 0
    port = Lpa(card, port=1, channel=0)
    port.send("00A40004023F00")
    port.send("00A40004022FE2")
    assert port.send("00B000000A")[0] == LOADED
    port.send("00A4040007A0000000871002")
    algorithm = Milenage(LOADED_KEY, bytes(16))
    asked = b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + challenge(algorithm, 64, RAND)
    assert port.send(asked)[0][:10] == b"\xdb\x08" + algorithm.f2345(RAND).res


def test_what_a_test_profile_replaced_comes_back(opened):
    lpa = Lpa(opened("esim-mep-a1"), size=250).start()
    assert lpa.disable(TEST) == 0
    shown = lpa.profiles("5A9F70")
    assert (shown[TEST][0x9F70], shown[TWO][0x9F70]) == (b"\0", b"\1")


def test_a_card_manager_keeps_keys_applications_and_data(opened):
    card = opened("globalplatform")
    host = at_card_manager(card, key=GP_KEY, kvn=0x31)
    assert host.send("80CA004200") == "42031122339000"
    entry = host.send("80F24002024F0000")
    assert GP_INSTANCE.hex().upper() in entry
    assert host.answer[-3:] == bytes(3)
    assert sent(card, b"\0\xa4\4\0\x08" + GP_INSTANCE) == "9000"
    assert sent(card, "0000000000") == b"Hello world!".hex().upper() + "9000"


def test_a_yubikey_keeps_serial_credentials_slots_and_settings(opened):
    card = opened("yubikey")
    card.power_up()
    sent(card, "00A4040008A000000527471117")
    information = bytes.fromhex(sent(card, "001D000000"))
    assert YUBIKEY_SERIAL.to_bytes(4, "big") in information
    assert bytes.fromhex("03020133") in information
    sent(card, "00A4040007A0000005272101")
    told = sent(card, bytes.fromhex("00A200010D7101617408") + bytes(7) + b"\1\0")
    assert int.from_bytes(bytes.fromhex(told)[3:7], "big") % 10**8 == 94287082
    sent(card, "00A4040007A000000527210701")
    sent(card, "00A4040008A000000527210701")
    assert sent(card, "0009000000") == "079000"
    host = PivHost.__new__(PivHost)
    host.card, host.piv = card, card.piv
    host.power_up()
    assert host.verify(b"").sw.value == 0x63C2
    assert host.send(0xF8, 0, 0).data == YUBIKEY_SERIAL.to_bytes(4, "big")
    done(host.administer())
    sent(card, "00A4040008A000000151000000")
    gp = GpHost(lambda raw: bytes.fromhex(sent(card, raw)), key=GP_KEY, kvn=0x02)
    assert gp.open().hex() == "9000"
