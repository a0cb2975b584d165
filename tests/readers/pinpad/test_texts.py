from readers.pinpad.texts import ENGLISH, TEXTS, Text, text


def test_every_language_has_every_text_and_it_fits_a_small_display():
    for language in TEXTS:
        texts = TEXTS[language]
        assert len(texts) == len(Text)
        for number, words in enumerate(texts):
            assert 0 < len(words) <= 16, words
            assert text(number, 0x0400 | language) == words
        assert len(texts[Text.TRIES_LEFT]) <= 14


def test_an_unknown_language_is_english():
    assert text(Text.ENTER, 0x0411) == text(Text.ENTER, ENGLISH) == "Enter PIN:"
    assert text(Text.ENTER, 0x0407) != text(Text.ENTER, 0x0409)


def test_a_number_without_a_text_shows_nothing():
    assert text(200, 0x0409) == ""
