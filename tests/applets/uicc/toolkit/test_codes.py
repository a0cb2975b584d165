from applets.uicc.toolkit.codes import ENVELOPES, Kind


def test_names_are_those_of_the_specification():
    assert Kind.SET_UP_MENU.words == "SET UP MENU"
    assert ENVELOPES[0xD3] == "menu selection"
