"""Two eSIM profiles enabled at once, each on a port of its own, and the events of a switch."""

from applets.esim import Euicc, profile

one = profile("8949000000000000018", "001010000000001", name="Private")
two = profile("8949000000000000026", "001010000000002", name="Work")

events = []
euicc = Euicc([one, two], ports=2, mep="A1", enable=2, listener=lambda *event: events.append(event))
euicc.power_up()


def iccid(port: int) -> str:
    euicc.exchange(bytes.fromhex("00A40004022FE2"), port)
    swapped = euicc.exchange(bytes.fromhex("00B000000A"), port)[:-2].hex()
    return "".join(b + a for a, b in zip(swapped[::2], swapped[1::2], strict=True)).rstrip("f")


for port in euicc.ports[1:]:
    print(port.number, port.enabled.metadata.name, iccid(port.number))

# DisableProfile for the second one, sent to the ISD-R like a local profile assistant.
euicc.exchange(bytes.fromhex("00A4040010A0000005591010FFFFFFFF8900000100"), 0)
request = bytes.fromhex("BF3211A00C5A0A") + two.iccid + bytes.fromhex("8101FF")
euicc.exchange(bytes((0x80, 0xE2, 0x91, 0x00, len(request))) + request, 0)
print(events, euicc.ports[2].enabled)
assert events == [("disabled", "8949000000000000026")]
