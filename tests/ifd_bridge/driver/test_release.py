from __future__ import annotations

import pytest

from ifd_bridge.driver.release import DISTRIBUTIONS, FIRST, TODAY, Release


def test_releases_are_ordered_as_numbers() -> None:
    assert Release.parse("1.10.0") > Release.parse("1.8.4") > FIRST
    assert str(Release.parse("1.5.2")) == "1.5.2"


def test_today_is_a_distribution_that_exists() -> None:
    assert TODAY in DISTRIBUTIONS.values()


@pytest.mark.parametrize("text", ["", "1.5", "1.5.2.1", "one", "1.5.2\n"])
def test_what_is_no_release_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="as is a release of libccid such as"):
        Release.parse(text)
