from applets.yubikey.codes import BUILT, Capability


def test_everything_is_built():
    assert set(Capability) == set(BUILT)
