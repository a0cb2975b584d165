import pytest

from applets.piv import Algorithm, Slot
from applets.piv.algorithms import SCHEMES
from applets.piv.kind import CA, KIND, SLOTS
from vcard.secret import without_pin


def test_an_option_for_each_slot_takes_every_algorithm_of_key_pairs():
    for slot, option in SLOTS.items():
        for algorithm in SCHEMES:
            assert option.of({option.name: algorithm.name}) is algorithm
        assert f"{slot:02X}" in option.help
    assert SLOTS[Slot.SIGNATURE].of({"signature": "rsa-1024"}) is Algorithm.RSA_1024


@pytest.mark.parametrize(
    ("command", "hidden"),
    [
        ("00FE119A040602ABCD", "00FE119A04" + "2A" * 4),
        ("10FE079A040602ABCD", "10FE079A04" + "2A" * 4),
        ("00FE0700040602ABCD", "00FE0700040602ABCD"),
        ("00FE039A040602ABCD", "00FE039A040602ABCD"),
        ("00FFFFFF05089B02ABCD", "00FFFFFF05" + "2A" * 5),
        ("00FFFFFF05089C02ABCD", "00FFFFFF05089C02ABCD"),
        ("00FF00FF05089B02ABCD", "00FF00FF05089B02ABCD"),
        ("00FFFF0005089B02ABCD", "00FFFF0005089B02ABCD"),
    ],
)
def test_keys_on_their_way_to_the_card_are_secret(command, hidden):
    assert without_pin(bytes.fromhex(command), KIND.secrets) == bytes.fromhex(hidden)


class Disk(dict):
    """Files in a dictionary; the private ones are remembered."""

    private = ()

    def text(self, path):
        if path not in self:
            raise ValueError(f"{path}: No such file")
        return self[path].decode()

    def exists(self, path):
        return path in self

    def create(self, path, content, *, private=False):
        self[path] = content
        self.private = (*self.private, *([path] if private else []))


def test_a_ca_is_made_where_there_is_none_and_read_where_there_is():
    disk = Disk()
    first = CA.read("here", disk)
    assert set(disk) == {"here/ca.pem", "here/ca.key"}
    assert disk.private == ("here/ca.key",)
    assert first == CA.read("here", disk)
    assert first["ca-certificate"] == disk.text("here/ca.pem")


def test_half_a_ca_is_not_made_whole():
    with pytest.raises(ValueError, match=r"ca\.key: No such file"):
        CA.read("here", Disk({"here/ca.pem": b"mine"}))
