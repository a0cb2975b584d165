"""The command `vcard`. Each module here has one command or a few that belong together.

A module is imported when its command is asked for, so that steering commands start fast. What a
command does is elsewhere; here are its options, its help and its messages.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "Run COMMAND with PC/SC readers and cards of its own."),
    "serve": ("run", "The same for other programs, until interrupted."),
    "vpicc": ("vpicc", "Put a card into a vpcd, vsmartcard's virtual reader."),
    "list": ("steer", "Show the readers, and what is in them."),
    "insert": ("steer", "Put a card in."),
    "eject": ("steer", "Take the card out."),
    "swap": ("steer", "Take the card out and put another in, at once."),
    "press": ("steer", "Press keys of the keypad."),
    "pin": ("steer", "Type a PIN and OK."),
    "touch": ("steer", "Touch a card's button."),
    "plug": ("plugging", "Plug a reader in."),
    "unplug": ("plugging", "Unplug a reader."),
    "add": ("plugging", "Add a reader to a running world."),
    "remove": ("plugging", "Remove a reader."),
    "fault": ("plugging", "Let a reader or its cards fail, or work again."),
    "wait": ("steer", "Wait for a card, a PIN entry, a reader."),
    "trace": ("trace", "Show what happens, as it happens."),
    "recording": ("recording", "Make recordings of other programs' logs."),
    "extcap": ("extcap", "Let Wireshark capture from the running worlds."),
    "panel": ("panel", "Show the readers' front panel, in a browser or here."),
    "atr": ("atr", "Explain an ATR, or count what many say."),
    "models": ("models", "List the reader models, or write one as TOML."),
    "reader": ("reader", "Explain a reader's descriptor, or count what many say."),
    "decode": ("decode", "Explain an APDU, a CCID message, a block, TLV."),
    "esim": ("esim", "Make certificates for eSIM cards; look into profile packages."),
    "sim": ("sim", "Make packets for SIM cards, and be their phone's user."),
    "worlds": ("worlds", "List the running worlds."),
    "stop": ("worlds", "End a world."),
    "service": ("worlds", "Stop and start the pcscd inside a world."),
    "doctor": ("doctor", "Say what is missing, and how to get it."),
    "install": ("install", "Let the system's pcscd have our readers."),
    "uninstall": ("install", "Undo `install`."),
    "cards": ("catalogue", "List the built-in cards and their options."),
    "sources": ("catalogue", "List what a SPEC can name."),
    "completion": ("completion", "Print what makes a shell complete our commands."),
    "help": ("help", "Show the help of a command."),
}
"""Every command: its module, and its line in the help."""


OWN_FAILURE, BROKEN_PIPE = 125, 141
"""The exit statuses of the command; ifd_bridge.cli.exit_status lists all."""


class Commands(click.Group):
    """Finds commands by name, and turns what went wrong into a message."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; UsageError names those there are."""
        if cmd_name not in COMMANDS:
            known = ", ".join(COMMANDS)
            raise click.UsageError(f"no command is named {cmd_name!r}; there are {known}", ctx)
        module = _imported(COMMANDS[cmd_name][0])
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error that a user can mend is a message, not a traceback.

        `run` exits with 125 then, as env(1) does, since any other status is the wrapped command's.
        """
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            _exit_with(error, ctx)
            raise
        except (ValueError, RuntimeError, OSError) as error:
            if isinstance(error, click.exceptions.Exit | click.Abort | BrokenPipeError):
                raise
            told = click.ClickException(_said(error))
            _exit_with(told, ctx)
            raise told from error


def _exit_with(error: click.ClickException, ctx: click.Context) -> None:
    if ctx.invoked_subcommand == "run":
        error.exit_code = OWN_FAILURE  # type: ignore[misc] # click reads it from the instance


def _imported(module: str) -> ModuleType:
    """A module of commands; ClickException if another package hides what it needs."""
    try:
        return importlib.import_module(f".{module}", __package__)
    except ImportError as error:
        from ifd_bridge.system.clashes import explained

        cause = explained(error)
        if cause is None:
            raise
        raise click.ClickException(cause) from error


def _said(error: Exception) -> str:
    """An exception as a sentence; what the system refused, with its name in front."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error) or type(error).__name__


def _tell_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    """The version, and in which form the modules on an APDU's way are."""
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    from vcard.compiled import form

    click.echo(f"vcard, version {version('vcard-emulator')} ({form()})")
    ctx.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_tell_version,
    help="Show the version and exit.",
)
def vcard() -> None:
    """Virtual smart cards and readers that every PC/SC program sees.

    \b
    Examples:
      vcard run --card hello -- pcsc_scan -r
      vcard run --reader pinpad --card pin-dump -- python3 my_pin_test.py
      vcard serve --reader pinpad --card hello &
    """


def main() -> None:
    """Run the command line."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        from ifd_bridge.system.standard_streams import make_good  # few processes lack one

        make_good()
    try:
        vcard(prog_name="vcard")
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has ended
        sys.exit(BROKEN_PIPE)
