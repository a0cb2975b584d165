import pytest

from applets.sim.models.key_files import NEW_SEQUENCE, SequenceFile, key_content, read_key
from applets.sim.usim import Aka, AlgorithmId, Sequence

K, OPC, TOPC = bytes(range(16)), bytes(range(16, 32)), bytes(range(32, 64))


@pytest.mark.parametrize(
    "aka",
    [
        Aka(AlgorithmId.MILENAGE, K, OPC),
        Aka(AlgorithmId.XOR_TEST, K),
        Aka(AlgorithmId.TUAK, K, TOPC,
            (("mac", 16), ("res", 16), ("ck", 32), ("ik", 32), ("iterations", 4))),
        Aka(AlgorithmId.TUAK, K * 2, TOPC,
            (("mac", 8), ("res", 4), ("ck", 16), ("ik", 16), ("iterations", 1))),
    ],
)  # fmt: skip
def test_what_is_written_is_read(aka):
    content = key_content(aka, 80)
    assert len(content) == 80
    assert read_key(content) == aka


def test_a_layout_that_pysim_has_is_read():
    tuak = bytes.fromhex(
        "160a04101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
        "000102030405060708090a0b0c0d0e0f"
    )
    found = read_key(tuak)
    assert dict(found.options) == {"mac": 16, "res": 16, "ck": 16, "ik": 16, "iterations": 4}
    assert found.k == K


def test_the_operators_value_is_computed_from_op():
    k, op, opc = (
        bytes.fromhex(one)
        for one in (
            "465b5ce8b199b49faa5f0a2ee238a6bc",
            "cdc202d5123e20f62b6d676ac72cb318",
            "cd63cb71954a9f4e48a5994e37a02baf",
        )
    )
    assert read_key(b"\x04" + k + op) == read_key(b"\x14" + k + opc)


@pytest.mark.parametrize(
    "content",
    ["", "ff" * 33, "11" + "00" * 32, "14" + "00" * 31, "06" + "00" * 66, "16" + "00" * 20,
     "167801" + "00" * 64, "160a00" + "00" * 64, "160401" + "00" * 64],
)  # fmt: skip
def test_what_is_no_key_of_ours_is_none(content):
    assert read_key(bytes.fromhex(content)) is None


def test_sequence_numbers_are_those_of_the_card():
    raw = bytes(NEW_SEQUENCE)
    assert raw.hex().startswith("55030002000000000002000000000000")
    assert len(raw) == 206
    assert SequenceFile.parse(raw) == NEW_SEQUENCE
    assert NEW_SEQUENCE.sequence() == Sequence(delta=1 << 28)
    after = NEW_SEQUENCE.used(NEW_SEQUENCE.sequence().accept(33))
    assert SequenceFile.parse(bytes(after)).sequence().number == 33


def test_a_check_may_be_skipped_once_or_for_ever():
    once = SequenceFile.parse(b"\xd5" + bytes(NEW_SEQUENCE)[1:])
    assert once.sequence().accept(1 << 47) is not None
    assert not once.used(once.sequence().accept(1 << 47)).skip
    never = SequenceFile.parse(b"\x45" + bytes(NEW_SEQUENCE)[1:])
    assert never.skip


def test_limits_count_if_they_are_to_be_checked():
    aged = SequenceFile.parse(b"\x75" + bytes(NEW_SEQUENCE)[1:]).sequence()
    assert aged.age == 1 << 28
    free = SequenceFile.parse(b"\x15" + bytes(NEW_SEQUENCE)[1:]).sequence()
    assert free.accept(1 << 47) is not None


def test_a_file_cut_short_is_an_error():
    with pytest.raises(ValueError, match="cut short"):
        SequenceFile.parse(bytes(19))
