"""Say hello to the card in the first reader through pyscard's classes."""

from smartcard.CardRequest import CardRequest
from smartcard.CardType import ATRCardType
from smartcard.System import readers
from smartcard.util import toBytes, toHexString

print(readers()[0])
kind = ATRCardType(toBytes("3B 87 80 01 80 65 76 63 61 72 64 81"))
service = CardRequest(timeout=10, cardType=kind).waitforcard()
connection = service.connection
connection.connect()
print(toHexString(connection.getATR()))
for command in ("00 A4 04 00 0A A0 00 00 00 62 03 01 0C 06 01", "00 00 00 00 00"):
    data, sw1, sw2 = connection.transmit(toBytes(command))
    print(bytes(data).decode(), f"{sw1:02X}{sw2:02X}")
connection.disconnect()
connection.release()
