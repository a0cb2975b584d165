import pytest

from tests.kits.sim.terminal import PIN, USIM, terminal

SUSPEND = "8076000004" + "0101" + "0203" + "00"


@pytest.fixture
def phone():
    one = terminal(pin_enabled="")
    one.select(USIM)
    one.words("00A40004026F07")
    assert one.word("00200001", PIN) == "9000"
    return one


def suspended(phone):
    answer = phone.data(SUSPEND)
    assert (answer[:4], len(answer)) == ("0203", 20)
    return answer[4:]


def test_a_card_goes_on_where_it_was(phone):
    token = suspended(phone)
    assert phone.words("00B0000009", "80F2000000") == ["6985", "6985"]
    phone.card.power_up()
    assert phone.words("8076010008" + token, "00B0000009", "80F2000100") == ["9000"] * 3
    assert phone.words("8076010008" + token) == ["6985"]


def test_a_wrong_token_ends_it(phone):
    token = suspended(phone)
    phone.card.power_up()
    assert phone.words("8076010008" + "00" * 8, "8076010008" + token) == ["6985"] * 2
    assert phone.words("00B0000009") == ["6986"]


@pytest.mark.parametrize("command", ["80F2000000", "00A4040007" + USIM, "0070000001"])
def test_another_command_first_ends_it(phone, command):
    token = suspended(phone)
    phone.card.power_up()
    phone.send(command)
    expected = "9000" if command.startswith("0070") else "6985"  # that one is the card's own
    assert phone.words("8076010008" + token) == [expected]


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("807600000101", "6700"), ("8076000004" + "05010502", "6A80"),
        ("8076000004" + "02010101", "6A80"), ("80760100020000", "6700"),
        ("8076020000", "6A86"), ("8076000100", "6A86"), ("8076010008" + "00" * 8, "6985"),
    ],
)  # fmt: skip
def test_what_is_no_suspension_is_refused(phone, command, word):
    assert phone.words(command) == [word]


def test_only_the_basic_channel_is_suspended(phone):
    phone.send("0070000001")
    assert phone.words("8176000004" + "01010203") == ["6985"]


def test_a_pin_that_was_not_verified_stays_so():
    phone = terminal(pin_enabled="").on("2FE2")
    token = suspended(phone)
    phone.card.power_up()
    assert phone.words("8076010008" + token, "00B000000A") == ["9000", "9000"]
    phone.select(USIM)
    assert phone.words("00A40004026F07", "00B0000009") == ["9000", "6982"]
