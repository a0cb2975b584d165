"""Hexadecimal is accepted in any usual notation."""

import pytest

from ifd_bridge.explain.input import given, hexadecimal


def test_every_way_of_writing_bytes_is_understood():
    for text in ["3B00FF", "3b 00 ff", "3B:00:FF", "0x3B, 0x00, 0xFF", "3B\n00FF"]:
        assert hexadecimal(text) == b"\x3b\x00\xff"


def test_anything_else_is_refused():
    with pytest.raises(ValueError, match="not hexadecimal"):
        hexadecimal("3B0")


def test_words_are_put_together(tmp_path):
    assert given(("3B", "00")) == b"\x3b\x00"
    path = tmp_path / "x"
    path.write_bytes(b"\xff\xfe")
    assert given((str(path),)) == b"\xff\xfe"


def test_a_path_that_is_none_is_told_as_such_and_words_are_not():
    with pytest.raises(ValueError, match=r"nofile\.bin: no such file, nor is it hexadecimal"):
        given(("nofile.bin",))
    with pytest.raises(ValueError, match="is not hexadecimal") as caught:
        given(("3B", "x/y"))
    assert "no such file" not in str(caught.value)
    with pytest.raises(ValueError, match="'xy' is not hexadecimal"):
        given(("xy",))


@pytest.mark.parametrize("text", ["APDU: 00 A4 04 00\nSW: 90 00\n", "A>> 00A4\tüber\r\n", "hello"])
def test_a_text_is_not_taken_for_its_characters(tmp_path, text):
    path = tmp_path / "log.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"log\.txt is a text, .*`vcard recording convert` reads"):
        given((str(path),))


@pytest.mark.parametrize("raw", [b"\x90\x00", b"3B\x00", b"\xc3\x28", b"a\x1bb"])
def test_bytes_that_are_no_text_are_taken_as_they_are(tmp_path, raw):
    path = tmp_path / "bytes"
    path.write_bytes(raw)
    assert given((str(path),)) == raw


def test_hexadecimal_may_be_longer_than_the_name_of_a_file():
    assert given(("6F00" * 10_000,)) == bytes.fromhex("6F00") * 10_000
