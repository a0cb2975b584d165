from applets.esim import Euicc
from applets.esim.cards import demo_profiles
from applets.esim.core import Config
from applets.sim.digits import unswapped


def test_free_memory_is_what_profiles_leave_and_never_less_than_nothing():
    profiles = demo_profiles()
    empty = Euicc(()).core
    assert empty.free_memory == empty.config.memory
    full = Euicc(profiles).core
    assert full.free_memory == full.config.memory - full.inventory.used
    assert Euicc(profiles, config=Config(memory=1)).core.free_memory == 0


def test_what_happened_is_told_with_the_digits_of_the_profile():
    told = []
    core = Euicc(demo_profiles(), listener=lambda *event: told.append(event)).core
    entry = next(iter(core.inventory))
    core.happened("enabled", entry)
    assert told[-1] == ("enabled", unswapped(entry.iccid))
