"""The character level."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from readers.ccid.codes import Error
from readers.ccid.descriptor import ExchangeLevel, Features
from readers.ccid.message import PC_to_RDR_XfrBlock
from readers.models import PLAIN, at_level
from tests.kits.t1_pair import SELECT
from tests.readers.exchange.test_tpdu import BLOCK, BOTH, OK, ONLY_T1, host, set_t1, xfr
from vcard.transmission.pps import Pps

CHARACTER = at_level(PLAIN, ExchangeLevel.CHARACTER)


def test_the_host_does_t0_byte_by_byte():
    made = host(BOTH, CHARACTER)
    assert xfr(made, SELECT[:5], 1) == b"\xa4"
    assert xfr(made, SELECT[5:], 1) == b"\x90"
    assert xfr(made, b"", 1) == b"\x00"
    assert xfr(made, bytes.fromhex("0020000004"), 1) == b"\x20"
    made.send(PC_to_RDR_XfrBlock(wLevelParameter=6))
    made.tick(0.0)
    assert made.answer().abData == b"late\x90\x00"


def test_the_host_does_t1_prologue_first():
    made = host(ONLY_T1, CHARACTER)
    set_t1(made)
    assert xfr(made, BLOCK, 3) + xfr(made, b"", 3) == OK


def test_a_pps_asks_for_as_many_bytes_as_it_has():
    made = host(BOTH, CHARACTER)
    assert xfr(made, bytes(Pps(1)), 3) == bytes(Pps(1))
    assert xfr(made, BLOCK, 3) == OK[:3]


def test_nothing_to_send_and_nothing_to_wait_for_is_a_wrong_length():
    assert xfr(host(BOTH, CHARACTER), b"", 0) == Error.BAD_LENGTH


def test_nothing_is_waited_for_where_nothing_is_wanted():
    assert xfr(host(BOTH, CHARACTER), b"\0\xa4", 0) == b""


def test_a_card_that_waits_for_more_is_mute_to_a_host_that_waits():
    assert xfr(host(BOTH, CHARACTER), b"\0\xa4", 1) == Error.ICC_MUTE


BLOCKS = [bytes(Pps(1)), BLOCK, SELECT, SELECT[:5], bytes.fromhex("0020030004"), b"\xff", b""]


@given(
    st.sampled_from([CHARACTER, at_level(PLAIN, ExchangeLevel.TPDU)]),
    st.sampled_from([BOTH, ONLY_T1]),
    st.sampled_from([0, Features.AUTO_PPS, Features.AUTO_NEGOTIATION | Features.AUTO_IFSD]),
    st.lists(
        st.tuples(
            st.sampled_from(BLOCKS) | st.binary(max_size=40), st.sampled_from([0, 1, 3, 999])
        ),
        max_size=12,
    ),
)
def test_any_characters_at_any_level_get_one_answer(model, atr, features, sent):
    made = host(atr, model, features)
    for number, (data, level) in enumerate(sent):
        if number == 2:
            set_t1(made)
        made.send(PC_to_RDR_XfrBlock(bSeq=number, wLevelParameter=level, abData=data))
        answers = made.answers()
        while made.reader.deadline is not None:
            made.tick(made.reader.deadline)
            answers += made.answers()
        assert [a.bSeq for a in answers if a.bStatus >> 6 != 2] == [number]
