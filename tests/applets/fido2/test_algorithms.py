import pytest
from fido2.cose import CoseKey

from applets.fido2 import algorithms
from applets.fido2.algorithms import ALGORITHMS, SEED_BYTES


@pytest.mark.parametrize("number", ALGORITHMS)
def test_a_seed_always_gives_the_same_key_that_python_fido2_verifies(number):
    algorithm = ALGORITHMS[number]
    key = algorithm.derive(bytes(range(SEED_BYTES)))
    cose = algorithm.cose(key)
    assert cose == algorithm.cose(algorithm.derive(bytes(range(SEED_BYTES))))
    assert cose != algorithm.cose(algorithm.derive(bytes(SEED_BYTES)))
    CoseKey.parse(cose).verify(b"message", algorithm.sign(key, b"message"))


def test_the_usual_algorithms_are_there():
    assert {-7, -8, -35} <= ALGORITHMS.keys()


def test_ml_dsa_is_left_out_where_the_library_has_it_not(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(algorithms.importlib, "import_module", missing)
    assert algorithms._mldsa(-48, 44) is None
