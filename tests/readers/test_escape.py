from dataclasses import replace

from readers.message import Error, PC_to_RDR_Escape
from readers.models import PLAIN
from tests.readers.helpers import Host

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
