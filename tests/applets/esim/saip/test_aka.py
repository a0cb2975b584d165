import pytest

from applets.esim.saip.aka import check_cdma, read_aka
from applets.esim.saip.status import PackageError, Status
from applets.sim.usim import DELTA, NO_LIMIT, AlgorithmId
from tests.kits import golden
from tests.kits.esim.raw_package import element, read_one
from vcard import tlv


def own(*more: bytes, algorithm: int = 1, options: int = 2, key: int = 16, opc: int = 16) -> bytes:
    values = (bytes((algorithm,)), bytes((options,)), bytes(key), bytes(opc))
    return tlv(0xA1, tlv(0xA1, *(tlv(0x80 | i, v) for i, v in enumerate(values)), *more))


def aka(configuration: bytes, *more: bytes):
    return read_aka(read_one(element(4, configuration, *more)))


def test_milenage_has_the_usual_numbers():
    one = aka(own())
    assert (one.algorithm, one.options, one.sequence) == (AlgorithmId.MILENAGE, (), ())
    assert (one.delta, one.age) == (DELTA, NO_LIMIT)


def test_rotations_and_constants_are_kept():
    one = aka(own(tlv(0x84, bytes((1, 2, 3, 4, 5))), tlv(0x85, bytes(range(80)))))
    assert one.make().rotations == (1, 2, 3, 4, 5)
    assert dict(one.options)["constants"][1] == bytes(range(16, 32))


def test_tuak_has_its_lengths():
    one = aka(own(tlv(0x87, b"\2"), algorithm=2, options=1, key=32, opc=32))
    assert dict(one.options)["iterations"] == 2
    assert one.make().f2345(bytes(16)).res != b""
    assert dict(aka(own(algorithm=2, options=1, opc=32)).options)["iterations"] == 1


def test_the_test_algorithm_has_no_value_of_an_operator():
    assert aka(own(algorithm=3)).opc == b""


def test_limits_count_where_their_rule_is_on():
    limits = tlv(0x83, (5).to_bytes(6, "big")), tlv(0x84, (7).to_bytes(6, "big"))
    assert (aka(own(), *limits).delta, aka(own(), *limits).age) == (5, NO_LIMIT)
    one = aka(own(), tlv(0x82, b"\1"), *limits)
    assert (one.delta, one.age) == (NO_LIMIT, 7)


def test_sequence_numbers_begin_where_the_package_says():
    codes = [tlv(0x04, number.to_bytes(6, "big")) for number in range(32)]
    assert aka(own(), tlv(0xA5, *codes)).sequence == tuple(range(32))


def test_parameters_may_be_those_of_another_application():
    mapping = tlv(0xA1, tlv(0xA0, tlv(0x80, b"\0"), tlv(0x81, b"12345")))
    assert aka(mapping) == b"12345"


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([own(algorithm=4)], Status.BAD_VALUES),
        ([own(key=15)], Status.BAD_VALUES),
        ([own(opc=15)], Status.BAD_VALUES),
        ([own(tlv(0x84, bytes(4)))], Status.BAD_VALUES),
        ([own(algorithm=2, opc=32), tlv(0x82, b"")], Status.BAD_VALUES),
        ([own(), tlv(0xA5, *[tlv(0x04, bytes(6))] * 31)], Status.BAD_VALUES),
        ([own(), tlv(0xA5, *[tlv(0x04, bytes(5))] * 32)], Status.BAD_VALUES),
        ([own(), tlv(0x83, b"\x08" + bytes(5))], Status.BAD_VALUES),
        ([tlv(0xA1)], Status.INVALID_REQUEST_FORMAT),
        ([tlv(0xA1, tlv(0xA2))], Status.INVALID_REQUEST_FORMAT),
        ([], Status.INVALID_REQUEST_FORMAT),
    ],
)
def test_parameters_that_cannot_be_are_refused(parts, status):
    with pytest.raises(PackageError) as caught:
        aka(b"", *parts)
    assert caught.value.finding.status is status


def test_parameters_of_cdma_have_their_lengths():
    check_cdma(read_one(element(5, tlv(0x81, bytes(8)), tlv(0x82, bytes(16)))))
    for wrong in (tlv(0x81, bytes(7)), tlv(0x82, bytes(16)), tlv(0x81, bytes(8)) + tlv(0x83)):
        with pytest.raises(PackageError):
            check_cdma(read_one(element(5, wrong)))


def test_each_bit_of_tuaks_options_has_its_length():
    lines = []
    for byte in (*range(4), 0x08, 0x10, 0x18, 0x20, 0x40, 0x7F):
        read = aka(own(algorithm=2, options=byte, key=16, opc=32))
        lines += golden.values(read, f"{byte:02X} ")
    golden.check("tuak_options", lines)
