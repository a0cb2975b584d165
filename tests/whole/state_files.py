"""Write the state files of tests/vectors/state; the SPECs that open them.

`python -m tests.whole.state_files` writes the file of each card that has none yet, through a SPEC
with `state=`; `python -m tests.whole.state_files DIRECTORY` writes all of them there. A card
without a story here is powered up once. The README beside the files names the code that wrote each
of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from applets import catalogue
from applets.esim import Euicc, Pki
from applets.esim.iot.eim import Eim, configure_immediate, enable
from applets.fido2.codes import Status as Fido2Status
from applets.globalplatform.packages import write_load_file
from applets.globalplatform.registry import LoadFile
from applets.openpgp import SIGNATURE
from applets.piv import Algorithm, Issuer, Slot, SymmetricKey
from applets.piv.objects import certificate_object
from applets.sim.aka import Milenage
from applets.sim.digits import iccid_bytes
from applets.sim.gba import plain_token
from applets.sim.usim import challenge
from applets.uicc.ota.parameters import Status
from ifd_bridge.cards.opening import open_card
from tests.kits.esim.ipa import Ipa
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.package import package
from tests.kits.esim.smdp import Smdp, metadata
from tests.kits.fido2.platform import RP, Platform
from tests.kits.openpgp.host import Host as OpenPgpHost
from tests.kits.piv.host import Host
from tests.kits.secure_channel import Host as GpHost
from tests.kits.sim.ota import Server as PacketServer
from tests.kits.sim.terminal import Terminal
from tests.kits.yubikey import configuration
from tests.source import ROOT
from vcard import Card, tlv

VECTORS = ROOT / "tests/vectors/state"
NEWEST = VECTORS / "0.1.0-checksums"
"""The folder of the present format."""
COMMAND = "python -m tests.whole.state_files"
PASSPHRASE = "correct horse battery staple"

PIN_DUMP_AID = bytes.fromhex("A000000018FF01")
WRONG_VERIFY = bytes.fromhex("002000000439393939")

PIV_PIN, PIV_PUK = b"246813\xff\xff", b"86421357"
VENDOR_PIN = b"pass-42\xff"
GLOBAL_PIN, PAIRING_CODE = b"97531864", b"31415926"
MANAGEMENT = SymmetricKey(Algorithm.AES_256, bytes(range(0x20, 0x40)))
PRINTED = bytes.fromhex("0108") + b"A B Card" + bytes.fromhex("FE00")
VENDOR_OBJECT, VENDOR_TAG = b"kept for ever", "5FFF12"
FINGERPRINTS = b"\xbc" + bytes(range(200))

ONE, TWO, LOADED, TEST = (
    iccid_bytes(number)
    for number in (
        "8949000000000000018",
        "8949000000000000026",
        "8949001111111111119",
        "8949001111111111127",
    )
)
UICC_PIN, UICC_WRONG = b"2580\xff\xff\xff\xff", b"9999\xff\xff\xff\xff"
LANGUAGES = b"defr" + b"\xff" * 6
NICKNAME, SERVER = "Kept", "rsp.example.org"
FIDO2_USER = b"a user for ever"
RAND = bytes(range(16))
MILENAGE = Milenage(
    bytes.fromhex("465B5CE8B199B49FAA5F0A2EE238A6BC"),
    bytes.fromhex("CD63CB71954A9F4E48A5994E37A02BAF"),
)
LOADED_KEY = bytes(range(0x60, 0x70))


@dataclass(frozen=True)
class Story:
    """One file: the SPEC without its state options, whether it is sealed, what is done."""

    spec: str
    write: Callable[[Card], object]
    sealed: bool = False

    def opened(self, state: Path, passphrase: Path) -> Card:
        """The card on a state file; the passphrase is in a file, too, if the state is sealed."""
        more = f"&passphrase-file={passphrase}" if self.sealed else ""
        joint = "&" if "?" in self.spec else "?"
        card = open_card(f"{self.spec}{joint}state={state}{more}")
        assert isinstance(card, Card)
        return card


def sent(card: Card, command: bytes | str) -> str:
    """The answer to one command, in hexadecimal."""
    answer = card.exchange(bytes.fromhex(command) if isinstance(command, str) else command)
    assert isinstance(answer, bytes)
    return answer.hex().upper()


def at_pin_dump(card: Card) -> None:
    """Power up and select the applet."""
    card.power_up()
    assert sent(card, b"\0\xa4\4\0\x07" + PIN_DUMP_AID) == "9000"


def wrong_tries(number: int) -> Callable[[Card], None]:
    """Make a step with a number of wrong VERIFYs."""

    def write(card: Card) -> None:
        at_pin_dump(card)
        for _ in range(number):
            assert sent(card, WRONG_VERIFY) == "6A00"

    return write


# PIV


class PivHost(Host):
    """A host beside a PIV card that exists already."""

    def __init__(self, card: Card) -> None:
        self.card, self.piv = card, card.applets[0]
        self.power_up()


def done(*responses: object) -> None:
    """Every response was 9000."""
    assert [str(one) for one in responses if one.sw.value != 0x9000] == []


def certified(host: PivHost, slot: Slot, tag: str, **policies: bytes) -> None:
    """Generate a P-256 key, have a CA certify it, store the certificate."""
    made = host.generate(slot, Algorithm.P256, **policies)
    done(made)
    point = made.data[made.data.index(b"\x86\x41") + 2 :]
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    certificate = Issuer.create().issue("Generated", key, slot)
    done(host.put(tag, certificate_object(certificate.public_bytes(Encoding.DER))))


def piv_nist(card: Card) -> None:
    host = PivHost(card)
    done(
        host.send(0x24, 0, 0x80, b"123456\xff\xff" + PIV_PIN),
        host.send(0x24, 0, 0x81, b"12345678" + PIV_PUK),
        host.administer(),
    )
    certified(host, Slot.RETIRED_1, "5FC10D")
    done(host.put("5FC109", PRINTED))
    assert host.verify(b"111111\xff\xff").sw.value == 0x63C2
    assert host.send(0x2C, 0, 0x80, b"11111111" + PIV_PIN).sw.value == 0x63C2


def piv_yubikey(card: Card) -> None:
    host = PivHost(card)
    new = bytes((MANAGEMENT.algorithm, 0x9B, len(MANAGEMENT.key))) + MANAGEMENT.key
    done(host.verify(), host.administer(), host.send(0xFF, 0xFF, 0xFF, new))
    done(host.verify(), host.send(0xFA, 5, 7))
    done(host.send(0x24, 0, 0x80, b"123456\xff\xff" + VENDOR_PIN), host.administer(MANAGEMENT))
    certified(host, Slot.SIGNATURE, "5FC10A", xAA=b"\2", xAB=b"\1")
    done(host.put(VENDOR_TAG, VENDOR_OBJECT))
    assert host.verify(b"111111\xff\xff").sw.value == 0x63C4


def piv_sealed(card: Card) -> None:
    host = PivHost(card)
    done(host.send(0x24, 0, 0x80, b"123456\xff\xff" + PIV_PIN), host.administer())
    done(host.put("5FC103", FINGERPRINTS))
    assert host.verify(b"11111111", 0x00).sw.value == 0x63C2


# eSIM

OTHER_EIM = Eim("other.example.com")


def in_files(card: Card) -> Lpa:
    """The basic channel in the MF."""
    lpa = Lpa(card, channel=0)
    assert lpa.send("00A40004023F00")[1] == 0x9000
    return lpa


def challenged(lpa: Lpa) -> tuple[bytes, int]:
    """AUTHENTICATE of the first profile with the sequence number of the story."""
    lpa.send("00A4040007A0000000871002")
    autn = challenge(MILENAGE, 64, RAND)
    return lpa.send(b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + autn)


def first_profile(files: Lpa) -> None:
    """A new PIN, a wrong try, a used sequence number, a written and a deactivated file."""
    change = b"\0\x24\0\x01\x10" + b"0000\xff\xff\xff\xff" + UICC_PIN
    assert files.send("0028000108" + b"0000".ljust(8, b"\xff").hex())[1] == 0x9000
    assert files.send(change)[1] == 0x9000
    assert files.send("00A40004022F05")[1] == 0x9000
    assert files.send(b"\0\xd6\0\0\x0a" + LANGUAGES)[1] == 0x9000
    assert files.send("0020000A08" + b"55555555".hex())[1] == 0x9000
    assert files.send("00A40004022F08")[1] == 0x9000
    assert files.send("0004000000")[1] == 0x9000
    assert challenged(files)[0][0] == 0xDB
    assert files.send(b"\0\x20\0\x01\x08" + UICC_WRONG)[1] == 0x63C2


def esim(card: Card) -> None:
    assert isinstance(card, Euicc)
    lpa = Lpa(card).start()
    first_profile(in_files(card))
    assert lpa.result(tlv(0xBF29, tlv(0x5A, TWO), tlv(0x90, NICKNAME.encode()))) == 0
    assert lpa.result(tlv(0xBF3F, tlv(0x80, SERVER.encode()))) == 0
    assert lpa.enable(TWO, refresh=False) == 0


def esim_mep(card: Card) -> None:
    assert isinstance(card, Euicc)
    lpa, pki = Lpa(card, size=250).start(), Pki.demo(card.eid)
    loaded = package(iccid="8949001111111111119", k=LOADED_KEY)
    test = package(iccid="8949001111111111127")
    assert lpa.download(Smdp(pki, elements=loaded)).find(0xBF27, 0xA2, 0xA0)
    server = Smdp(pki, elements=test, metadata=metadata(test, kind=0))
    assert lpa.download(server).find(0xBF27, 0xA2, 0xA0)
    assert lpa.enable(TEST, 2) == 0


def esim_iot(card: Card) -> None:
    """Two eIMs; the second profile enabled with the permission to roll back."""
    assert isinstance(card, Euicc)
    ipa = Ipa(card).associated(token=True)
    assert ipa.do_eims(OTHER_EIM.add()) == ["a803020100"]
    assert ipa.do(configure_immediate(address=SERVER)) == ["870100"]
    assert ipa.do(enable(TWO, rollback=True)) == ["830100"]


def fido2(card: Card) -> None:
    """A credential with a blob, a longer shortest PIN for an RP, one wrong PIN."""
    platform = Platform(card=card)
    made = platform.resident(FIDO2_USER, extensions={"credBlob": b"kept", "credProtect": 2})
    assert made.data.counter == 1
    assert platform.config(3, {1: 4, 2: [RP]}) is Fido2Status.SUCCESS
    assert platform.token_reply("9999")[0] is Fido2Status.PIN_INVALID


GP_PACKAGE, GP_MODULE, GP_INSTANCE = (b"package", b"module", b"instance")
GP_KEY = bytes(range(16))


def at_card_manager(card: Card, **host: object) -> GpHost:
    """Power up and open a session with the card manager."""
    card.power_up()
    sent(card, "00A4040000")
    opened = GpHost(lambda raw: bytes.fromhex(sent(card, raw)), **host)  # type: ignore[arg-type] # by name
    assert opened.open().hex() == "9000"
    return opened


def globalplatform(card: Card) -> None:
    """An application of a package that was loaded, new keys, an issuer number."""
    host = at_card_manager(card)

    def manage(header: str, data: bytes) -> str:
        return host.send(header + bytes((len(data),)).hex() + data.hex() + "00")

    def fields(*values: bytes) -> bytes:
        return b"".join(bytes((len(value),)) + value for value in values)

    file = LoadFile(GP_PACKAGE, b"\1\0", {GP_MODULE: "hello"})
    key = b"\x88\x10" + host.wrap_key(GP_KEY) + b"\0"
    manage("80E60200", fields(GP_PACKAGE, b"", b"", b"", b""))
    assert manage("80E88000", write_load_file(file)) == "009000"
    install = fields(GP_PACKAGE, GP_MODULE, GP_INSTANCE, b"\0", b"", b"")
    assert manage("80E60C00", install) == "009000"
    assert manage("80E29000", bytes.fromhex("4203112233")) == "9000"
    assert manage("80D83081", b"\x31" + key * 3).endswith("9000")


YUBIKEY_SERIAL, YUBIKEY_OATH_KEY = 12345678, b"12345678901234567890"


def yubikey(card: Card) -> None:
    """An OATH credential, an OTP slot, wrong tries, OATH and HSMAuth alone, new SCP03 keys."""
    card.power_up()

    def select(aid: str) -> None:
        name = bytes.fromhex(aid)
        assert sent(card, b"\0\xa4\4\0" + bytes((len(name),)) + name).endswith("9000")

    def said(header: str, data: bytes) -> str:
        return sent(card, bytes.fromhex(header) + bytes((len(data),)) + data)

    select("A0000005272101")
    credential = tlv(0x71, b"a") + tlv(0x73, b"\x21\x08", YUBIKEY_OATH_KEY)
    assert said("00010000", credential) == "9000"
    select("A0000005272001")
    slot = configuration(key=b"k" * 16, ticket=0x40, config=0x22)
    assert said("00010300", slot + bytes(6)) == "0507020102009000"
    select("A000000527210701")
    assert said("00020000", tlv(0x7B, bytes(15) + b"x") + tlv(0x71, b"label")) == "63C7"
    select("A000000308")
    assert said("00200080", b"111111\xff\xff") == "63C2"
    select("A000000527471117")
    assert said("001C0000", bytes.fromhex("0403020133")) == "9000"
    select("A000000151000000")
    host = GpHost(lambda raw: bytes.fromhex(sent(card, raw)))
    assert host.open().hex() == "9000"
    keys = b"\x02" + (b"\x88\x10" + host.wrap_key(GP_KEY) + b"\0") * 3
    assert host.send("80D8FF81" + bytes((len(keys),)).hex() + keys.hex() + "00").endswith("9000")


def sim(card: Card) -> None:
    """The steps of the eSIM's first profile."""
    card.power_up()
    first_profile(in_files(card))


SIM_FILE = bytes.fromhex(
    "6217" + "82024121" + "83024F01" + "8A0105" + "8B032F0601" + "80020004" + "880158"
)
ACCESS_RULE = tlv(0xE2, tlv(0xE1, tlv(0xC1, bytes(20))), tlv(0xE3, tlv(0xD0, b"\1")))


def sim_managed(card: Card) -> None:
    """Files, keys in files, a packet's counter, an access rule, a bootstrapped key, a sleep."""
    phone = Terminal(card)
    phone.administer()
    assert phone.word("00E00000", SIM_FILE) == "9000"
    assert phone.word("00D60000", b"kept") == "9000"
    assert phone.word("00040000", "2F05") == "9000"
    assert phone.on().word("00E40000", "2F08") == "9000"
    assert PacketServer(phone).send("00A40004023F00")[0] is Status.OK
    assert phone.select("A00000015141434C00") == "9000"
    assert phone.word("80E29000", tlv(0xF0, ACCESS_RULE)) == "9000"
    assert phone.select("A0000000871002") == "9000"
    autn = plain_token(challenge(MILENAGE, 64, RAND), MILENAGE.f2345(RAND).ik)
    assert phone.data(b"\0\x88\0\x84\x23\xdd\x10" + RAND + b"\x10" + autn)[:2] == "db"
    assert phone.word("00200081", b"1111\xff\xff\xff\xff") == "63C2"


def openpgp(card: Card) -> None:
    """New PINs, a resetting code, a key made on the card, a signature, a wrong PIN."""
    host = PgpHost(card)
    host.administer()
    assert host.put(0xC1, bytes.fromhex("162B06010401DA470F01")) == "9000"
    assert str(host.generate(SIGNATURE).sw) == "9000"
    assert host.put(0x5B, b"Roe<<Jane") == host.put(0xD3, b"24682468") == "9000"
    assert host.put(0x0103, b"private") == "6982"
    assert host.word(0x24, 0, 0x81, b"123456" + PIV_PIN[:6]) == "9000"
    assert host.verify(0x81, PIV_PIN[:6]) == "9000"
    assert host.word(0x2A, 0x9E, 0x9A, bytes(32)) == "9000"
    assert host.verify(0x82, b"000000") == "6982"


class PgpHost(OpenPgpHost):
    """A host beside an OpenPGP card that exists already."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.power_up()


STORIES = {
    "openpgp": Story("openpgp?demo&serial=27182818", openpgp),
    "hello": Story("hello?with=pin-dump", wrong_tries(1)),
    "pin-dump": Story("pin-dump", wrong_tries(2)),
    "random": Story("random?with=pin-dump", wrong_tries(3)),
    "piv-nist": Story("piv?demo", piv_nist),
    "piv-yubikey": Story("piv?demo&identity=yubikey", piv_yubikey),
    "piv-sealed": Story(
        f"piv?demo&global-pin={GLOBAL_PIN.decode()}&pairing-code={PAIRING_CODE.decode()}",
        piv_sealed,
        sealed=True,
    ),
    "esim": Story("esim", esim),
    "esim-mep-a1": Story("esim?mep=a1", esim_mep),
    "esim-iot": Story("esim?iot", esim_iot),
    "fido2": Story("fido2?pin=1234", fido2),
    "globalplatform": Story("globalplatform?scp=03&load=hello", globalplatform),
    "sim": Story("sim", sim),
    "sim-managed": Story("sim?model=sja5&isim", sim_managed),
    "yubikey": Story(f"yubikey?serial={YUBIKEY_SERIAL}", yubikey),
    "yubikey-openpgp": Story(f"yubikey?serial={YUBIKEY_SERIAL}", openpgp),
}
"""The files by the stems of their names."""


def story(name: str) -> Story:
    """The story of a file; a card that has none is powered up."""
    return STORIES.get(name) or Story(name, Card.power_up)


def files() -> list[Path]:
    """Every state file."""
    return sorted(VECTORS.glob("*/*.card"))


def without_a_file(cards: Iterable[str], paths: Iterable[Path]) -> list[str]:
    """The cards that no file is about."""
    there = {story(path.stem).spec.partition("?")[0] for path in paths}
    return sorted(set(cards) - there)


def main(directory: Path | None = None) -> None:
    """Write the file of each card without one; into a directory, all that are not there."""
    names = without_a_file(catalogue.CARDS, files())
    if directory is not None:
        names = [*STORIES, *without_a_file(catalogue.CARDS, map(Path, STORIES))]
    for name in names:
        write(story(name), (directory or NEWEST) / f"{name}.card")


def write(one: Story, path: Path) -> None:
    """Write a file, unless it is there."""
    if path.exists():
        return
    passphrase = path.with_name("passphrase")
    passphrase.write_text(PASSPHRASE)
    card = one.opened(path, passphrase)
    one.write(card)
    card.power_down()
    passphrase.unlink()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
