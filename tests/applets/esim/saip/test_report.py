from applets.esim.saip.report import Report
from applets.esim.saip.status import Status
from tests.kits.esim.raw_package import element, read_one
from vcard import tlv


def test_components_that_are_unknown_are_warnings_with_their_place():
    report = Report()
    one = read_one(element(1, tlv(0x99, b"x")))
    report.unknown(one, one.components())
    (found,) = report
    assert (found.status, found.element, found.offset) == (Status.INVALID_PARAMETER, 7, 9)
    assert str(found).startswith("genericFileManagement 7, offset 9: component 99 is not known")
