from applets.esim.services import PROVIDED, Service, missing
from tests.kits import golden


def test_names_of_a_package_are_compared_with_what_there_is():
    assert missing(["usim", "isim", "milenage", "ber-tlv"]) == []
    assert missing(["mbms", "usim-test-algorithm", "multos"]) == ["mbms", "multos"]
    assert missing(["never-heard-of"]) == ["never-heard-of"]
    assert missing(["usim"], frozenset()) == ["usim"]


def test_nothing_is_claimed_that_the_code_does_not_have():
    absent = {Service.CAVE, Service.MBMS, Service.EAP, Service.JAVACARD}
    assert not PROVIDED & absent


def test_each_service_has_its_bit():
    """Spec: SGP.22 3.1, UICCCapability."""
    golden.check("euicc_services", (f"{one.value} {one.name} {one in PROVIDED}" for one in Service))
