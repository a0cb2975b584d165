"""Cards and readers in tests: the fixtures `reader`, `readers`, `connect` and `pcsc`.

Each test process has a world of its own (under pytest-xdist each worker), made when first asked
for. Its readers are named by `vcard_readers` in the configuration, one model a line (default:
pinpad), and what drives them by `vcard_driver`; or `vcard_world` names a file with all of it. The
marker `vcard` gives a test or a module another world. A fault in an applet fails the test that uses
one of these fixtures, unless it is marked `vcard_faults`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from ..pcscd.process_socket import ProcessSocket, early_contexts, process_socket
from ..pcscd.run_directory import VARIABLE
from ..system.clashes import beside, explained
from . import asked_world

if TYPE_CHECKING:
    from readers import CcidReader

    from ..worlds.world import World
    from .asked_world import AskedWorld
    from .pcsc_client import Connection

FIXTURES = frozenset({"reader", "readers", "connect", "pcsc"})
EARLY = (
    "this process has a PC/SC context ({}) from before the fixture `pcsc` made its world, and that"
    " context stays there. Make contexts (`smartcard.System.readers()`) in tests and fixtures, not"
    " while a module is imported."
)
NO_SERVICE = (
    "vcard: PC/SC was used while this module was imported; virtual readers exist only where the"
    " fixture `pcsc` (or `reader`, `readers`, `connect`) is used. Move the call into a test or a"
    " fixture."
)
HIDDEN: Any = getattr(pytest, "HIDDEN_PARAM", "vcard")
"""The id of a marked test's parameter: none, where pytest (8.4) has that."""
_SERVICE_CODES = ("0x8010001D", "0x8010002E", "Service not available")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings `vcard_readers`, `vcard_driver` and `vcard_world`."""
    parser.addini("vcard_readers", "reader models, one a line", type="linelist", default=["pinpad"])
    parser.addini("vcard_driver", "what drives them, as for `vcard run`", default="bridge")
    parser.addini("vcard_world", "a file with readers and cards, as for `vcard run --world`")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and where this process finds its pcscd."""
    config.addinivalue_line("markers", "vcard_faults: a fault in an applet does not fail the test")
    config.addinivalue_line(
        "markers",
        "vcard(readers=[MODEL...], driver=NAME, world=FILE): a world of this kind for the test",
    )
    link = process_socket()
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(link.path)
    config.add_cleanup(lambda: _restore(link, before))


def _restore(link: ProcessSocket, before: str | None) -> None:
    """Give this process its environment back."""
    if os.environ.get(VARIABLE) == str(link.path):
        os.environ.pop(VARIABLE)
        if before is not None:
            os.environ[VARIABLE] = before


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Name the project's own packages that share a name with ours."""
    return [
        f"vcard: {config.rootpath / name} has the name of a package of vcard-emulator: whichever is"
        " first on sys.path hides the other; rename it if imports fail"
        for name in beside(config.rootpath)
    ]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,  # noqa: ARG001 - the hook's signature
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Tell a module that cannot be imported what of ours is the cause.

    It uses PC/SC too early, or another package has taken the place of one of ours.
    """
    report = yield
    if report.failed and (why := _why_not_imported(str(report.longrepr))):
        report.sections.append(("vcard", why))
    return report


def _why_not_imported(told: str) -> str | None:
    if any(code in told for code in _SERVICE_CODES):
        return NO_SERVICE
    if "ImportError" in told or "ModuleNotFoundError" in told:
        return explained(ImportError(told))
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that is marked `vcard` a world of its own kind; pytest groups those alike."""
    marker = metafunc.definition.get_closest_marker("vcard")
    if marker is not None and "pcsc" in metafunc.fixturenames:
        wanted = asked_world.of_marker(marker, metafunc.config)
        metafunc.parametrize("pcsc", [wanted], ids=[HIDDEN], indirect=True, scope="session")


@pytest.fixture(scope="session")
def pcsc(request: pytest.FixtureRequest) -> Iterator[World]:
    """The world: `environ` is what other programs need; this process has it already."""
    try:
        from ..worlds.world import World, described, private
    except ImportError as error:
        pytest.fail(explained(error) or f"{type(error).__name__}: {error}", pytrace=False)
    if early := early_contexts():
        warnings.warn(EARLY.format(early[0]), stacklevel=1)
    wanted: AskedWorld = getattr(request, "param", None) or asked_world.of_settings(request.config)
    host = private(wanted.about.driver)
    with described(
        wanted.about, lambda wrappers: World(wanted.readers, host=host, wrappers=wrappers)
    ) as (world, _):
        before = {name: os.environ.get(name) for name in world.environ}
        os.environ.update(world.environ)
        yield world
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@pytest.fixture
def readers(pcsc: World) -> Iterator[Sequence[CcidReader]]:
    """The readers, in the order of the setting: empty, but for the cards of a `vcard_world`."""
    for place in pcsc.places:
        place.insert_all()
    yield pcsc.readers
    for place in pcsc.places:
        place.clear()


@pytest.fixture
def reader(readers: Sequence[CcidReader]) -> CcidReader:
    """The first reader."""
    return readers[0]


@pytest.fixture
def connect(pcsc: World, readers: Sequence[CcidReader]) -> Iterator[Callable[..., Connection]]:
    """`connect(reader=None, slot=0)`: a PC/SC connection to the card there, by pyscard.

    Waits until pcscd has seen the card (TimeoutError after 10 s).
    """
    from .pcsc_client import Client

    with Client(pcsc) as client, contextlib.ExitStack() as connections:

        def connect(reader: CcidReader | None = None, slot: int = 0) -> Connection:
            return connections.enter_context(client.connect(reader or readers[0], slot))

        yield connect


# Faults of applets


LOGS = ("vcard.card", "readers.card")
"""The loggers of failures in card code: applets, and exceptions that pass a card."""


class Faults(logging.Handler):
    """Keeps what the logs of cards say, to fail the test with."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []
        self.outcome: BaseException | None = None
        """The first exception of pytest.fail() or pytest.skip() in card code."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message, with the traceback."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, OUTCOMES):
            self.outcome = self.outcome or error
        else:
            self.texts.append(self.format(record))

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Keep what is logged in the block."""
        for name in LOGS:
            logging.getLogger(name).addHandler(self)
        try:
            yield
        finally:
            for name in LOGS:
                logging.getLogger(name).removeHandler(self)


OUTCOMES = (pytest.fail.Exception, pytest.skip.Exception, pytest.exit.Exception)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test during which an applet failed; an outcome raised in card code is the test's.

    The outcome comes before whatever the test itself ended with, which is a mere consequence:
    the client has met a card that went mute.
    """
    watched = FIXTURES.intersection(getattr(item, "fixturenames", ()))
    if not watched:
        yield
        return
    faults = Faults()
    try:
        with faults.listening():
            yield
    finally:
        if faults.outcome is not None:
            raise faults.outcome
    if faults.texts and not item.get_closest_marker("vcard_faults"):
        pytest.fail("an applet failed:\n" + "\n".join(faults.texts), pytrace=False)
