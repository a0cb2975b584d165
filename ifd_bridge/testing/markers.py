"""Markers that set the options of a fixture: `@pytest.mark.vcard_piv(pin="1234")`."""

from __future__ import annotations

from typing import Any

import pytest


def declare(config: pytest.Config, marker: str, what: str) -> None:
    """Tell pytest of a marker, and what it sets."""
    config.addinivalue_line("markers", f"{marker}(**options): {what}")


def options(node: pytest.Item, marker: str) -> dict[str, Any]:
    """Return the options of a test's marker, the closest one; none if it has no such marker."""
    found = node.get_closest_marker(marker)
    return dict(found.kwargs) if found else {}
