"""A PIN entry in process: CCID messages in and out, no pcscd, time as an argument."""

from applets.pin_dump import PinDump
from readers import CcidReader, models
from readers.pinpad.entry import OK
from vcard import Card

POWER_ON = bytes.fromhex("62 00000000 00 00 00 0000")
SELECT = bytes.fromhex("6F 0C000000 00 01 00 0000  00A4040007 A000000018FF01")
VERIFY = bytes.fromhex(
    "69 1C000000 00 02 00 0000"  # PC_to_RDR_Secure, 28 bytes
    "00 1E 82 08 00 0804 02 01 0904 00 000000"  # ASCII, 4..8 digits, OK ends
    "0020008008 FFFFFFFFFFFFFFFF"
)
DUMP = bytes.fromhex("6F 05000000 00 03 00 0000  0040000000")

reader = CcidReader(models.PINPAD)
reader.insert(Card(PinDump()))
for message in (POWER_ON, SELECT, VERIFY):
    reader.handle(message, now=0.0)
assert reader.pinpad.waiting
reader.pinpad.press("1", "2", "3", "4", OK)
reader.handle(DUMP, now=0.0)
for answer in reader.bulk_in:
    print(answer[:10].hex(" "), "|", answer[10:].hex(" "))
assert reader.bulk_in[-1][10:] == bytes.fromhex("0020008008 31323334FFFFFFFF 9000")
