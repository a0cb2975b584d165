import pytest

from applets.esim import saip
from applets.esim.euicc import Euicc
from applets.esim.small_profile import profile
from applets.uicc.ota.parameters import Receipt, Spi, Status
from applets.uicc.ota.short_messages import envelopes
from tests.kits.esim.applications import (
    ADM1,
    FULL,
    MNO_SD,
    NOTHING,
    PACKETS,
    SESSION_KEY,
    SSD,
    SSD_TOOLKIT,
    access_rules,
    domain,
    key_set,
    remote_files,
    rule_data,
    server,
    terminal_with,
)
from tests.kits.esim.lpa import ISDR, Lpa
from tests.kits.esim.package import USIM, elements, with_elements
from tests.kits.sim.terminal import Terminal

FROM_MF = "00A40004023F00" + "00A40004022FE2"
IMSI, READ = "080910101032547698", "00A40004026F07" + "00B0000009"
SELECTED = "00A4040008" + MNO_SD.hex()
ARAM = "A00000015141434C00"


def managed(**more) -> Terminal:
    return terminal_with(domain(), remote_files(adf=USIM, **more))


def test_packets_manage_files_and_applications_with_the_keys_of_the_package():
    phone = managed()
    assert server(phone).send(READ) == (Status.OK, "029000" + IMSI)
    ram = server(phone, "B20100", counter=10)
    assert ram.send("80F28002024F00" + "00C0000000")[1].startswith("029000e3134f08")
    assert server(phone, "B00000", counter=20).send("80CA006600")[0] is Status.OK


def test_a_packet_is_done_once_and_only_as_protected_as_the_package_says():
    phone = managed()
    sender = server(phone)
    packet = sender.packet(READ)
    assert sender.deliver(packet)[1] == 0x9000
    assert sender.send(READ)[0] is Status.OK
    sender.counter = 0
    assert sender.send(READ)[0] is Status.COUNTER_LOW
    sender = server(phone, counter=9, spi=Spi(ciphered=False))
    assert sender.send(READ)[0] is Status.INSUFFICIENT_SECURITY
    assert server(phone, "B00199", counter=9).send(READ)[0] is Status.TAR_UNKNOWN
    sender = server(phone, counter=19)
    sender.kid_value = SESSION_KEY
    answer, word = sender.deliver(sender.packet(READ))
    assert (word, answer[-1]) == (0x9000, Status.CHECK_FAILED)


@pytest.mark.parametrize(
    ("card", "inside", "imsi", "iccid"),
    [(FULL, FULL, "9000", "9000"), (NOTHING, FULL, "9000", "6982"),
     (FULL, NOTHING, "6982", "9000"), (ADM1, ADM1, "9000", "9000")],
)  # fmt: skip
def test_access_domains_say_what_packets_may_do(card, inside, imsi, iccid):
    phone = managed(card=(card, card), inside=(inside, inside))
    sender = server(phone)
    assert sender.send(READ)[1][2:6] == imsi
    assert sender.send(FROM_MF + "00B000000A")[1][2:6] == iccid


def test_another_domain_has_keys_of_its_own_for_its_packets():
    phone = terminal_with(
        domain(), domain(key_set(2, SESSION_KEY), aid=SSD, toolkit=SSD_TOOLKIT),
        remote_files("B00121", owner=SSD), remote_files("B00122", owner=b"nobody"),
        remote_files("", aid="A00000055910100102736456B00123" + "65"),
    )  # fmt: skip
    sender = server(phone, "6C7565")
    sender.kic_value = sender.kid_value = SESSION_KEY
    assert sender.send("80CA006600")[0] is Status.OK
    sender.tar = bytes.fromhex("B00121")
    assert sender.send(FROM_MF)[0] is Status.OK
    assert server(phone, "B00122").send(READ)[0] is Status.TAR_UNKNOWN
    assert server(phone, "B00123", counter=5).send(FROM_MF)[0] is Status.OK


def test_a_receipt_may_go_out_as_a_short_message():
    phone = managed()
    sender = server(phone, spi=Spi(receipt=Receipt.ALWAYS, receipt_by_submit=True))
    phone.words("8010000001FF")
    assert sender.deliver(sender.packet(READ))[1] >> 8 == 0x91


def test_a_profile_without_a_security_domain_drops_packets():
    phone = terminal_with(remote_files())
    sender = server(phone)
    assert sender.deliver(sender.packet(READ)) == (b"", 0x9000)


def two() -> tuple[Lpa, bytes, bytes]:
    """A card with a profile that brings applications, enabled, and one that does not."""
    first = saip.decode(with_elements(domain(), access_rules(rule_data())))
    second = profile("8949000000000000018", "001010000000001")
    lpa = Lpa(Euicc((first, second), enable=1)).start()
    return lpa, first.iccid, second.iccid


def test_applications_come_and_go_with_their_profile():
    lpa, first, second = two()
    assert lpa.send(SELECTED)[1] == 0x9000
    lpa.enable(second)
    assert lpa.send("80CA006600")[1] == 0x6D00  # the file system is selected again
    assert lpa.send(SELECTED)[1] == 0x6A82
    assert lpa.send("00A4040009" + ARAM)[1] == 0x6A82
    lpa.enable(first)
    assert lpa.send(SELECTED)[1] == 0x9000
    lpa.disable(first)
    assert lpa.send(SELECTED)[1] == 0x6A82
    assert lpa.send("00A4040010" + ISDR.hex())[1] == 0x9000


def test_half_a_packet_is_forgotten_at_a_reset():
    phone = managed()
    sender = server(phone)
    first, second = envelopes(sender.packet(READ * 12))
    phone.send(b"\x80\xc2\0\0" + bytes((len(first),)) + first)
    phone.card.power_up()
    assert phone.send(b"\x80\xc2\0\0" + bytes((len(second),)) + second) == (b"", 0x9000)


def test_each_port_has_the_applications_of_its_own_profile():
    *others, end = elements(iccid="8949002222222222228")
    profiles = [
        saip.decode(with_elements(domain(PACKETS), access_rules(rule_data()))),
        saip.decode(b"".join([*others, domain(key_set(2)), end])),
    ]
    card = Euicc(profiles, enable=2, ports=2, mep="A1")
    card.power_up()
    ports = [Lpa(card, port=number, channel=0) for number in (0, 1, 2)]
    assert [port.send(SELECTED)[1] for port in ports] == [0x6A82, 0x9000, 0x9000]
    keys = [port.send("80CA00E000")[0].hex().count("c004") for port in ports[1:]]
    assert keys == [6, 3]
    assert ports[1].send("00A4040009" + ARAM)[1] == 0x9000
    assert ports[2].send("00A4040009" + ARAM)[1] == 0x6A82
    assert ports[2].send("00A4040000")[0][4:12] == MNO_SD


def test_secret_commands_are_known_before_a_profile_is_there():
    secrets = Euicc().secret_commands
    assert any(one.matches(bytes.fromhex("80D80081")) for one in secrets)
