"""The number of a host's retries."""

from vcard.transmission.t1_retries import Retries, Rules


def test_a_block_is_tried_as_often_as_the_rules_say():
    retries = Retries(Rules(tries=2))
    assert not retries.used_up
    assert retries.spend()
    assert not retries.used_up
    assert retries.spend()
    assert retries.used_up
    retries.renew()
    assert not retries.used_up


def test_patience_ends_unless_more_has_been_done_than_ever():
    retries = Retries(Rules(patience=2))
    assert retries.spend()
    retries.progressed(5)
    assert [retries.spend() for _ in range(3)] == [True, True, False]
    retries.progressed(5)
    assert not retries.spend()
    retries.progressed(6)
    assert retries.spend()


def test_a_resynchronisation_is_one_try_and_there_are_so_many():
    retries = Retries(Rules(resynchronisations=2))
    for _ in range(2):
        assert retries.resynchronise()
        assert not retries.used_up
        retries.spend()
        assert retries.used_up
    retries.begin()
    assert not retries.resynchronise()
    retries.resynchronised()
    assert retries.resynchronise()


def test_a_beginning_renews_tries_and_patience():
    retries = Retries(Rules(tries=1, patience=1))
    retries.spend()
    retries.spend()
    retries.begin()
    assert not retries.used_up
    assert retries.spend()
