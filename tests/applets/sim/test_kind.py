import inspect

from applets.sim.kind import FROM, KIND, PROFILE, SETTINGS
from applets.sim.small_usim import small_subscription


class Disk:
    """Files that say their names."""

    def text(self, path):
        return f"[{path}]"


def test_a_profile_is_read_as_text():
    assert PROFILE.read("own.toml", Disk()) == {"profile": "[own.toml]"}


def test_a_dump_is_read_as_text():
    assert FROM.read("card.json", Disk()) == {"from": "[card.json]"}


def test_every_fact_of_a_subscription_is_an_option():
    facts = set(inspect.signature(small_subscription).parameters) - {"file"}
    assert {option.name for option in SETTINGS} == facts


def test_the_applications_of_3gpp_have_names():
    assert KIND.names.aids[bytes.fromhex("A0000000871002")] == "USIM"
