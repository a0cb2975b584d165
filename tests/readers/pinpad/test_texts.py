from readers.pinpad.texts import PRIMARY, TEXTS, Text


def test_every_language_has_every_text_and_it_fits_a_small_display():
    for language in TEXTS:
        texts = TEXTS[language]
        assert len(texts) == len(Text)
        for words in texts:
            assert 0 < len(words) <= 16, words
        assert (0x0400 | language) & PRIMARY == language
        assert len(texts[Text.TRIES_LEFT]) <= 14
