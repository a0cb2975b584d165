from __future__ import annotations

from dataclasses import replace

from ifd_bridge.driver import repairs
from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.driver.options import Release
from ifd_bridge.driver.repairs import LOWEST_FIRMWARE, REPAIRS
from readers.ccid.descriptor import Descriptor, ExchangeLevel, Features
from readers.models import PINPAD, at_level
from tests.kits import golden

OLD, NEW = Release.parse("1.5.2"), Release.parse("1.7.1")
SHORT = replace(
    at_level(PINPAD, ExchangeLevel.SHORT_APDU),
    descriptor=Descriptor(dwFeatures=ExchangeLevel.SHORT_APDU, bPINSupport=3, dwMaxIFSD=100),
)


def known(reader_id: int, release: Release = OLD, bcd_device: int = 0x0100) -> KnownReader:
    model = replace(
        SHORT, vendor_id=reader_id >> 16, product_id=reader_id & 0xFFFF, bcd_device=bcd_device
    )
    return KnownReader.of(model, release)


def test_every_repair_changes_the_reader_it_is_for() -> None:
    for repair in REPAIRS:
        release = max(OLD, repair.since)
        mended = known(repair.reader_id, release, next(iter(repair.firmware), 0x0100))
        plain = replace(KnownReader.of(SHORT, release), model=mended.model)
        assert mended != plain or repair.level is SHORT.descriptor.exchange_level, repair.why


def test_a_repair_holds_from_its_release_on() -> None:
    assert known(0x2F7C6007, OLD).level is ExchangeLevel.SHORT_APDU
    assert known(0x2F7C6007, NEW).level is ExchangeLevel.EXTENDED_APDU


def test_a_repair_can_be_for_one_firmware_alone() -> None:
    assert known(0x05290620, bcd_device=0x0012).has(Features.AUTO_IFSD)
    assert not known(0x05290620).has(Features.AUTO_IFSD)


def test_rates_beyond_the_limit_are_dropped() -> None:
    descriptor = replace(SHORT.descriptor, bNumDataRatesSupported=3, dwMaxDataRate=500_000)
    model = replace(
        SHORT,
        vendor_id=0x058F,
        product_id=0x9540,
        descriptor=descriptor,
        data_rates=(9600, 200_000, 344_086),
    )
    reader = KnownReader.of(model)
    assert reader.data_rates == (9600, 200_000)
    assert reader.max_data_rate == 200_000


def test_the_tables_have_the_numbers_of_the_driver() -> None:
    """Spec: libccid, ccid_open_hack_post, ccid_usb.c (bad firmware), by release."""
    golden.check("driver_repairs", [
        *(repr(one) for one in REPAIRS),
        *(f"{reader:08X} {lowest:04X}" for reader, lowest in LOWEST_FIRMWARE.items()),
        *(f"{reader:08X}" for reader in sorted(repairs.NO_PPS)),
    ])  # fmt: skip
