from collections.abc import Iterator
from pathlib import Path

import pytest

from applets.sim.aka import Milenage, Tuak, XorTest, sres_and_kc

VECTORS = Path(__file__).parents[2] / "vectors"


def sets(name: str) -> Iterator[dict[str, bytes]]:
    for block in (VECTORS / name).read_text().split("\n\n")[1:]:
        rows = [line.split(" | ") for line in block.splitlines()]
        yield {"set": rows[0][2].encode(), **{row[1]: bytes.fromhex(row[0]) for row in rows}}


def named(vector: dict[str, bytes]) -> str:
    return vector["set"].decode()


@pytest.mark.parametrize("v", list(sets("milenage.txt")), ids=named)
def test_milenage_gives_what_every_3gpp_test_set_gives(v):
    algorithm = Milenage(v["k"], v["opc"])
    assert algorithm.f1(v["rand"], v["sqn"], v["amf"]) == v["f1"]
    assert algorithm.f1_star(v["rand"], v["sqn"], v["amf"]) == v["f1*"]
    keys = algorithm.f2345(v["rand"])
    assert (keys.res, keys.ck, keys.ik, keys.ak) == (v["f2"], v["f3"], v["f4"], v["f5"])
    assert algorithm.f5_star(v["rand"]) == v["f5*"]


@pytest.mark.parametrize("v", list(sets("tuak.txt")), ids=named)
def test_tuak_gives_what_every_3gpp_test_set_gives(v):
    algorithm = Tuak(
        v["k"],
        v["topc"],
        mac=len(v["f1"]),
        res=len(v["f2"]),
        ck=len(v["f3"]),
        ik=len(v["f4"]),
        iterations=v["iterations"][0],
    )
    assert algorithm.f1(v["rand"], v["sqn"], v["amf"]) == v["f1"]
    assert algorithm.f1_star(v["rand"], v["sqn"], v["amf"]) == v["f1*"]
    keys = algorithm.f2345(v["rand"])
    assert (keys.res, keys.ck, keys.ik, keys.ak) == (v["f2"], v["f3"], v["f4"], v["f5"])
    assert algorithm.f5_star(v["rand"]) == v["f5*"]


def test_there_are_twenty_milenage_sets_and_six_tuak_sets():
    assert (len(list(sets("milenage.txt"))), len(list(sets("tuak.txt")))) == (20, 6)


def test_the_test_algorithm_is_the_key_xor_rand():
    algorithm = XorTest(bytes(range(16)), res=8)
    rand = bytes(range(16, 32))
    keys = algorithm.f2345(rand)
    assert keys.res == b"\x10" * 8
    assert keys.ak == algorithm.f5_star(rand) == b"\x10" * 6
    assert algorithm.f1(rand, bytes(6), b"\x00\x01") == b"\x10" * 7 + b"\x11"
    assert algorithm.f1_star(rand, bytes(6), b"\x00\x01") == b"\x10" * 7 + b"\x11"


def test_the_test_algorithm_rotates_ck_and_ik_by_one_and_two_bytes():
    keys = XorTest(bytes(16)).f2345(bytes(range(16)))
    assert keys.ck == bytes((*range(1, 16), 0))
    assert keys.ik == bytes((*range(2, 16), 0, 1))
    assert keys.ak == bytes(range(3, 9))


def test_sres_and_kc_are_folded_from_res_ck_and_ik():
    # 3GPP TS 55.205 test set 1 uses the key material of TS 35.208 test set 1.
    v = next(sets("milenage.txt"))
    sres, kc = sres_and_kc(Milenage(v["k"], v["opc"]).f2345(v["rand"]))
    assert (sres.hex(), kc.hex()) == ("46f8416a", "eae4be823af9a08b")
