"""The order of the site's pages: by folder, the named ones first, then the others by their names.

A page that is new needs no entry here. One directly in docs/ counts as a how-to page.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

SECTIONS = {
    "tutorials": "Tutorials",
    "how-to": "How to",
    "reference": "Reference",
    "explanation": "Explanation",
}
"""The folders in their order, and their titles."""

FIRST = (
    "tutorials/first-card.md",
    "tutorials/first-pin-pad.md",
    "tutorials/first-test.md",
    "tutorials/esim.md",
    "tutorials/token.md",
    "how-to/ci.md",
    "how-to/containers.md",
    "how-to/pytest.md",
    "how-to/cards.md",
    "how-to/coming-from.md",
    "how-to/faults.md",
    "how-to/record-and-replay.md",
    "reference/command-line.md",
    "reference/readers.md",
    "reference/cards.md",
    "reference/faults.md",
    "reference/exit-statuses.md",
    "reference/environment.md",
    "reference/api/index.md",
    "explanation/how-it-works.md",
    "explanation/oracle.md",
    "explanation/limits.md",
)
"""The pages that come first in their sections."""

Entry = str | dict[str, "str | list[Entry]"]


def navigation(pages: Iterable[str]) -> list[Entry]:
    """Put pages (paths below docs/) into the order of the site, in MkDocs' form."""
    known = sorted(pages, key=_rank)
    nav: list[Entry] = ["index.md"]
    for folder, title in SECTIONS.items():
        inside: list[Entry] = [
            one for one in known if _section(one) == folder and "/api/" not in one
        ]
        programming: list[Entry] = [
            one for one in known if _section(one) == folder and "/api/" in one
        ]
        if programming:
            inside.append({"Python": programming})
        nav.append({title: inside})
    return nav


def _rank(page: str) -> tuple[int, str]:
    return (FIRST.index(page) if page in FIRST else len(FIRST), page)


def _section(page: str) -> str:
    parts = PurePosixPath(page).parts
    if page == "index.md":
        return ""
    return parts[0] if len(parts) > 1 else "how-to"
