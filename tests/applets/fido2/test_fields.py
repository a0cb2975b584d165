import pytest

from applets.fido2.codes import CtapError, Status
from applets.fido2.fields import credential_ids, mapping, optional, options, required, sized, texts


def refused(read):
    with pytest.raises(CtapError) as error:
        read()
    return error.value.status


def test_a_member_has_its_type_or_is_refused():
    assert optional({1: b"x"}, 1, bytes) == b"x"
    assert optional({}, 1, bytes) is None
    assert required({1: 7}, 1, int) == 7
    assert refused(lambda: required({}, 1, int)) is Status.MISSING_PARAMETER
    assert refused(lambda: required({1: True}, 1, int)) is Status.CBOR_UNEXPECTED_TYPE
    assert refused(lambda: mapping([])) is Status.CBOR_UNEXPECTED_TYPE


def test_bytes_have_their_length_or_are_refused():
    assert sized({1: b"xx"}, 1, 2) == b"xx"
    assert refused(lambda: sized({1: b"x"}, 1, 2)) is Status.INVALID_LENGTH


def test_descriptors_of_other_types_are_passed_over():
    listed = [{"id": b"1", "type": "public-key"}, {"id": b"2", "type": "other"}]
    assert credential_ids({5: listed}, 5) == [b"1"]
    assert credential_ids({}, 5) is None


def test_options_are_booleans_and_texts_text():
    assert options({7: {"rk": True}}, 7) == {"rk": True}
    assert refused(lambda: options({7: {"rk": 1}}, 7)) is Status.CBOR_UNEXPECTED_TYPE
    assert texts({"name": "x", "other": 1}, "name", "icon") == {"name": "x"}
