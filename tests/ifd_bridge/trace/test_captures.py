"""VCARD_CAPTURES makes every world leave a capture that Wireshark understands."""

import contextlib

import pytest

from applets.hello import Hello
from ifd_bridge import endpoint
from ifd_bridge.trace import CAPTURES, Stream, captures
from ifd_bridge.worlds.world import World
from readers import CcidReader
from readers.ccid.descriptor import ExchangeLevel
from readers.models import PINPAD, PLAIN, TWO_SLOT, at_level
from tests.kits.bridge import tshark
from tests.kits.pcsc.client import Client, ScardError
from vcard import Card

POST = "00A404000BA0000003974349445F0100"
SELECT = "00A404000AA00000006203010C0601"
ENTRY = bytes.fromhex("1E1E820800080402010904000000000D0000000020008008FFFFFFFFFFFFFFFF")
VERIFY_PIN = 0x42330006


def world():
    """A reader of each exchange level, with cards of both protocols, and a PIN pad."""
    both = [(level, atr) for level in ExchangeLevel for atr in ("3B00", "3B80800101")]
    plain = [(at_level(PLAIN, level), f"hello?atr={atr}") for level, atr in both]
    return World([*plain, (PINPAD, "pin-dump"), (TWO_SLOT, "hello")])


def exchange(client, number):
    """Commands of every case at a reader, and failures."""
    client.connect(number)
    for command in (POST, SELECT, "00000000", "0000000000", "00C0000000", "00B0000000", "80FE"):
        with contextlib.suppress(ScardError):
            client.transmit(command)
    with contextlib.suppress(ScardError):
        client.transmit("00D60000FF" + "55" * 255)
    client.reconnect(action=1)
    client.disconnect(action=2)


@tshark.needs_tshark
@pytest.mark.pcsc
@pytest.mark.slow
def test_a_capture_of_every_kind_of_reader_has_no_malformed_packet(tmp_path, monkeypatch):
    monkeypatch.setenv(CAPTURES, str(tmp_path / "captures"))
    with world() as made, Client(made.environ) as client:
        pad = len(made.readers) - 2
        for number in range(len(made.readers)):
            exchange(client, number)
        client.connect(pad)
        client.transmit("00A4040007A000000018FF01")
        made.pin("1234", pad)
        assert client.control(VERIFY_PIN, ENTRY)[:1] == b"\x6a"
        client.transmit("0040000000")
        made.press(["CANCEL"], pad)
        assert client.control(VERIFY_PIN, ENTRY) == b"\x64\x01"
        made.swap("random", 0)
        made.eject(pad)
        with contextlib.suppress(ScardError):
            client.transmit(SELECT)
    (path,) = (tmp_path / "captures").iterdir()
    assert tshark.malformed(path) == []
    text = tshark.read(path, "-V")
    for words in ("PC_to_RDR_XfrBlock", "RDR_to_PC_DataBlock", "PC_to_RDR_Secure",
                  "URB transfer type: URB_INTERRUPT", "Instruction: Select file"):  # fmt: skip
        assert words in text
    assert "a0000003974349445f0100" in text.replace(":", "").lower()


@pytest.mark.pcsc
def test_readers_without_a_world_are_captured_too(tmp_path, monkeypatch):
    monkeypatch.setenv(CAPTURES, str(tmp_path))
    reader = CcidReader(PLAIN)
    with endpoint(reader) as pcsc, Client(pcsc.environ) as client:
        reader.insert(Card(Hello()))
        client.wait(0x20)
        client.connect()
        client.transmit(SELECT)
    assert reader.tap is None
    (path,) = tmp_path.iterdir()
    assert path.read_bytes().count(bytes.fromhex(SELECT)) == 1


def test_nothing_is_captured_unless_it_is_wanted(tmp_path, monkeypatch):
    monkeypatch.delenv(CAPTURES, raising=False)
    stream, reader = Stream(), CcidReader(PLAIN)
    with captures.of_world(stream, {"R": PLAIN}), captures.of_readers([reader]):
        assert not stream.on
        assert reader.tap is None


def test_whoever_taps_a_reader_keeps_it(tmp_path, monkeypatch):
    monkeypatch.setenv(CAPTURES, str(tmp_path))
    mine, other = CcidReader(PLAIN), CcidReader(PLAIN)
    tap = mine.tap = [].append
    with captures.of_readers([mine, other]):
        assert mine.tap is tap
        other.tap = tap
    assert mine.tap is tap
    assert other.tap is tap


def test_the_folder_and_those_above_it_are_made(tmp_path, monkeypatch):
    monkeypatch.setenv(CAPTURES, str(tmp_path / "a" / "b"))
    with captures.of_world(Stream(), {}) as file:
        assert file.failure is None
    assert len(list((tmp_path / "a" / "b").iterdir())) == 1


def test_readers_in_no_world_are_captured_and_one_that_is_watched_is_left_alone(
    tmp_path, monkeypatch
):
    monkeypatch.setenv(CAPTURES, str(tmp_path))
    free, watched = CcidReader(PLAIN), CcidReader(PINPAD)
    tap = watched.tap = lambda event: None
    with captures.of_readers([free, watched]):
        assert free.tap is not None
        assert watched.tap is tap
        free.insert(Hello())
    assert free.tap is None
    assert watched.tap is tap
    [file] = tmp_path.iterdir()
    assert file.stat().st_size > 200
