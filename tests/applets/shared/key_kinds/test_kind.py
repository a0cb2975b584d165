"""Every kind of key has the same operations, and refuses in the same way."""

import pytest

from applets.shared.key_kinds import KINDS

WHAT_THEY_DO = {"RSA": {"sign", "decipher"}, "Ed25519": {"sign"}, "X25519": {"agree", "decipher"}}


@pytest.mark.parametrize("name", [name for name in KINDS if name not in ("RSA-3072", "RSA-4096")])
def test_what_a_kind_cannot_do_is_a_value_error(name):
    kind = KINDS[name]
    can = WHAT_THEY_DO.get(name.partition("-")[0], {"sign", "agree", "decipher"})
    key = kind.generate()
    for action in {"sign", "agree", "decipher"} - can:
        with pytest.raises(ValueError, match=r"only|agrees on no"):
            getattr(kind, action)(key, bytes(32))
    if "sign" in can:
        assert kind.sign(key, bytes(32))
