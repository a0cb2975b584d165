"""The main job, seen by pyscard; `make demo` runs it inside `vcard run`."""

import struct
import subprocess

from smartcard.System import readers
from smartcard.util import toBytes, toHexString

FEATURE_REQUEST = 0x42000000 + 3400
VERIFY_PIN_DIRECT = 0x06
HELLO = "00 A4 04 00 0A A0 00 00 00 62 03 01 0C 06 01"
PIN_DUMP = "00 A4 04 00 06 A0 00 00 00 18 FF"
TEMPLATE = bytes.fromhex("00 20 00 80 08 FF FF FF FF FF FF FF FF")


def send(command: str) -> bytes:
    """Send a command, show it and its response, and return the data."""
    data, sw1, sw2 = card.transmit(toBytes(command))
    print(f"> {command}\n< {toHexString([*data, sw1, sw2])}")
    assert (sw1, sw2) == (0x90, 0x00)
    return bytes(data)


def pin_verify(template: bytes) -> bytes:
    """PIN_VERIFY_STRUCTURE: 30 s, ASCII digits from the left, 4 to 8 of them, OK ends."""
    return struct.pack(
        "<BBBBBHBBHBBBBI",
        *(30, 30, 0x82, 0x08, 0x00, 0x0408, 0x02, 0x01, 0x0409, 0, 0, 0, 0),
        len(template),
    ) + template  # fmt: skip


reader = readers()[0]
card = reader.createConnection()
card.connect()
print(f"reader: {reader}\nATR:    {toHexString(card.getATR())}")

send(HELLO)
print(send("00 00 00 00").decode())

send(PIN_DUMP)
answer = bytes(card.control(FEATURE_REQUEST, []))
features = {
    answer[i]: int.from_bytes(answer[i + 2 : i + 6], "big") for i in range(0, len(answer), 6)
}
print("a PIN entry; the keys 1 2 3 4 5 6 7 8 OK are pressed")
subprocess.run(["vcard", "press", *"12345678", "OK"], check=True)
status = bytes(card.control(features[VERIFY_PIN_DIRECT], list(pin_verify(TEMPLATE))))
print(f"< {status.hex(' ').upper()}")
assert status == b"\x90\x00"
dump = send("00 40 00 00 00")
assert dump == bytes.fromhex("00 20 00 80 08 31 32 33 34 35 36 37 38")
