"""The commands that steer a running world, through its control socket."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

from ifd_bridge.control.client import ANSWER_TIMEOUT_S, MAX_WAIT_S, VARIABLE

from ..pcscd.reader_states import IGNORE
from . import option_values
from .steering import SteeringCommand, do, meant


def _slot(context: click.Context, _: click.Parameter, slot: int | None) -> int:
    """The slot that is named, also by a reader's `0/1` as `list` prints it."""
    listed = _AS_LISTED.fullmatch(context.params.get("reader") or "")
    if listed and slot not in (None, int(listed[1])):
        raise click.BadParameter(f"the reader {listed[0]} is another slot than {slot}")
    return int(listed[1]) if listed else slot or 0


_AS_LISTED = re.compile(r"\d+/(\d+)")
SECONDS = click.FloatRange(0, MAX_WAIT_S)
reader_option = click.option(
    "-r",
    "--reader",
    metavar="N|NAME",
    is_eager=True,  # the slot looks at it
    help="Which reader: its number, or a part of its name.",
)
slot_option = click.option(
    "-s", "--slot", type=int, callback=_slot, help="Which slot of it. Default: 0."
)


def no_wait(command: Callable[..., None]) -> Callable[..., None]:
    """Add --no-wait; the command gets `wait`, which is False with it and else None."""
    return click.option(
        "--no-wait",
        "wait",
        flag_value=False,
        type=bool,
        default=None,
        help="Return at once; else when pcscd has seen it, at most 10 s later.",
    )(command)


def _in_a_slot(command: Callable[..., None]) -> Callable[..., None]:
    return reader_option(slot_option(command))


@click.command("list", cls=SteeringCommand)
@click.option("--export", is_flag=True, help="Print the line that makes a shell use this world.")
def list_command(*, export: bool) -> None:
    """Show the readers of the world, and what is in them.

    \b
    Examples:
      vcard list
      eval "$(vcard list --export)"
    """
    if export:
        control = meant()
        click.echo(
            f"export PCSCLITE_CSOCK_NAME={control.parent / 'pcscd.comm'} {VARIABLE}={control}"
        )
        return
    readers = do("list")
    if (state := do("service", action="status")) != "running":
        raise click.ClickException(f"{state}; `vcard service start` starts it again")
    for reader in readers:
        if not reader["plugged"]:
            click.echo(f"{reader['reader']} {reader['name']}: unplugged")
            continue
        if reader.get("hidden"):
            click.echo(f"{reader['reader']} {reader['name']}: hidden from programs by {IGNORE}")
            continue
        keypad = " (keypad)" if reader["keypad"] else ""
        for slot in reader["slots"]:
            place = (
                f"{reader['reader']}/{slot['slot']}"
                if len(reader["slots"]) > 1
                else reader["reader"]
            )
            inside = slot["card"] if slot["inserted"] else "empty"
            if slot.get("connected") is False:
                inside += " (nobody is connected)"
            if slot.get("touch"):
                inside += " (wants a touch)"
            if not slot["inserted"] and slot["card"]:
                inside = f"empty ({slot['card']} is out)"
            click.echo(f"{place} {reader['name']}{keypad}: {inside}{_usb_host(reader)}")


def _usb_host(reader: dict[str, Any]) -> str:
    """Return which host elsewhere has a reader as a USB device."""
    if "host" not in reader:
        return ""
    state, by = reader["host"]["state"], reader["host"]["by"]
    return f" [{state} by {by}]" if by else f" [{state} for a USB host]"


@click.command("insert", cls=SteeringCommand)
@click.argument("card", metavar="[SPEC]", required=False, shell_complete=option_values.cards)
@_in_a_slot
@no_wait
def insert_command(card: str | None, reader: str | None, slot: int, *, wait: bool | None) -> None:
    """Put a card in: the one SPEC names, or the one that was there before.

    \b
    Examples:
      vcard insert
      vcard insert --reader 1 mycards.py:card
    """
    do("insert", card=card, reader=reader, slot=slot, wait=wait)


@click.command("eject", cls=SteeringCommand)
@_in_a_slot
@no_wait
def eject_command(reader: str | None, slot: int, *, wait: bool | None) -> None:
    """Take the card out.

    \b
    Examples:
      vcard eject
      vcard eject --reader pinpad
    """
    do("eject", reader=reader, slot=slot, wait=wait)


@click.command("swap", cls=SteeringCommand)
@click.argument("card", metavar="[SPEC]", required=False, shell_complete=option_values.cards)
@_in_a_slot
@no_wait
def swap_command(card: str | None, reader: str | None, slot: int, *, wait: bool | None) -> None:
    """Take the card out and put another in (or the same), at once.

    \b
    Examples:
      vcard swap pin-dump
      vcard swap
    """
    do("swap", card=card, reader=reader, slot=slot, wait=wait)


@click.command("press", cls=SteeringCommand)
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


@click.command("pin", cls=SteeringCommand)
@click.argument("pin")
@reader_option
def pin_command(pin: str, reader: str | None) -> None:
    """Type PIN and OK, in the PIN entry under way or the next one.

    \b
    Example:
      vcard pin 12345678
    """
    do("pin", pin=pin, reader=reader)


@click.command("touch", cls=SteeringCommand)
@click.option("-w", "--wait", is_flag=True, help="Wait until the card asks for a touch.")
@click.option(
    "--timeout",
    "seconds",
    type=SECONDS,
    default=60.0,
    help="How many seconds to wait. Default: 60.",
)
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


CONDITIONS = ("card", "no-card", "pin-entry", "reader", "connected")


def _conditions(command: Callable[..., None]) -> Callable[..., None]:
    helps = {
        "card": "Until programs see a card there (the default).",
        "no-card": "Until programs see none there.",
        "pin-entry": "Until the reader waits for keys.",
        "reader": "Until programs see the reader.",
        "connected": "Until a card that comes by itself (`vpcd:`, `pcsc:`) is there.",
    }
    for name in reversed(CONDITIONS):
        command = click.option(f"--{name}", "condition", flag_value=name, help=helps[name])(command)
    return command


@click.command("wait", cls=SteeringCommand)
@_conditions
@click.option("-r", "reader", metavar="N|NAME", help="Which reader: its number or its name.")
@slot_option
@click.option(
    "--timeout",
    type=SECONDS,
    default=30.0,
    metavar="S",
    help="Give up after S seconds. Default: 30.",
)
def wait_command(condition: str | None, reader: str | None, slot: int, timeout: float) -> None:
    """Wait until the world is in some state; exit with 1 if that takes too long.

    \b
    Examples:
      vcard wait --pin-entry && vcard pin 1234
      vcard wait --connected --timeout 5
      vcard wait --no-card -r 1
    """
    late = timeout + ANSWER_TIMEOUT_S
    do(
        "wait",
        timeout_s=late,
        condition=condition or "card",
        reader=reader,
        slot=slot,
        timeout=timeout,
    )
