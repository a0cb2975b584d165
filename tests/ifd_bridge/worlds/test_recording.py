"""Recordings of all cards' contacts go to a file, and no card waits for the file."""

from pathlib import Path

from applets.hello import Hello
from ifd_bridge.trace import Stream
from ifd_bridge.worlds.place import Place
from ifd_bridge.worlds.recording import Recording
from ifd_bridge.worlds.wrapping import Where
from readers import models
from vcard import Card
from vcard.doubles.recording import ReplayCard, parse

SELECT = bytes.fromhex("00A404000AA00000006203010C0601")


def where(number=0, slot=0):
    return Where(number, slot, lambda: None, print)


def use(card):
    card.power_up()
    card.exchange(SELECT)
    card.power_down()


def test_exchanges_are_recorded_as_they_happen(tmp_path):
    recording = Recording(tmp_path / "hello.txt")
    use(recording(Card(Hello()), where()))
    assert len(parse((tmp_path / "hello.txt").read_text())) == 4
    recording.close()


def test_a_card_that_comes_back_goes_on_in_the_same_file(tmp_path):
    recording = Recording(tmp_path / "hello.txt")
    for _ in range(2):
        use(recording(Card(Hello()), where()))
    recording.close()
    text = (tmp_path / "hello.txt").read_text()
    assert len(parse(text)) == 8
    assert text.count("#") == 1


def test_other_slots_have_files_of_their_own(tmp_path):
    recording = Recording(tmp_path / "hello.txt")
    use(recording(Card(Hello()), where(1, 2)))
    recording.close()
    assert len(parse((tmp_path / "hello.1-2.txt").read_text())) == 4


def test_a_disk_that_is_full_stops_the_recording_and_no_card(tmp_path, caplog):
    recording = Recording(Path("/dev/full"))
    card = recording(Card(Hello()), where())
    card.power_up()
    assert card.exchange(SELECT) == b"\x90\0"
    assert card.exchange(bytes(4)) == b"Hello world!\x90\0"
    recording.close()
    assert recording.failures == ["/dev/full"]
    assert caplog.text.count("/dev/full cannot be written: No space left on device") == 1


def test_a_recording_can_be_read_by_its_user_alone(tmp_path):
    for name in ("hello.txt", "hello.1-0.txt"):
        (tmp_path / name).touch(0o644)
    recording = Recording(tmp_path / "hello.txt")
    use(recording(Card(Hello()), where(1)))
    recording.close()
    assert recording.failures == []
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"hello.txt": 0o600, "hello.1-0.txt": 0o600}


def test_each_port_of_a_card_is_recorded_in_a_file_that_can_be_replayed(tmp_path):
    recording = Recording(tmp_path / "esim.txt")
    place = Place(0, models.MODELS["three-slot"], Stream(), [recording])
    place.trays[0].load("ports:esim?mep=a1")
    place.insert(0)
    answers = []
    for slot in range(3):
        card = place.reader.slots[slot].card
        card.power_up()
        answers.append([card.exchange(bytes.fromhex("80F2000000")) for _ in range(slot + 1)])
    place.eject(0)
    recording.close()
    for slot, name in enumerate(("esim.txt", "esim.0-1.txt", "esim.0-2.txt")):
        entries = parse((tmp_path / name).read_text())
        assert [entry.kind.value for entry in entries].count("up") == 1
        replay = ReplayCard(entries)
        replay.power_up()
        assert [replay.exchange(bytes.fromhex("80F2000000")) for _ in range(slot + 1)] == answers[
            slot
        ]
        assert replay.finished
