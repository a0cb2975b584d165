from __future__ import annotations

import pytest

from ifd_bridge.driver.options import DISTRIBUTIONS, FIRST, TODAY, DriverOptions, Release


def test_the_number_is_that_of_the_genuine_driver() -> None:
    cases = [
        (0x00, DriverOptions()),
        (0x01, DriverOptions(escape=True)),
        (0x10, DriverOptions(voltage=2)),
        (0x20, DriverOptions(voltage=3)),
        (0x31, DriverOptions(escape=True, voltage=0)),
        (0x04, DriverOptions(bogus_firmware=True)),
        (0x46, DriverOptions(further=0x42, bogus_firmware=True)),
    ]
    for number, options in cases:
        assert DriverOptions.parse(number) == options
        assert int(options) == number


def test_every_number_comes_back() -> None:
    assert all(int(DriverOptions.parse(number)) == number for number in range(0x10000))


def test_a_line_of_text_changes_what_it_names() -> None:
    german = DriverOptions(language="de")
    assert german.changed({}) == german
    assert german.changed({"ifdDriverOptions": "0x0001"}) == DriverOptions(True, language="de")
    assert german.changed({"ifdDriverOptions": "16", "language": "fr"}) == DriverOptions(
        voltage=2, language="fr"
    )
    newer = german.changed({"as": "1.8.4", "ifdDriverOptions": "4"})
    assert newer == DriverOptions(
        language="de", bogus_firmware=True, release=Release.parse("1.8.4")
    )


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({"escape": ""}, "ifdDriverOptions, language and as, no option 'escape'"),
        ({"ifdDriverOptions": "yes"}, "such as 0x0001, not 'yes'"),
        ({"ifdDriverOptions": "0x10000"}, "0..0xFFFF"),
        ({"as": "sid"}, r"such as 1.5.2 \(Debian 12\), .*, not 'sid'"),
        ({"as": "1.4.0"}, "begin with libccid 1.5.2"),
    ],
)
def test_what_is_no_option_is_refused(texts: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        DriverOptions().changed(texts)


def test_releases_are_ordered_as_numbers() -> None:
    assert Release.parse("1.10.0") > Release.parse("1.8.4") > FIRST
    assert str(Release.parse("1.5.2")) == "1.5.2"


def test_today_is_a_distribution_that_exists() -> None:
    assert TODAY in DISTRIBUTIONS.values()


@pytest.mark.parametrize("text", ["", "1.5", "1.5.2.1", "one", "1.5.2\n"])
def test_what_is_no_release_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="as is a release of libccid such as"):
        Release.parse(text)
