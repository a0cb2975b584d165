from dataclasses import replace

from readers.ccid.codes import Error
from readers.ccid.message import PC_to_RDR_Escape
from readers.models import PINPAD_DISPLAY, PLAIN
from readers.models.model import Quirk
from tests.kits.reader_host import Host, pinpad_host
from tests.readers.commands.test_secure import VERIFY, message

MODEL = replace(PLAIN, escapes=((b"\x02", b"firmware"), (b"\x02\x01", b"longer")))


def test_the_longest_entry_answers_an_escape():
    host = Host(MODEL)
    assert host.ask(PC_to_RDR_Escape(abData=b"\x02")).abData == b"firmware"
    assert host.ask(PC_to_RDR_Escape(abData=b"\x02\x01\x00")).abData == b"longer"


def test_an_unknown_escape_names_the_first_data_byte():
    assert Host(MODEL).ask(PC_to_RDR_Escape(abData=b"\x03")).bError == 0x0A


def test_a_reader_without_escapes_does_not_know_the_command():
    answer = Host().ask(PC_to_RDR_Escape(abData=b"\x02"))
    assert (answer.bStatus, answer.bError) == (0x42, Error.CMD_NOT_SUPPORTED)


GEMALTO = replace(PINPAD_DISPLAY, quirks=Quirk.GEMALTO_ESCAPES, escapes=((b"\x02", b"fixed"),))


def test_what_the_model_says_comes_before_what_is_computed():
    assert Host(GEMALTO).ask(PC_to_RDR_Escape(abData=b"\x02")).abData == b"fixed"
    answer = Host(replace(GEMALTO, escapes=())).ask(PC_to_RDR_Escape(abData=b"\x02"))
    assert answer.abData == GEMALTO.firmware.encode()


def test_the_host_loads_its_texts():
    host = pinpad_host(GEMALTO)
    words = b"".join(f"Wort {n}".encode().ljust(16) for n in range(10))
    load = bytes.fromhex("B2A0004D4C")
    assert host.ask(PC_to_RDR_Escape(abData=load + words)).bStatus == 0
    assert host.ask(PC_to_RDR_Escape(abData=load + words[:-1])).bError == 0x0A
    host.send(message(VERIFY))
    assert host.reader.pinpad.display == ("Wort 0", "")
