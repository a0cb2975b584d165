"""The KDF-DO."""

from __future__ import annotations

import pytest

from applets.openpgp.kdf import Kdf

HEAD = "810103820108830402000000"
SALTS = "84080102030405060708" + "85081112131415161718" + "86082122232425262728"
HASHES = "8720" + "AA" * 32 + "8820" + "BB" * 32


def test_none_and_nothing_are_the_same() -> None:
    assert Kdf.parse(b"") == Kdf.parse(bytes.fromhex("810100")) == Kdf(hashes=False)


@pytest.mark.parametrize("salts", [SALTS, SALTS[:20]])
def test_the_first_passwords_are_the_hashes(salts: str) -> None:
    found = Kdf.parse(bytes.fromhex(HEAD + salts + HASHES))
    assert found.passwords == (b"\xaa" * 32, b"\xbb" * 32)


def test_hashes_may_be_absent() -> None:
    assert Kdf.parse(bytes.fromhex(HEAD + SALTS)) == Kdf(hashes=True)


@pytest.mark.parametrize(
    "raw",
    [
        "810101",
        "8101038201088302AABB" + SALTS,
        HEAD,
        HEAD + SALTS[:40],
        HEAD + "8407" + "01" * 7,
        HEAD.replace("820108", "820109") + SALTS + HASHES,
        HEAD + SALTS + "8720" + "AA" * 32,
        HEAD + SALTS + "87028802",
    ],
)
def test_what_is_malformed_is_refused(raw: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        Kdf.parse(bytes.fromhex(raw))
