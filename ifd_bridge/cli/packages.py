"""`vcard esim show`, `check` and `diff`: profile packages for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ifd_bridge.explain.input import given

if TYPE_CHECKING:  # the commands import what they need: `vcard` starts fast
    from applets.esim.saip import Package

AS_JSON = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
LONGEST = 24
"""Bytes of a file's contents that are shown in a line."""


def read(name: str) -> Package:
    """The package in a file; a message if it cannot be read."""
    from applets.esim import saip
    from applets.esim.services import Service

    try:  # whatever our card has: the service tables of files are shown as they are
        return saip.read_package(given((name,)), provided=frozenset(Service), lenient=True)
    except saip.PackageError as error:
        raise click.ClickException(f"{name}: {error}") from None


@click.command("show")
@click.argument("package", metavar="PACKAGE")
@AS_JSON
def show_command(package: str, *, as_json: bool) -> None:
    """Print a profile package as a tree: files, PINs, applications, services, templates.

    PACKAGE is a file in DER or hexadecimal. Values of PINs and keys are shown as **.

    \b
    Examples:
      vcard esim show package.der
      vcard esim show package.der --json | jq '.files[] | select(.name == "EF.IMSI")'
    """
    from applets.esim import saip

    values = saip.outline(read(package))
    if as_json:
        click.echo(json.dumps(values, indent=2))
        return
    for title, part in values.items():
        _show(title, part)


def _show(title: str, part: Any) -> None:
    if isinstance(part, list) and not part:
        return
    if not isinstance(part, list | dict):
        click.secho(f"{title}: {part}", bold=True)
        return
    click.secho(title, bold=True)
    line = _LINES.get(title, _line)
    for each in part if isinstance(part, list) else part.items():
        click.echo(f"  {line(each)}")


def _line(values: Any) -> str:
    return "  ".join(f"{name} {_value(value)}" for name, value in values.items() if value != "")


def _value(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_value, value)) or "none"
    return f"({_line(value)})" if isinstance(value, dict) else str(value)


def _header(item: tuple[str, Any]) -> str:
    name, value = item
    if isinstance(value, list):
        parts = (f"{one['name']}{'' if one['there'] else ' (not here)'}" for one in value)
        return f"{name}: {', '.join(parts) or 'none'}"
    return f"{name}: {value}"


def _element(one: dict[str, Any]) -> str:
    number = "" if one["identification"] is None else f" {one['identification']}"
    more = f", template {one['template']}" if "template" in one else ""
    mandatory = ", mandatory" if one["mandatory"] else ""
    return f"{one['name']}{number}: {one['size']} bytes{more}{mandatory}"


def _file(one: dict[str, Any]) -> str:
    *above, own = one["path"].split("/")
    head = f"{'  ' * len(above)}{own} {one['name']}".rstrip()
    facts = [one["type"], f"access {one['access']}"]
    if "size" in one:
        shape = f"{one['records']} x {one['record']}" if "record" in one else f"{one['size']}"
        facts += [f"{shape} bytes"] + ([f"SFI {one['sfi']:02X}"] if one["sfi"] else [])
    facts += [f"AID {one['aid']}"] if "aid" in one else []
    facts += [f"PINs {' '.join(one['pins'])}"] if one.get("pins") else []
    facts += [f"link to {one['link']}"] if "link" in one else []
    facts += [f"life cycle {one['life cycle']}"] if one["life cycle"] != "05" else []
    return f"{head}: {', '.join(facts)}{_content(one.get('content', ''))}"


def _content(text: str) -> str:
    more = "..." if len(text) > 2 * LONGEST else ""
    return f", {text[: 2 * LONGEST]}{more}" if text else ""


_LINES: dict[str, Callable[[Any], str]] = {"header": _header, "elements": _element, "files": _file}


@click.command("check")
@click.argument("package", metavar="PACKAGE")
@click.option("--memory", type=click.IntRange(0), help="Free memory of the card in bytes.")
@AS_JSON
def check_command(package: str, memory: int | None, *, as_json: bool) -> None:
    """Say what our eSIM card cannot hold of a profile package; exit status 1 if there is anything.

    Each line has the profile element, the offset in it, the reason and the number of PEStatus that
    the card answers to an SM-DP+. Without --memory an empty card is meant.

    \b
    Examples:
      vcard esim check package.der && echo fits
      vcard esim check package.der --memory 20000 --json
    """
    from applets.esim import saip
    from applets.esim.core import Config

    raw = given((package,))
    room = Config().memory if memory is None else memory
    findings, installs = saip.check(raw, room=room), saip.installs(raw, room=room)
    if as_json:
        listed = [saip.finding(one) for one in findings]
        click.echo(json.dumps({"installs": installs, "findings": listed}, indent=2))
    else:
        for one in findings:
            click.echo(f"{package}: {one}")
        verdict = "is held whole" if not findings else "is installed in part"
        click.echo(f"{package} {verdict if installs else 'is refused'}")
    sys.exit(1 if findings else 0)


@click.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@AS_JSON
def diff_command(old: str, new: str, *, as_json: bool) -> None:
    """Show what differs between two profile packages; exit status 1 if anything does.

    Files are compared by path. PINs and keys are compared, but shown as **.

    \b
    Examples:
      vcard esim diff old.der new.der
      vcard esim diff old.der new.der --json
    """
    from applets.esim import saip

    found = saip.differences(read(old), read(new))
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        for name, (before, after) in found.items():
            click.echo(f"- {name}: {before}" if before is not None else f"+ {name}: {after}")
            if before is not None and after is not None:
                click.echo(f"+ {name}: {after}")
    sys.exit(1 if found else 0)
