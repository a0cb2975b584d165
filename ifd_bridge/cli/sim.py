"""`vcard sim`: packets for SIM cards, and the user of a phone that has one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .hexadecimal import KEY, Hexadecimal
from .steer import reader_option, slot_option
from .steering import SteeringCommand, do

USUAL_KEY = "404142434445464748494A4B4C4D4E4F"


@click.group("sim")
def sim_command() -> None:
    """Make secured packets for SIM cards, and do as the user of a phone does.

    \b
    Examples:
      vcard sim ota --tar B00011 00A40004026F07 00B0000009
      vcard sim proactive display-text "Hello"
      vcard sim phone on
    """


@sim_command.command("ota")
@click.argument("commands", metavar="APDU...", nargs=-1, type=Hexadecimal())
@click.option(
    "--tar",
    type=Hexadecimal(3),
    default="B00011",
    help="The application. Default: B00011, the USIM's files.",
)
@click.option(
    "--spi",
    type=Hexadecimal(2),
    default="1619",
    help="The security parameter indicator. Default: 1619.",
)
@click.option(
    "--kic",
    type=Hexadecimal(1),
    default="22",
    help="The byte KIc: keys and cipher. Default: 22, AES.",
)
@click.option(
    "--kid",
    type=Hexadecimal(1),
    default="22",
    help="The byte KID: keys and checksum. Default: 22, AES.",
)
@click.option("--kic-key", type=KEY, default=USUAL_KEY, help="The key for ciphering.")
@click.option("--kid-key", type=KEY, default=USUAL_KEY, help="The key for checksums.")
@click.option(
    "--counter", type=click.IntRange(0, 2**40 - 1), default=1, help="The counter. Default: 1."
)
@click.option("--open", "receipt", type=Hexadecimal(), help="Read a proof of receipt instead.")
def ota_command(
    commands: tuple[bytes, ...], receipt: bytes | None, counter: int, **sent: bytes
) -> None:
    """Print the ENVELOPEs that carry commands in a secured packet (TS 102 225).

    The keys are those of a new card, unless others are named; keys of 16, 24 or 32 bytes are for
    the cipher that KIc and KID name.

    \b
    Examples:
      vcard sim ota --tar B00011 00A40004026F07 00B0000009
      vcard sim ota --kic 15 --kid 15 --tar B00000 80F28002024F00
      vcard sim ota --open 027100001C12B00011...
    """
    from applets.uicc.ota.packet import Header, PacketKey, make_command, open_response
    from applets.uicc.ota.parameters import KeyChoice, Spi
    from applets.uicc.ota.short_messages import envelopes

    kic, kid = KeyChoice.parse(sent["kic"][0]), KeyChoice.parse(sent["kid"][0])
    header = Header(Spi.parse(sent["spi"]), kic, kid, sent["tar"])
    keys = _Keys(PacketKey(sent["kic_key"], kic.algorithm == _AES),
                 PacketKey(sent["kid_key"], kid.algorithm == _AES))  # fmt: skip
    if receipt is not None:
        answer = open_response(receipt, header, keys)
        words = answer.status.name.replace("_", " ").lower()
        click.echo(f"{words}, counter {answer.counter}: {answer.data.hex().upper()}")
        return
    packet = make_command(header, counter, b"".join(commands), keys)
    for envelope in envelopes(packet):
        click.echo((b"\x80\xc2\0\0" + bytes((len(envelope),)) + envelope).hex().upper())


_AES = 2


class _Keys:
    """The two keys of a packet, whatever version is asked for."""

    def __init__(self, kic: Any, kid: Any) -> None:
        self._kic, self._kid = kic, kid

    def kic(self, version: int) -> Any:  # noqa: ARG002 - a keys' shape
        """The key for ciphering."""
        return self._kic

    def kid(self, version: int) -> Any:  # noqa: ARG002 - a keys' shape
        """The key for checksums."""
        return self._kid


@sim_command.command("proactive", cls=SteeringCommand)
@click.argument("words", nargs=-1)
@click.option("--script", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="A file with a command a line.")  # fmt: skip
@reader_option
@slot_option
def proactive_command(
    words: tuple[str, ...], script: Path | None, reader: str | None, slot: int
) -> None:
    """Have the SIM of a running world ask something of its phone.

    \b
    Examples:
      vcard sim proactive display-text "Hello"
      vcard sim proactive select-item "Which one?" First Second
      vcard sim proactive D009810301010482028182
      vcard sim proactive --script menu.txt
    """
    from applets.uicc.toolkit.spoken import script as lines
    from applets.uicc.toolkit.spoken import spoken

    wanted = list(lines(script.read_text())) if script else [spoken(words)]
    for command in wanted:
        do("phone", action="queue", words=[bytes(command).hex()], reader=reader, slot=slot)


@sim_command.command("phone", cls=SteeringCommand)
@click.argument("action", type=click.Choice(["show", "on", "answer", "choose"]), default="show")
@click.option("--text", help="What the user enters.")
@click.option("--item", type=int, help="The entry that the user chooses.")
@click.option("--result", default=0, help="The general result. Default: 0, done; 16 ends, 17 back.")
@reader_option
@slot_option
def phone_command(action: str, reader: str | None, slot: int, **told: Any) -> None:
    """Do as the user of the phone does: switch it on, answer, choose from the menu.

    It stands in for a terminal; where a program is one, whoever fetches a command first has it.

    \b
    Examples:
      vcard sim phone on
      vcard sim phone choose --item 1
      vcard sim phone answer --text Alice
    """
    if action == "show":
        action, told = "look", {}
    shown = do("phone", action=action, reader=reader, slot=slot, **told)
    for name in ("menu", "asks"):
        if shown[name] is None:
            continue
        title = shown[name].get("command", "menu")
        click.echo(f"{title}: {shown[name]['text']}")
        for number, text in shown[name]["items"]:
            click.echo(f"  {number} {text}")
