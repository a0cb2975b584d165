from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import plugging, vcard

asked: list[tuple[str, dict[str, Any]]] = []


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    def do(verb: str, **arguments: Any) -> object:
        asked.append((verb, {k: v for k, v in arguments.items() if v is not None}))
        return [len(asked)]

    asked.clear()
    monkeypatch.setattr(plugging, "do", do)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("plug -r 1", [("plug", {"reader": "1"})]),
        ("unplug", [("unplug", {})]),
        ("remove", [("remove", {})]),
        ("remove --reader pin --no-wait", [("remove", {"reader": "pin", "wait": False})]),
        ("add", [("add", {"reader": "plain", "cards": []})]),
        ("add -r pinpad -c hello", [("add", {"reader": "pinpad", "cards": ["hello"]})]),
        ("add -c yubikey", [("add", {"reader": "yubikey", "cards": ["yubikey"]})]),
        (
            "add --fault reader:silent --fault ins=20:mute --seed 3 -c hello",
            [
                (
                    "add",
                    {
                        "reader": "plain",
                        "cards": ["hello"],
                        "faults": ("reader:silent", "ins=20:mute"),
                        "seed": 3,
                    },
                )
            ],
        ),
        ("fault", [("fault", {"faults": ()})]),
        (
            "fault -r pin --seed 2 usb:reset control:error",
            [("fault", {"faults": ("usb:reset", "control:error"), "reader": "pin", "seed": 2})],
        ),
        (
            "add --no-wait -r two-slot -r plain -c hello",
            [
                ("add", {"reader": "two-slot", "cards": [], "wait": False}),
                ("add", {"reader": "plain", "cards": ["hello"], "wait": False}),
            ],
        ),
    ],
)
def test_a_command_is_a_verb_of_the_world(
    args: str, expected: list[tuple[str, dict[str, Any]]]
) -> None:
    shown = CliRunner().invoke(vcard, args.split())
    assert shown.exit_code == 0, shown.output
    assert asked == expected


def test_the_number_of_what_was_added_is_told() -> None:
    shown = CliRunner().invoke(vcard, ["add", "--reader", "pinpad"])
    assert shown.output == "reader 1: pinpad\n"
