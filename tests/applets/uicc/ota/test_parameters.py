from hypothesis import given
from hypothesis import strategies as st

from applets.uicc.ota.parameters import Check, CounterRule, KeyChoice, Receipt, Spi


@given(st.binary(min_size=2, max_size=2))
def test_every_security_parameter_indicator_is_read_and_written(raw):
    first, second = raw[0] & 0x1F, raw[1] & 0x3F
    if second & 3 == 3:
        return  # reserved
    assert bytes(Spi.parse(bytes((first, second)))) == bytes((first, second))


def test_a_byte_names_keys_and_algorithm():
    assert int(KeyChoice.parse(0x35)) == 0x35
    assert KeyChoice.parse(0x35) == KeyChoice(3, 5)


def test_protection_is_compared_part_by_part():
    assert Spi().suffices(0x12)
    assert Spi().suffices(0x16)
    assert not Spi(check=Check.REDUNDANCY).suffices(0x02)
    assert not Spi(ciphered=False).suffices(0x04)
    assert not Spi(counter=CounterRule.NOT_CHECKED).suffices(0x10)
    assert Spi(receipt=Receipt.NEVER).suffices(0)
