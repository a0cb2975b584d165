"""Wrong usages of the command line, and the sentence that each is answered with."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import OWN_FAILURE, vcard

FILES = {
    "own.py": (
        "from applets.hello import Hello\n"
        "from vcard import SW, Card\n"
        "number = 7\n"
        "def made(colour, size=1): return Card(Hello())\n"
        "def kept(memory): return Card(Hello(), memory=memory)\n"
        "done = Card(Hello())\n"
    ),
    "empty.toml": "",
    "odd.toml": "card = [",
    "bytes.bin": "\udc80",
    "bad.script": "00 A4 => xx",
}

RUN: list[tuple[str, str]] = [
    ("run", "Missing argument 'COMMAND...'"),
    ("run --card", "requires an argument"),
    ("run --reader", "requires an argument"),
    ("run --nonsense -- true", "No such option"),
    ("run --card nope -- true", "no card is named 'nope'; built in are"),
    ("run --card '' -- true", "names no card; `vcard cards` lists"),
    ("run --card own.py -- true", "A card in a file is own.py:NAME"),
    ("run --card none.py:card -- true", "none.py: no such file"),
    ("run --card own.py:nope -- true", "own.py has no 'nope'; it has Card, Hello, SW, done"),
    ("run --card own.py:number -- true", "int is neither a card nor an applet"),
    ("run --card own.py:made -- true", "needs the option 'colour': own.py:made?colour=..."),
    ("run --card own.py:SW -- true", "own.py:SW needs the option 'value'"),
    ("run --card 'own.py:made?colour=1&age=2' -- true", "has no option 'age'; it has colour, size"),
    ("run --card 'own.py:done?x=1' -- true", "is a finished Card and takes no options"),
    ("run --card 'own.py:made?colour=r&state=f' -- true", "has no parameter `memory`"),
    ("run --card no.such.module:card -- true", "no module is named 'no.such.module'"),
    ("run --card json:dumps -- true", "json:dumps needs the option 'obj'"),
    ("run --card 'hello?=1' -- true", "an option is key=value, '=1' is not"),
    ("run --card 'hello?colour=red' -- true", "'hello' has no option 'colour'; it has atr, with"),
    ("run --card 'hello?with=nope' -- true", "no applet is named 'nope'; there are"),
    ("run --card 'hello?atr=zz' -- true", "atr is "),
    ("run --card none.toml -- true", "none.toml: No such file or directory"),
    ("run --card empty.toml -- true", 'empty.toml: card = "..." is missing'),
    ("run --card odd.toml -- true", "odd.toml: "),
    ("run --card script:none.txt -- true", "none.txt: No such file or directory"),
    ("run --card script:bad.script -- true", "script:bad.script: "),
    ("run --card 'script:bad.script?x=1' -- true", "no option 'x' here; there is none"),
    ("run --card replay:none.txt -- true", "none.txt: No such file or directory"),
    ("run --card 'replay:none.txt?order=odd' -- true", "order is strict or lookup, not 'odd'"),
    ("run --card vpcd: -- true", "vpcd: needs listen, listen:PORT or HOST:PORT"),
    ("run --card vpcd:listen:99999 -- true", "a port is 0..65535, not '99999'"),
    ("run --card vpcd:host:x -- true", "a port is 0..65535, not 'x'"),
    ("run --card ports:hello -- true", "this card has no ports to be put into slots"),
    ("run --reader nope -- true", "no reader model is named 'nope'; there are"),
    ("run --reader 'plain?colour=red' -- true", "a reader has no option 'colour'; here are"),
    ("run --driver nope -- true", "no driver is called 'nope'; there are bridge, libccid"),
    (
        "run --driver 'bridge?x=1' -- true",
        "ifdDriverOptions, language and as, no option 'x'",
    ),
    ("run --driver libccid-serial -- true", "exchanges no TPDUs"),
    ("run --fault x -- true", "the fault 'x': "),
    ("run --fault ins=20:nope -- true", "'nope' is none of mute, delay"),
    (
        "run --fault when=1:mute -- true",
        "'when' is none of ins, power-up, block, pps, write",
    ),
    ("run --fault ins=20,nth=0:mute -- true", "nth is a whole number from 1"),
    ("run --fault ins=20,count=-1:mute -- true", "count is a whole number from 1"),
    ("run --fault ins=20:delay=-1 -- true", "delay is 0 to 86400 seconds, not '-1'"),
    ("run --fault ins=20:delay=nan -- true", "delay is 0 to 86400 seconds, not 'nan'"),
    ("run --fault ins=20:cut=-5 -- true", "cut is a whole number from 0"),
    ("run --fault ins=20:oversize=99999999999 -- true", "oversize is a whole number from 0"),
    ("run --fault write=0:tear -- true", "write is a whole number from 1"),
    ("run --fault write=1:mute -- true", "a write can only be torn"),
    ("run --seed x -- true", "'x' is not a valid integer"),
    ("run --name 'a b' -- true", "a world's name has 1 to 40 letters"),
    ("run --name vcard-x -- true", "and no vcard- in front"),
    ("run --record none/x.txt --card hello -- true", "none/x.txt: No such file or directory"),
    ("run --trace none/x.txt -- true", "none/x.txt"),
]
OTHERS: list[tuple[str, str]] = [
    ("nope", "no command is named 'nope'; there are run, serve"),
    ("help nope", "no command is named 'nope'"),
    ("list", "no world is running: start one with"),
    ("eject --world-name alice", "no world is named 'alice'; running: none"),
    ("stop", "no world is running"),
    ("add --reader pinpad", "no world is running"),
    ("add --card ''", "names no card; `vcard cards` lists"),
    ("remove --world-name alice", "no world is named 'alice'; running: none"),
    ("service", "Missing argument"),
    ("service jump", "'jump' is not one of 'stop', 'start', 'restart', 'status'"),
    ("press", "Missing argument 'KEY...'"),
    ("wait --timeout -1", "0..86400 seconds, not -1.0"),
    ("panel --port 99999", "99999 is not in the range 0<=x<=65535"),
    ("decode nofile.bin", "nofile.bin: no such file, nor is it hexadecimal"),
    ("decode xyz", "'xyz' is not hexadecimal"),
    ("decode --as nope 00", "'nope' is not one of"),
    ("install --root /nonexistent", "Directory '/nonexistent' does not exist"),
    ("install --reader nope --root .", "no reader model is named 'nope'"),
    ("cards nope", "no card is named 'nope'; built in are"),
    ("completion tcsh", "'tcsh' is not one of 'bash', 'zsh', 'fish'"),
    ("vpicc --card nope", "no card is named 'nope'"),
]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, errors="surrogateescape")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("VCARD_CONTROL", raising=False)


def told(line: str) -> tuple[int, str]:
    """The exit status and everything said; an exception that comes out fails the test."""
    result = CliRunner().invoke(vcard, shlex.split(line), catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output.replace("\n", " ")


@pytest.mark.parametrize(("line", "sentence"), RUN, ids=[line for line, _ in RUN])
def test_run_says_what_is_wrong_and_exits_as_env_does(line: str, sentence: str) -> None:
    status, said = told(line)
    assert sentence in said
    assert status == OWN_FAILURE


@pytest.mark.parametrize(("line", "sentence"), OTHERS, ids=[line for line, _ in OTHERS])
def test_a_wrong_usage_is_told(line: str, sentence: str) -> None:
    status, said = told(line)
    assert sentence in said
    assert status in (1, 2)
