"""The default days of validity of certificates: cards have no clock."""

from __future__ import annotations

from datetime import UTC, datetime

FIRST_DAY, LAST_DAY = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
