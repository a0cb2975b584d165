from applets.esim.profiles import ALL_EVENTS, Event, Policy, Profile
from applets.esim.small_profile import EMPTY, profile

ONE = profile("8949000000000000018", "001010000000001")


def test_a_profile_is_read_back_from_its_value():
    one = profile("8949000000000000018", "001010000000001", policy=Policy.NO_DELETE, isim=True)
    assert Profile.from_value(one.to_value()) == one
    assert Profile.from_value(Profile(one.metadata, EMPTY).to_value()).subscription == EMPTY


def test_values_hold_no_enumerations():
    def plain(value: object) -> bool:
        if isinstance(value, tuple):
            return all(plain(item) for item in value)
        return type(value) in (int, bool, str, bytes, type(None))

    assert plain(profile("8949000000000000018", "001010000000001").to_value())


def test_an_event_is_a_bit_string_of_one_bit():
    assert sorted(event.bit_string.hex() for event in ALL_EVENTS) == [
        "0410",
        "0520",
        "0640",
        "0780",
    ]
    assert Event.INSTALL in ALL_EVENTS


def test_a_profile_of_version_0_1_0_is_read():
    about, (files, pins, aka, _), size, _ = ONE.to_value()
    assert Profile.from_value((about, files, pins, aka, size)) == ONE
