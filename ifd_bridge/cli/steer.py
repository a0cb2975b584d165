"""The commands that steer a running world, through its control socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ifd_bridge.control import rendezvous
from ifd_bridge.control.client import ANSWER_TIMEOUT_S, VARIABLE, Control

reader_option = click.option(
    "-r", "--reader", metavar="N|NAME", help="Which reader: its number, or a part of its name."
)
slot_option = click.option("-s", "--slot", default=0, help="Which slot of it. Default: 0.")


def do(verb: str, *, timeout_s: float = ANSWER_TIMEOUT_S, **arguments: Any) -> Any:
    """Let the world that is meant do something; arguments that are None are left out."""
    given = {key: value for key, value in arguments.items() if value is not None}
    with Control(rendezvous.find(), timeout_s) as control:
        return control.do(verb, **given)


def _in_a_slot(command: Callable[..., None]) -> Callable[..., None]:
    return reader_option(slot_option(command))


@click.command("list")
@click.option("--export", is_flag=True, help="Print the line that makes a shell use this world.")
def list_command(*, export: bool) -> None:
    """Show the readers of the world, and what is in them.

    \b
    Examples:
      vcard list
      eval "$(vcard list --export)"
    """
    if export:
        control = rendezvous.find()
        click.echo(
            f"export PCSCLITE_CSOCK_NAME={control.parent / 'pcscd.comm'} {VARIABLE}={control}"
        )
        return
    for reader in do("list"):
        if not reader["plugged"]:
            click.echo(f"{reader['reader']} {reader['name']}: unplugged")
            continue
        keypad = " (keypad)" if reader["keypad"] else ""
        for slot in reader["slots"]:
            place = (
                f"{reader['reader']}/{slot['slot']}"
                if len(reader["slots"]) > 1
                else reader["reader"]
            )
            inside = slot["card"] if slot["inserted"] else "empty"
            if slot.get("touch"):
                inside += " (wants a touch)"
            if not slot["inserted"] and slot["card"]:
                inside = f"empty ({slot['card']} is out)"
            click.echo(f"{place} {reader['name']}{keypad}: {inside}{_usb_host(reader)}")


def _usb_host(reader: dict[str, Any]) -> str:
    """Who has a reader that is a USB device of a host elsewhere."""
    if "host" not in reader:
        return ""
    state, by = reader["host"]["state"], reader["host"]["by"]
    return f" [{state} by {by}]" if by else f" [{state} for a USB host]"


@click.command("insert")
@click.argument("card", metavar="[SPEC]", required=False)
@_in_a_slot
def insert_command(card: str | None, reader: str | None, slot: int) -> None:
    """Put a card in: the one SPEC names, or the one that was there before.

    \b
    Examples:
      vcard insert
      vcard insert --reader 1 mycards.py:card
    """
    do("insert", card=card, reader=reader, slot=slot)


@click.command("eject")
@_in_a_slot
def eject_command(reader: str | None, slot: int) -> None:
    """Take the card out.

    \b
    Examples:
      vcard eject
      vcard eject --reader pinpad
    """
    do("eject", reader=reader, slot=slot)


@click.command("swap")
@click.argument("card", metavar="[SPEC]", required=False)
@_in_a_slot
def swap_command(card: str | None, reader: str | None, slot: int) -> None:
    """Take the card out and put another in (or the same), at once.

    \b
    Examples:
      vcard swap pin-dump
      vcard swap
    """
    do("swap", card=card, reader=reader, slot=slot)


@click.command("press")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@reader_option
def press_command(keys: tuple[str, ...], reader: str | None) -> None:
    """Press keys: 0 to 9, OK, CANCEL, CLEAR.

    Keys that come before the PIN entry wait for it. The first reader with a keypad is meant.

    \b
    Examples:
      vcard press 1 2 3 4 OK
      vcard press --reader 1 CANCEL
    """
    do("press", keys=keys, reader=reader)


@click.command("pin")
@click.argument("pin")
@reader_option
def pin_command(pin: str, reader: str | None) -> None:
    """Type PIN and OK, in the PIN entry under way or the next one.

    \b
    Example:
      vcard pin 12345678
    """
    do("pin", pin=pin, reader=reader)


@click.command("touch")
@click.option("-w", "--wait", is_flag=True, help="Wait until the card asks for a touch.")
@click.option("--timeout", "seconds", default=60.0, help="How many seconds to wait. Default: 60.")
@_in_a_slot
def touch_command(*, wait: bool, seconds: float, reader: str | None, slot: int) -> None:
    """Touch a card's button: a security key's, say.

    A touch that comes before the card asks waits for it. The first card with a button is meant.

    \b
    Examples:
      vcard touch
      vcard touch --wait
      vcard touch --reader 1 --wait --timeout 5
    """
    if wait:
        late = seconds + ANSWER_TIMEOUT_S
        do("touch", timeout_s=late, wait=True, seconds=seconds, reader=reader, slot=slot)
    else:
        do("touch", reader=reader, slot=slot)


@click.command("plug")
@reader_option
def plug_command(reader: str | None) -> None:
    """Plug in a reader that was unplugged.

    \b
    Example:
      vcard plug --reader 0
    """
    do("plug", reader=reader)


@click.command("unplug")
@reader_option
def unplug_command(reader: str | None) -> None:
    """Unplug a reader.

    \b
    Example:
      vcard unplug --reader 0
    """
    do("unplug", reader=reader)
