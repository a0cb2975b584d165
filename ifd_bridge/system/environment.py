"""The environment variables that vcard reads or sets, for the documentation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A name, what its value says, and whether users set it themselves."""

    name: str
    text: str
    yours: bool = True


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "PCSCLITE_CSOCK_NAME",
        "The socket of the pcscd that a PC/SC program asks. `vcard run` and the pytest plugin set"
        " it; `vcard serve` prints it.",
    ),
    Variable(
        "PCSCLITE_FILTER_IGNORE_READER_NAMES",
        "pcscd's own, for private ones as well: parts of names, `:` between them; readers with one"
        " are hidden from programs.",
    ),
    Variable(
        "PCSCLITE_FILTER_EXTEND_READER_NAMES",
        "pcscd's own, for private ones as well: what it writes behind the name of every reader.",
    ),
    Variable(
        "VCARD_CONTROL",
        "The control socket of the world that the steering commands mean. Set inside a world;"
        " without it, `--world-name` or the only running world counts.",
    ),
    Variable(
        "VCARD_CAPTURES",
        "A folder: each world, also in tests, writes a capture for Wireshark into it.",
    ),
    Variable("TMPDIR", "Where worlds have their folders; `/tmp` where the path is too long."),
    Variable("XDG_RUNTIME_DIR", "Where running worlds are announced; else the temporary folder."),
    Variable(
        "WIRESHARK_EXTCAP_DIR", "Wireshark's own: where it looks for extcap programs such as ours."
    ),
    Variable("VCARD_WERROR", "When the parts in C are built: every warning is an error."),
    Variable(
        "VCARD_COMPILE", "When a wheel is built: it has compiled modules, for that Python alone."
    ),
    Variable("VCARD_PARENT", "The process whose end ends its pcscd.", yours=False),
    Variable("VCARD_DRIVERS", "The folder of the pcscd's driver bundles.", yours=False),
    Variable("VCARD_UDEV", "The folder of the USB interfaces that our libudev shows.", yours=False),
    Variable("VCARD_USB", "The folder of the sockets behind our libusb.", yours=False),
    Variable("VCARD_KEEP_UDEV", "Leaves the system's udev in sight.", yours=False),
)
"""Every variable; a test looks for others in the code."""
