import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.sim.aka import XorTest
from applets.sim.usim import (
    DELTA,
    Aka,
    AlgorithmId,
    MacError,
    Sequence,
    SqnError,
    answer,
    challenge,
)
from vcard.exclusive_or import mixed

MILENAGE = Aka(AlgorithmId.MILENAGE, bytes(range(16)), bytes(16))
RAND = bytes(range(16, 32))


def test_a_fresh_challenge_is_answered_with_the_keys():
    algorithm = MILENAGE.make()
    keys, after = answer(algorithm, Sequence(), RAND, challenge(algorithm, 32, RAND))
    assert keys == algorithm.f2345(RAND)
    assert after.number == 32


def test_a_repeated_challenge_asks_for_resynchronisation():
    algorithm = MILENAGE.make()
    autn = challenge(algorithm, 64, RAND)
    _, after = answer(algorithm, Sequence(), RAND, autn)
    with pytest.raises(SqnError) as caught:
        answer(algorithm, after, RAND, autn)
    sqn = mixed(caught.value.auts[:6], algorithm.f5_star(RAND))
    assert int.from_bytes(sqn, "big") == 64
    assert caught.value.auts[6:] == algorithm.f1_star(RAND, sqn, bytes(2))


def test_a_challenge_after_the_resynchronisation_is_accepted():
    algorithm = MILENAGE.make()
    _, state = answer(algorithm, Sequence(), RAND, challenge(algorithm, 3200, RAND))
    with pytest.raises(SqnError) as caught:
        answer(algorithm, state, RAND, challenge(algorithm, 32, RAND))
    known = int.from_bytes(mixed(caught.value.auts[:6], algorithm.f5_star(RAND)), "big")
    _, healed = answer(algorithm, state, RAND, challenge(algorithm, known + 32, RAND))
    assert healed.number == known + 32


def test_a_wrong_mac_is_told():
    autn = bytearray(challenge(MILENAGE.make(), 32, RAND))
    autn[-1] ^= 1
    with pytest.raises(MacError):
        answer(MILENAGE.make(), Sequence(), RAND, bytes(autn))


def test_a_number_that_jumps_too_far_is_not_accepted():
    assert Sequence().accept(DELTA << 5) is not None
    assert Sequence().accept(DELTA + 1 << 5) is None


@given(st.lists(st.integers(0, 2000), max_size=60))
def test_no_number_is_accepted_twice(numbers):
    state, seen = Sequence(), set()
    for number in numbers:
        after = state.accept(number)
        if after is not None:
            assert number not in seen
            seen.add(number)
            state = after
    assert state.number == max(seen, default=0)


def test_numbers_of_different_indices_may_come_out_of_order():
    state = Sequence().accept(10 << 5 | 1)
    assert state.accept(9 << 5 | 2) is not None


def test_secrets_are_read_back_from_their_value():
    for one in (MILENAGE, Aka(AlgorithmId.TUAK, bytes(32), bytes(32), (("res", 16),))):
        assert Aka.from_value(one.to_value()) == one
    assert len(one.make().f2345(RAND).res) == 16


def test_the_test_algorithm_needs_no_operator_value():
    assert isinstance(Aka(AlgorithmId.XOR_TEST, bytes(16)).make(), XorTest)


@pytest.mark.parametrize(
    "one",
    [
        Aka(AlgorithmId.MILENAGE, bytes(32), bytes(16)),
        Aka(AlgorithmId.MILENAGE, bytes(16)),
        Aka(AlgorithmId.TUAK, bytes(16), bytes(16)),
    ],
)
def test_a_wrong_length_is_the_callers_fault(one):
    with pytest.raises(ValueError, match="bytes"):
        one.make()


def test_a_number_too_far_behind_the_highest_is_refused():
    old = Sequence((100, *[0] * 31), age=10)
    assert old.accept(89 << 5 | 1) is None
    assert old.accept(90 << 5 | 1).age == 10
    assert Sequence((100, *[0] * 31), delta=5).accept(106 << 5) is None


def test_the_test_algorithm_and_the_test_key_are_for_tests():
    assert Aka(AlgorithmId.XOR_TEST, b"\x11" * 16).for_tests
    assert Aka(AlgorithmId.MILENAGE, bytes(range(16)), bytes(16)).for_tests
    assert not Aka(AlgorithmId.MILENAGE, bytes(16), bytes(16)).for_tests
