from __future__ import annotations

import pytest

from applets.shared.secure_channel import curves
from applets.shared.secure_channel.keys import Key, KeyType


@pytest.mark.parametrize(
    ("curve", "size", "hash_name"),
    [(0, 32, "sha256"), (1, 48, "sha384"), (2, 66, "sha512"), (3, 32, "sha256"),
     (5, 48, "sha384"), (7, 64, "sha512")],
)  # fmt: skip
def test_a_pair_is_made_and_found_again(curve: int, size: int, hash_name: str) -> None:
    key, point = curves.generate(curve)
    assert (len(key.value), key.curve, len(point)) == (size, curve, 2 * size + 1)
    private = curves.private_key(key)
    assert curves.point_of(private.public_key()) == point
    assert curves.point_of(curves.public_key(point, curve)) == point
    assert curves.hash_of(private.curve).name == hash_name


def test_what_is_no_key_on_a_known_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="04"):
        curves.generate(4)
    with pytest.raises(ValueError, match="no private EC key"):
        curves.private_key(Key(KeyType.AES, bytes(16)))
    with pytest.raises(ValueError, match=r".+"):
        curves.private_key(Key(KeyType.EC_PRIVATE, bytes(32)))
    with pytest.raises(ValueError, match=r".+"):
        curves.public_key(b"\4" + bytes(64), 0)
