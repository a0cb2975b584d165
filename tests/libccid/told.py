"""A driver's messages to a reader, without those that depend on timing.

Left out, with the reason:

* bSeq: libccid also uses up numbers for messages that it then refuses to send.
* PC_to_RDR_GetSlotStatus: libccid polls whenever pcscd queries the card; ours is notified.
* PC_to_RDR_IccPowerOff, and all but one of the IccPowerOn that follow each other: timing decides
when pcscd powers an unused card off, and how often it powers it on before a connection.
"""

from readers.ccid.codes import MessageType
from readers.events import MessageOut

LEFT_OUT = {MessageType.PC_to_RDR_GetSlotStatus, MessageType.PC_to_RDR_IccPowerOff}


def told(reader):
    """The messages that the reader will get, in a list that grows."""
    messages = []
    reader.tap = lambda event: isinstance(event, MessageOut) and messages.append(event.message)
    return messages


def without_timing(messages, left_out=frozenset()):
    """Format messages as text, for comparison."""
    before, found = None, []
    for message in messages:
        kind = message[0]
        if kind in LEFT_OUT or kind in left_out:
            continue
        if not kind == before == MessageType.PC_to_RDR_IccPowerOn:
            found.append(message[:6].hex(" ") + " .. " + message[7:].hex(" "))
        before = kind
    return found
