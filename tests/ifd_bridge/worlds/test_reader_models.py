from __future__ import annotations

from pathlib import Path

import pytest

from ifd_bridge.spec import SpecError
from ifd_bridge.worlds import reader_models
from ifd_bridge.worlds.reader_models import model
from readers import models
from tests.kits.descriptions import OURS

TWO = OURS / "two-interfaces.txt"


def test_a_model_is_found_by_its_name_whoever_made_the_reader() -> None:
    assert {name: model(name) for name in models.MODELS} == models.MODELS
    assert model("plain") is models.PLAIN


def test_options_change_fields_however_deep() -> None:
    changed = model(
        "pinpad?name=Yubico YubiKey&vendor_id=0x1050"
        "&pinpad.min_digits=6&descriptor.wLcdLayout=0x0210"
    )
    assert changed.name == "Yubico YubiKey"
    assert changed.vendor_id == 0x1050
    assert changed.pinpad.min_digits == 6
    assert changed.descriptor.wLcdLayout == 0x0210
    assert changed.has_pinpad


def test_an_error_names_what_there_is() -> None:
    cases = [
        ("plan", "there are .*plain"),
        ("plain?nam=x", "no option 'nam'; here are name"),
        ("plain?pinpad.x=1", "no option 'pinpad.x'; here are min_digits"),
        ("plain?vendor_id=x", "vendor_id"),
        ("plain?escapes=x", "REQUEST:ANSWER"),
        ("plain?name=", "1 to 121 bytes"),
        (f"descriptor:{TWO}?interface=", "interface is a number, not ''"),
        (str(TWO), f"is a file: descriptor:{TWO} reads a description"),
    ]
    for text, says in cases:
        with pytest.raises(SpecError, match=says):
            model(text)


def test_a_description_is_a_reader_for_each_interface() -> None:
    found = reader_models.models(f"descriptor:{TWO}?delay_s=0.5")
    assert [one.interface_name for one in found] == ["Contact", "Contactless"]
    assert {one.delay_s for one in found} == {0.5}
    assert model(f"descriptor:{TWO}?interface=1").interface_name == "Contactless"


def test_the_device_of_a_description_can_be_chosen() -> None:
    assert model(f"descriptor:{OURS / 'pin-pad.txt'}?id=ffff:0007&nth=1").has_pinpad


def test_files_of_ones_own_are_read(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text('model = "pinpad"\nname = "Mine"\n')
    code = "from readers.models import PLAIN\nONE = PLAIN\ndef make(): return PLAIN\nX = 1\n"
    (tmp_path / "my.py").write_text(code)
    assert model(f"{tmp_path}/my.toml?serial_number=7").serial_number == "7"
    assert model(f"{tmp_path}/my.py:ONE") is models.PLAIN
    assert model(f"{tmp_path}/my.py:make?name=Y").name == "Y"


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "my.py").write_text("X = 1\n")
    (tmp_path / "bad.py").write_text("1 / 0\n")
    (tmp_path / "bad.toml").write_bytes(b"name = \xff")
    cases = [
        (f"descriptor:{TWO}", "describes 2 readers: choose one by interface=0"),
        (f"descriptor:{TWO}?interface=5", "no interface 5; there are 0, 1"),
        (f"descriptor:{TWO}?id=0000:0000", "there are ffff:0006"),
        (f"descriptor:{TWO}?nth=x", "nth is a number, not 'x'"),
        (f"descriptor:{tmp_path}/none.txt", "none.txt: No such file"),
        (f"descriptor:{tmp_path}/my.py", "no description of a reader"),
        (f"{tmp_path}/my.py:X", "is a int, no readers.models.Model"),
        (f"{tmp_path}/my.py:Y", "has no 'Y'"),
        (f"{tmp_path}/none.py:Y", "is no Python file"),
        (f"{tmp_path}/bad.py:Y", "ZeroDivisionError: division by zero"),
        (f"{tmp_path}/bad.toml", "bad.toml: .*decode"),
    ]
    for text, says in cases:
        with pytest.raises(SpecError, match=says):
            model(text)


def test_a_file_without_an_end_is_not_read_to_its_end() -> None:
    with pytest.raises(SpecError, match="/dev/zero: more than 16 MiB"):
        model("descriptor:/dev/zero")


def test_files_may_be_based_on_each_other_but_not_for_ever(tmp_path: Path) -> None:
    for number in range(reader_models.MOST_FILES):
        base = f"{tmp_path}/{number - 1}.toml" if number else "pinpad"
        (tmp_path / f"{number}.toml").write_text(f'model = "{base}"\nvendor_id = {number}')
    last = model(f"{tmp_path}/{reader_models.MOST_FILES - 1}.toml")
    assert (last.vendor_id, last.has_pinpad) == (reader_models.MOST_FILES - 1, True)
    (tmp_path / "0.toml").write_text(f'model = "{tmp_path}/0.toml"')
    with pytest.raises(SpecError, match="more than 16 files, each based on the next"):
        model(f"{tmp_path}/0.toml")
