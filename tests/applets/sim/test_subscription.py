from applets.sim.small_usim import small_subscription
from applets.sim.subscription import Subscription, SubscriptionFiles
from applets.sim.usim import Sequence
from vcard import Memory

ONE = small_subscription("8949000000000000018", "001010000000001", isim=True)


def test_a_subscription_is_read_back_from_its_value():
    assert Subscription.from_value(ONE.to_value()) == ONE
    assert Subscription.from_value(Subscription().to_value()) == Subscription()


def test_sequence_numbers_are_kept_in_the_memory():
    memory = Memory()
    files = SubscriptionFiles(ONE, memory.section("x"))
    assert files.sequence().number == 0
    files.use_up((), Sequence().accept(32))
    assert SubscriptionFiles(ONE, memory.section("x")).sequence().number == 32


def test_files_without_secrets_have_sequence_numbers_of_zero():
    assert SubscriptionFiles(Subscription(), Memory().section("x")).sequence() == Sequence()


def test_all_secrets_are_told_together():
    one = small_subscription("8949000000000000018", "001010000000001", isim=True, isim_k=b"1" * 16)
    assert [aka.k for aka in one.secrets] == [one.aka.k, b"1" * 16]
    assert Subscription().secrets == ()
