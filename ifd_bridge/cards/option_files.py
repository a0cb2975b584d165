"""The files that options of a card's SPEC name: its memory, a passphrase, a CA's directory.

Applets do no I/O: what they need of a file is read here and given to them as text.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from vcard import Memory

from .file_store import FileStore
from .sealed_store import opened

Options = dict[str, str]

STATE, PASSPHRASE_FILE, PASSPHRASE_ENV = "state", "passphrase-file", "passphrase-env"
MEMORY_OPTIONS = frozenset({STATE, PASSPHRASE_FILE, PASSPHRASE_ENV})
PATHS = frozenset({STATE, PASSPHRASE_FILE, "ca", "pki"})
"""Options whose values are paths, relative to the TOML file where they stand in one."""


def memory(options: Options) -> Memory | None:
    """The memory that the option `state` names, or None; takes its options out.

    A passphrase is the first line of a file or the value of an environment variable: on the
    command line others could read it. ValueError says what is wrong.
    """
    path = options.pop(STATE, "")
    passphrase = _passphrase(options)
    if not path:
        if passphrase is not None:
            raise ValueError(f"a passphrase is for a memory in a file: name one, {STATE}=FILE")
        return None
    return Memory(opened(FileStore(Path(path).expanduser()), passphrase))


def _passphrase(options: Options) -> str | None:
    file, variable = options.pop(PASSPHRASE_FILE, ""), options.pop(PASSPHRASE_ENV, "")
    found = None
    if variable:
        found = os.environ.get(variable, "")
    elif file:
        found = _read(Path(file).expanduser()).partition("\n")[0]
    if found == "":
        raise ValueError(f"no passphrase in {variable or file}")
    return found


def read_files(source: str, options: Options) -> Options:
    """The options of the built-in card `source` with what its files say in place of their names."""
    reader = READERS.get(source)
    return options if reader is None else reader(options)


def _certification_authority(options: Options) -> Options:
    """`ca=DIR` is the test CA in DIR/ca.pem and DIR/ca.key; it is made if neither exists."""
    name = options.pop("ca", "")
    if not name:
        return options
    directory = Path(name).expanduser()
    certificate, key = directory / "ca.pem", directory / "ca.key"
    if not certificate.exists() and not key.exists():
        _make_authority(certificate, key)
    return {**options, "ca-certificate": _read(certificate), "ca-key": _read(key)}


def _make_authority(certificate: Path, key: Path) -> None:
    from applets.piv import Issuer

    made_certificate, made_key = Issuer.create().pem()
    try:
        certificate.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(key, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(made_key)
        certificate.write_bytes(made_certificate)
    except OSError as error:
        raise ValueError(f"{certificate.parent}: {error.strerror}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {getattr(error, 'strerror', None) or 'not text'}") from error


_CHAIN = (
    "CertificateIssuer/CERT_CI_ECDSA_NIST.pem",
    "EUM/CERT_EUM_ECDSA_NIST.pem",
    "eUICC/CERT_EUICC_ECDSA_NIST.pem",
    "eUICC/SK_EUICC_ECDSA_NIST.pem",
)
"""What an eSIM card needs of a directory that `vcard esim pki` made."""


def _esim(options: Options) -> Options:
    """`pki=DIR` is a card's part of a test hierarchy, `profile=FILE,...` its first profiles."""
    directory, names = options.pop("pki", ""), options.pop("profile", "")
    if directory:
        parts = [_read(Path(directory).expanduser() / name) for name in _CHAIN]
        options["pki"] = "".join(parts)
    if names:
        paths = [Path(name).expanduser() for name in names.split(",")]
        options["profile"] = "\f".join(_profile(path) for path in paths)
    return options


def _profile(path: Path) -> str:
    """TOML as it is; a package, which is binary, in hex."""
    if path.suffix == ".toml":
        return _read(path)
    try:
        return path.read_bytes().hex()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error


READERS: dict[str, Callable[[Options], Options]] = {
    "piv": _certification_authority,
    "esim": _esim,
    "sim": _esim,
}
"""What reads the files of a built-in card, by the card's name."""
