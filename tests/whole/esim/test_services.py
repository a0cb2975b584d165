"""EUICCInfo2 is true: a profile uses each service that can be tested."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from applets.esim.euicc import Euicc
from applets.esim.services import PROVIDED, Service
from applets.esim.small_profile import profile
from applets.shared.file_system.tree import MF, File, Kind
from applets.sim.gba import plain_token
from applets.sim.small_usim import ADF_USIM, READ_ALWAYS
from applets.sim.usim import AlgorithmId, challenge
from tests.kits.sim.terminal import ISIM, USIM, Terminal
from vcard.tlv import tlv

RAND = bytes(range(16))
USIM_PATH = (MF, ADF_USIM)
SERVICES = bytes(15) + bytes((0b0001_1000,))


def file(content, *path):
    return File((*USIM_PATH, *path), Kind.TRANSPARENT, content, rule=READ_ALWAYS)


def phone(*files, **options):
    """A terminal at an eSIM whose profile has a USIM and an ISIM, and the algorithm."""
    one = profile("8949000000000000018", "262420123456789", isim=True, file=files, **options)
    return Terminal(Euicc((one,), enable=1)), one.subscription.aka.make()


@pytest.mark.parametrize(("service", "aid"), [(Service.GBA_USIM, USIM), (Service.GBA_ISIM, ISIM)])
def test_a_phone_bootstraps(service, aid):
    assert service in PROVIDED
    one, algorithm = phone()
    one.select(aid)
    token = plain_token(challenge(algorithm, 64, RAND), algorithm.f2345(RAND).ik)
    answer = one.data(b"\0\x88\0\x84\x23\xdd\x10" + RAND + b"\x10" + token)
    assert answer.startswith("db08")
    assert one.data(b"\0\x88\0\x84\x05\xde\x01n\x01i").startswith("db20")


def suci(scheme, key, context="01"):
    """The SUCI that the card computes with the public key of a home network."""
    calculation = tlv(0xA0, bytes((scheme, 1))) + tlv(0xA1, tlv(0x80, b"\1"), tlv(0x81, key))
    directories = [File((*USIM_PATH, fid), Kind.DF) for fid in (0x5FC0, 0x5FD0)]
    one, _ = phone(*directories, file(SERVICES, 0x6F38), file(calculation, 0x5FD0, 0x4F01))
    one.select(USIM)
    return bytes.fromhex(one.data(f"8078 00{context} 00".replace(" ", "")))


def test_a_card_conceals_the_identity_by_both_profiles():
    assert {Service.GET_IDENTITY, Service.PROFILE_A_X25519, Service.PROFILE_B_P256} <= PROVIDED
    raw = x25519.X25519PrivateKey.from_private_bytes(b"\1" * 32).public_key()
    assert suci(1, raw.public_bytes(Encoding.Raw, PublicFormat.Raw))[8] == 1
    other = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    point = other.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    assert suci(2, point)[8] == 2
    assert Service.SUCI_NSWO in PROVIDED
    assert suci(2, point, "02")


@pytest.mark.parametrize(
    ("algorithm", "service", "options"), [
        (AlgorithmId.MILENAGE, Service.MILENAGE, {}),
        (AlgorithmId.TUAK, Service.TUAK128, {"opc": bytes(32)}),
        (AlgorithmId.TUAK, Service.TUAK256, {"opc": bytes(32), "k": bytes(32)}),
        (AlgorithmId.XOR_TEST, Service.USIM_TEST_ALGORITHM, {}),
    ],
)  # fmt: skip
def test_each_algorithm_authenticates(algorithm, service, options):
    assert service in PROVIDED
    one, made = phone(algorithm=algorithm, **options)
    one.select(USIM)
    asked = b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + challenge(made, 64, RAND)
    assert one.data(asked).startswith("db")
