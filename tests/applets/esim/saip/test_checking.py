from applets.esim.saip import Status, check, installs
from tests.kits.esim.package import package, with_elements
from tests.kits.esim.raw_package import element, file, managed


def statuses(raw: bytes, **options: int):
    return [one.status for one in check(raw, **options)]


def test_a_card_holds_what_it_can():
    assert statuses(package()) == []
    assert installs(package())


def test_all_that_is_left_out_or_refused_is_told_at_once():
    raw = with_elements(element(40), element(41, mandated=False))
    assert statuses(raw) == [Status.PE_NOT_SUPPORTED] * 2
    assert not installs(raw)
    assert installs(with_elements(element(41, mandated=False)))


def test_what_does_not_fit_is_told_beside_what_is_missing():
    raw = with_elements(element(40), managed(file(0x2F40, size=60000)))
    assert statuses(raw, room=50000) == [Status.PE_NOT_SUPPORTED, Status.NOT_ENOUGH_MEMORY]
    assert not installs(raw, room=50000)


def test_what_is_wrong_is_told_alone():
    assert statuses(with_elements(managed(file(0x2FE2)))) == [Status.BAD_VALUES]
    assert statuses(b"") == [Status.INVALID_REQUEST_FORMAT]
