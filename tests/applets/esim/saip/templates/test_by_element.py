from applets.esim.saip.templates import BY_NUMBER, known, template
from applets.shared.file_system.tree import Kind
from tests.kits import golden

PREFIX = "2.23.143.1.2."


def row(number, identifier, name):
    (found,) = [one for one in template(number, PREFIX + identifier).rows if one.name == name]
    return found


def test_each_element_has_its_template():
    for number, kindred in BY_NUMBER.items():
        found = template(number, f"{PREFIX}{kindred.register}")
        assert found.rows, kindred.name
        names = [one.name for one in found.rows]
        assert len(set(names)) == len(names) or kindred.name == "telecom"


def test_a_template_belongs_to_one_element():
    assert known(PREFIX + "1")
    assert template(19, PREFIX + "3") is None
    for identifier in (PREFIX + "99", PREFIX + "4.77", "1.2.3", PREFIX + "1.2"):
        assert not known(identifier)


def test_versions_differ_in_some_rows():
    assert row(19, "4", "ef-ust").size == 14
    assert row(19, "4.2", "ef-ust").size == 17
    sizes = [row(28, "13" + v, "ef-5gs3gppnsc").size for v in ("", ".2", ".3", ".4")]
    assert sizes == [57, 57, 62, 62]
    defaults = [row(28, "13" + v, "ef-routing-indicator").default for v in (".2", ".3", ".4")]
    assert defaults == ["F0FFFFFF", "F0FFFFFF", "F0FF0000"]


def test_fields_are_in_the_order_of_their_module():
    """The component of a field follows from its place: those counted here end each type."""
    lengths = {kindred.name: len(template(n, f"{PREFIX}{kindred.register}").rows)
               for n, kindred in BY_NUMBER.items()}  # fmt: skip
    assert lengths == {
        "mf": 6, "cd": 3, "telecom": 46, "usim": 24, "opt-usim": 86, "isim": 7, "opt-isim": 14,
        "phonebook": 18, "gsm-access": 5, "csim": 35, "opt-csim": 67, "eap": 8, "df-5gs": 20,
        "df-saip": 2, "df-snpn": 2, "df-5gprose": 7, "iot": 22, "opt-iot": 26,
    }  # fmt: skip


def test_a_directory_stands_before_its_files():
    kinds = [one.kind for one in template(18, PREFIX + "3.2").rows]
    assert kinds[0] is Kind.DF
    assert kinds.count(Kind.DF) == 7


def test_every_value_is_that_of_its_source():
    """Spec: SAIP 2.3.1 to 3.3.1, annex A."""
    golden.check("profile_templates", golden.values(BY_NUMBER))
