"""Cards from other sources, by the scheme of a SPEC, `scheme:rest?options`.

    script:card.txt                 commands and answers as text (vcard.scripted)
    replay:FILE[?order=lookup]      a recording answers, or a log (`vcard recording convert --help`)
    vpcd:listen[:PORT]              a foreign vpicc that connects to us, as to a vpcd
    vpcd:HOST:PORT                  a foreign vpicc that waits for us (`vicc --reversed`)
    pcsc:READER[?hook=FILE.py:NAME] the real card in a real reader

ValueError says what is wrong with the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcard import Contact

from ..spec import Options
from ..system.reading import read_bytes, read_text
from .attachment import Attachment

if TYPE_CHECKING:  # each source is imported when a SPEC names it: most worlds need none
    from vcard.doubles import ReplayCard, ScriptedCard

    from .relay import RelaySlot
    from .vpcd import ForeignSlot

LONGEST_SCRIPT = 1 << 20
"""Bytes of a script; a recording may have more (ifd_bridge.system.reading)."""

Opener = Callable[[str, Options], Contact | Attachment]


def script(rest: str, options: Options) -> ScriptedCard:
    """A card that answers by the rules in a file."""
    from vcard.doubles import ScriptedCard

    _only(options)
    return ScriptedCard.parse(read_text(rest, LONGEST_SCRIPT))


def replay(rest: str, options: Options) -> ReplayCard:
    """A card that answers from a recording, in its order or by lookup."""
    from ifd_bridge.logs import logged
    from vcard.doubles import ReplayCard

    _only(options, "order")
    order = options.get("order", "strict")
    if order not in ("strict", "lookup"):
        raise ValueError(f"order is strict or lookup, not {order!r}")
    return ReplayCard(logged(read_bytes(rest)), lookup=order == "lookup")


def vpcd(rest: str, options: Options) -> ForeignSlot:
    """A slot for whatever card connects, or for the one that listens at HOST:PORT."""
    from vcard.doubles.numbers import seconds

    from .vpcd import ForeignSlot
    from .vpcd.foreign import ANSWER_TIMEOUT_S
    from .vpcd.messages import PORT

    _only(options, "timeout", "host")
    timeout_s = seconds("timeout", options.get("timeout", str(ANSWER_TIMEOUT_S)))
    host, _, port = rest.rpartition(":") if ":" in rest else (rest, "", "")
    if host == "listen":
        address = options.get("host", "127.0.0.1")
        return ForeignSlot(address, _port(port, PORT), timeout_s=timeout_s)
    if not host or host.isdecimal():  # a number alone is meant as a port; no host is called so
        raise ValueError("vpcd: needs listen, listen:PORT or HOST:PORT")
    return ForeignSlot(host.strip("[]"), _port(port, PORT), listen=False, timeout_s=timeout_s)


def pcsc(rest: str, options: Options) -> RelaySlot:
    """A slot that shows the card in the real reader whose name contains `rest`."""
    from .relay import RelaySlot

    _only(options, "hook")
    return RelaySlot(rest, _hook(options["hook"]) if "hook" in options else None)


SCHEMES: dict[str, Opener] = {"pcsc": pcsc, "replay": replay, "script": script, "vpcd": vpcd}


def _only(options: Options, *known: str) -> None:
    for name in options:
        if name not in known:
            raise ValueError(f"no option {name!r} here; there is {', '.join(known) or 'none'}")


def _port(text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 5) or int(text) > 65535:
        raise ValueError(f"a port is 0..65535, not {text!r}")
    return int(text)


def _hook(text: str) -> Any:
    from ..system.python_file import load

    path, _, name = text.rpartition(":")
    try:
        module = load(Path(path))
    except FileNotFoundError as error:
        raise ValueError(f"a hook is FILE.py:NAME, not {text!r}") from error
    hook = getattr(module, name, None)
    if hook is None:
        raise ValueError(f"{path} has no function {name!r}")
    return hook
