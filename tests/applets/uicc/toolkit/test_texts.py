from applets.uicc.toolkit.texts import alpha, read_alpha, read_text, text_string


def test_texts_are_written_and_read_in_the_alphabet_that_they_need():
    for text in ("Hello", "Grüße", ""):
        assert read_text(text_string(text)) == text
        assert read_alpha(alpha(text)) == text
    assert text_string("a")[0] == 4
    assert text_string("ü")[0] == 8


def test_seven_bits_a_character_are_read():
    assert read_text(b"\0" + bytes.fromhex("C8329BFD06")) == "Hello"
    assert read_text(b"") == ""


def test_padding_of_an_alpha_identifier_does_not_show():
    assert read_alpha(b"Menu\xff\xff") == "Menu"
