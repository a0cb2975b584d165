import pytest

from tests.kits.sim.terminal import Terminal, sim, terminal
from vcard import Memory

FILE = "82024121" + "83024F01" + "8A0105" + "8B032F0604" + "80020005" + "880158"
RECORDS = "82044221000A" + "83024F02" + "8A0105" + "8B032F0604" + "80020014" + "8800"
DIRECTORY = "82027821" + "83025F01" + "8A0105" + "8B032F0604"
APPLICATION = "82027821" + "83025F01" + "8406A000000001AA" + "8A0105" + "8B032F0604"


@pytest.fixture
def phone():
    return terminal().on().administer()


def template(body):
    return f"62{len(body) // 2:02X}{body}"


def created(phone, body):
    return phone.word("00E00000", template(body))


def resized(phone, body):
    return phone.word("80D40000", template(body))


def test_a_file_is_created_written_and_read_in_another_session():
    memory = Memory()
    phone = Terminal(sim(memory)).on().administer()
    assert created(phone, FILE) == "9000"
    assert phone.data("00B0000005") == "ff" * 5  # it is the current one
    assert phone.word("00D60000", "AABB") == "9000"
    later = Terminal(sim(memory)).on("4F01").administer()
    assert later.data("00B0000005") == "aabbffffff"
    assert later.data("00B08B0002") == "aabb"
    assert later.data("00A40004024F01") == template(FILE).lower()


def test_records_are_filled_with_a_pattern(phone):
    assert created(phone, RECORDS + "A504C202AABB") == "9000"
    assert phone.data("00B2010400") == "aabb" * 5
    phone.on()
    assert created(phone, FILE + "A503C10101") == "9000"
    assert phone.data("00B0000000") == "01" * 5


def test_a_directory_and_an_application_are_created(phone):
    assert created(phone, DIRECTORY) == "9000"
    assert created(phone, FILE) == "9000"
    assert phone.word("00A40804", "5F014F01") == "9000"
    phone.on()
    assert created(phone, APPLICATION) == "6A89"
    other = APPLICATION.replace("5F01", "5F02")
    assert created(phone, other) == "9000"
    assert phone.select("A000000001AA") == "9000"
    phone.on()
    assert created(phone, other.replace("5F02", "5F03")) == "6A8A"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("", "6A80"),
        (FILE.replace("4F01", "3F00"), "6A80"),  # reserved
        (FILE.replace("82024121", "82024021"), "6A80"),  # no such structure
        (FILE.replace("82024121", "820141"), "6A80"),
        (FILE.replace("80020005", "80020000"), "6A80"),
        (FILE.replace("880158", "8801FF"), "6A80"),
        (FILE.replace("880158", "8801F0"), "6A80"),  # that of EF.DIR
        (FILE.replace("8B03", "8503"), "6A80"),  # no access rule
        (FILE.replace("8A0105", "8A0109"), "6A80"),
        (RECORDS.replace("80020014", "80020015"), "6A80"),
        (FILE + "8406A00000000100", "6A80"),
        (FILE.replace("80020005", "8003010000"), "6A84"),
        (FILE, "9000"),
    ],
)
def test_a_template_that_describes_no_file_is_refused(phone, body, word):
    assert created(phone, body) == word
    assert phone.word("00E00000", "6F00") == phone.word("00E00000", "62") == "6A80"


def test_without_the_administrator_nothing_is_changed():
    phone = terminal().on()
    assert created(phone, FILE) == "6982"
    assert phone.word("00E40000", "2F05") == "6982"
    assert resized(phone, "83022F0580020003") == "6982"
    assert phone.words("00FE0000") == ["6982"]
    assert phone.word("00E80000", "2F05") == "6982"


def test_parameters_are_checked(phone):
    assert phone.word("00E00100", template(FILE)) == "6A86"
    assert phone.word("80D40002", template("83022F0580020003")) == "6A86"
    assert phone.words("00FE0001") == ["6A86"]
    assert phone.word("00E40100", "2F05") == "6A86"
    assert phone.word("00E40000", "2F") == "6700"


def test_files_are_deleted_with_what_is_in_them(phone):
    created(phone, DIRECTORY)
    created(phone, FILE)
    phone.on()
    assert phone.word("00E40000", "4F01") == "6A82"
    assert phone.word("00E40800", "5F014F01") == "9000"
    assert phone.words("80F2000000") == ["9000"]
    assert phone.word("00A40804", "5F014F01") == "6A82"
    assert phone.words("00A40004025F01", "00E40000") == ["9000"] * 2  # the current one
    assert phone.word("00A40004", "5F01") == "6A82"
    assert phone.on().words("00E40000") == ["6985"]  # the MF stays


def test_an_application_that_is_deleted_is_the_current_one_no_more(phone):
    created(phone, APPLICATION)
    phone.select("A000000001AA")
    phone.administer()
    assert phone.words("00E40000", "80F2000100") == ["9000", "6985"]
    assert phone.select("A000000001AA") == "6A82"


def test_another_channel_in_a_deleted_directory_goes_on_above_it(phone):
    created(phone, DIRECTORY)
    assert phone.words("01A40004023F00")[0] == "6881"
    phone.send("0070000001")
    assert phone.words("01A40004025F01", "01A40004024F01")[0] == "9000"
    created(phone, FILE)
    phone.words("01A40004023F00", "01A40004025F01", "01A40004024F01")
    assert phone.on().word("00E40000", "5F01") == "9000"
    assert phone.words("01B0000001", "81F2000000", "01A40004022FE2") == ["6986", "9000", "9000"]


def test_a_file_is_resized_at_its_end(phone):
    created(phone, RECORDS)
    phone.words("00DC01040A" + "11" * 10)
    phone.on()
    assert resized(phone, "83024F0280020028") == "9000"
    assert phone.data("00B2010400") == "11" * 10
    assert phone.data("00B2040400") == "ff" * 10
    phone.on()
    assert resized(phone, "83024F028002000A") == "9000"
    assert phone.words("00B2020400") == ["6A83"]
    phone.on()
    assert resized(phone, "83024F0280020005") == "6A80"
    assert resized(phone, "83024F0980020005") == "6A82"
    assert resized(phone, "83024F0280020000") == "6A80"
    assert resized(phone, "83027F1080020005") == "6981"


def test_a_file_of_objects_has_a_limit_that_is_changed(phone):
    described = "82027921" + "83024F03" + "A503860120" + "8B032F0604"
    assert created(phone, described) == "9000"
    assert phone.words("80DB008003810111") == ["9000"]
    phone.on()
    assert resized(phone, "83024F03A503860103") == "9000"
    assert phone.words("80DB008003820111") == ["6A84"]
    phone.on()
    assert resized(phone, "83024F03") == "6A80"


def test_what_is_terminated_can_only_be_deleted(phone):
    created(phone, DIRECTORY)
    created(phone, FILE)
    assert phone.word("00E60000") == "6981"  # an EF
    assert phone.words("00E80000") == ["9000"]
    assert phone.words("00B0000005", "00D6000001AA", "00440000", "00040000") == ["6985"] * 4
    assert phone.words("00A40004024F01", "00A4000C024F01") == ["6285"] * 2
    assert phone.data("00A40004025F01")
    assert phone.words("00E60000") == ["9000"]
    assert phone.words("00A40004025F01") == ["6285"]
    assert created(phone, RECORDS) == "6985"
    assert phone.on().word("00E40000", "5F01") == "9000"


def test_a_terminated_card_says_so_for_ever():
    memory = Memory()
    phone = Terminal(sim(memory)).on().administer()
    assert phone.words("00FE0000") == ["9000"]
    later = Terminal(sim(memory))
    assert later.words("00A40004023F00", "00B0000001", "80F2000000") == ["6285", "6985", "6985"]


def test_a_file_is_deactivated_by_its_name(phone):
    assert phone.word("00040000", "2F05") == "9000"
    assert "8a0104" in phone.data("00A40004022F05")
    assert phone.words("00B0000002") == ["6984"]
    assert phone.word("00440800", "2F05") == "9000"
    assert "8a0105" in phone.data("00A40004022F05")
    assert phone.word("00440000", "4F99") == "6A82"


def test_a_file_can_begin_deactivated(phone):
    created(phone, FILE.replace("8A0105", "8A0104"))
    assert phone.words("00B0000005", "00440000", "00B0000005") == ["6984", "9000", "9000"]


def test_the_largest_sizes_and_no_larger_ones_have_room(phone):
    for size, word in (("0FFF", "9000"), ("00FFFF", "9000"), ("010000", "6A84")):
        body = FILE.replace("80020005", f"80{len(size) // 2:02X}{size}")
        assert created(phone, body) == word
        if word == "9000":
            phone.on()
            assert phone.word("00E40000", "4F01") == "9000"
    for limit, word in (("00FFFF", "9000"), ("010000", "6A84")):
        described = "82027921" + "83024F03" + f"A5058603{limit}" + "8B032F0604"
        assert created(phone, described) == word
        phone.on()


def test_where_a_file_is_deleted_its_directory_is_the_current_one(phone):
    assert created(phone, DIRECTORY) == "9000"
    assert created(phone, DIRECTORY.replace("5F01", "5F02")) == "9000"
    assert created(phone, FILE) == "9000"
    phone.on()
    assert phone.word("00A40804", "5F015F02") == "9000"
    assert phone.word("00E40000", "4F01") == "9000"
    assert created(phone, FILE) == "9000"
    phone.on()
    assert phone.word("00A40804", "5F015F024F01") == "9000"
    assert phone.word("00E40000") == "9000"
    assert created(phone, FILE) == "9000"
    phone.on()
    assert phone.word("00A40804", "5F015F024F01") == "9000"
