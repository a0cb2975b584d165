"""The pages that are tables of the code: readers, cards, faults, statuses, environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from applets import catalogue
from applets.fido2.codes import MEANINGS, Status
from applets.fido2.hid_packets import Error
from ifd_bridge.cli.catalogue import KEPT
from ifd_bridge.cli.exit_status import STATUSES
from ifd_bridge.system.environment import VARIABLES
from ifd_bridge.worlds import offered
from readers import fault_text as reader_faults
from vcard.doubles import fault_text
from vcard.doubles.trigger import Trigger


def row(*cells: object) -> str:
    """Join cells to a row of a Markdown table."""
    return (
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    )


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Give the lines of a Markdown table."""
    names = list(head)
    yield row(*names)
    yield "|" + "---|" * len(names)
    yield from (row(*cells) for cells in rows)


def readers() -> Iterator[str]:
    """Every reader model."""
    yield "# Readers\n"
    yield (
        "What `--reader MODEL` and `readers.models` have. `vcard models --describe MODEL` shows"
        " every field of a model; [A reader of your own](../how-to/readers.md) says how to make"
        " another.\n"
    )
    head = ("Model", "Name in PC/SC", "USB id", "Exchange level", "Slots", "PIN pad", "Display")
    yield from table(
        head,
        (
            (
                f"`{one['model']}`", one["name"], one["usb_id"], one["level"], one["slots"],
                "yes" if one["pin_pad"] else "", "yes" if one["display"] else "",
            )
            for one in offered.models()
        ),
    )  # fmt: skip


def cards() -> Iterator[str]:
    """Every built-in card with its options."""
    yield "# Cards\n"
    yield "What `--card NAME?option=value&option=value` has. `vcard cards NAME` shows the same.\n"
    for kind in catalogue.kinds():
        yield f"## {kind.name}\n"
        yield f"{kind.help}\n"
        if kind.extra:
            yield f"Needs `pip install 'vcard-emulator[{kind.extra}]'`.\n"
        options = [option.described() for option in kind.options]
        if options:
            yield from table(
                ("Option", "What it is", "Values", "Default", "Example"),
                (
                    (
                        f"`{one['name']}`", one["help"], one["allowed"] or "",
                        f"`{one['default']}`" if one["default"] else "",
                        f"`{kind.name}?{one['example']}`" if one["example"] else "",
                    )
                    for one in options
                ),
            )  # fmt: skip
            yield ""
    yield "## Options of every card\n"
    shared = ((f"`{one.name}`", one.help) for one in (catalogue.ATR, catalogue.WITH))
    yield from table(
        ("Option", "What it is"), (*shared, *((f"`{name}`", text) for name, text in KEPT))
    )


def faults() -> Iterator[str]:
    """The language of faults."""
    yield "# Faults\n"
    yield (
        "What `--fault TEXT` takes, and the methods of `vcard.doubles.Faults` behind it."
        " [Rehearse faults](../how-to/faults.md) shows them at work.\n"
    )
    yield "## Of a card\n"
    yield _language(fault_text.__doc__)
    rows = [("a command", fault_text._EFFECTS), *fault_text._ALLOWED.items()]
    head = ("Effect", "At", "What happens")
    at: dict[str, list[str]] = {}
    for occasion, effects in rows:
        for name in effects:
            at.setdefault(name, []).append(occasion)
    yield from table(head, ((f"`{name}`", ", ".join(at[name]), _effect(name)) for name in at))
    yield "\n## Of a reader\n"
    yield _language(reader_faults.__doc__)


def _effect(name: str) -> str:
    same = {"raw": "answer", "refuse": "mute"}.get(name, name)
    return _summary(getattr(Trigger, same))


def _language(text: str | None) -> str:
    """The lines of a docstring's language, as a block."""
    lines = (text or "").strip().splitlines()[1:]
    shown = [line.removeprefix("    ") for line in lines if "  " in line.strip()]
    return "```text\n" + "\n".join(shown) + "\n```\n"


def exit_statuses() -> Iterator[str]:
    """Every exit status."""
    yield "# Exit statuses\n"
    yield from table(
        ("Status", "Of", "What it says"), ((f"`{s.code}`", s.of, s.text) for s in STATUSES)
    )


def environment() -> Iterator[str]:
    """Every environment variable."""
    yield "# Environment variables\n"
    for title, yours in (("Yours to set", True), ("Set by vcard for its own processes", False)):
        yield f"## {title}\n"
        yield from table(
            ("Variable", "What it says"),
            ((f"`{one.name}`", one.text) for one in VARIABLES if one.yours is yours),
        )
        yield ""


def fido_statuses() -> Iterator[str]:
    """Every status of CTAP2 and every error of CTAPHID."""
    yield "# FIDO statuses\n"
    yield (
        "What the first byte of a CTAP2 answer says here; [Rehearse what goes wrong with a token]"
        "(../how-to/tokens.md#fido) shows how to have the usual ones.\n"
    )
    rows = ((f"`{one:02X}`", f"`{one.name}`", MEANINGS[one]) for one in Status)
    yield from table(("Status", "Name", "What it says"), rows)
    yield "\n## Errors of CTAPHID\n"
    yield from table(("Error", "Name"), ((f"`{one:02X}`", f"`{one.name}`") for one in Error))


def _summary(function: object) -> str:
    return (function.__doc__ or "").strip().partition("\n\n")[0].replace("\n", " ")


PAGES = {
    "reference/readers.md": readers,
    "reference/cards.md": cards,
    "reference/faults.md": faults,
    "reference/exit-statuses.md": exit_statuses,
    "reference/environment.md": environment,
    "reference/fido-statuses.md": fido_statuses,
}
"""Where each table stands on the site."""
