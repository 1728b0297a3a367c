"""No line ends in an article or a preposition, in the languages whose small words are known."""

import pytest

from audio_translation.formats.cues import lay_out
from audio_translation.formats.rules.layout_rules import Rules
from audio_translation.formats.rules.small_words import small_words
from audio_translation.languages import NAMES
from audio_translation.transcript import Segment

SAID = {
    "spanish": "Ayer por la tarde fuimos a pasear por el parque de la ciudad con los niños.",
    "french": "Hier nous sommes allés nous promener dans le parc de la ville avec les enfants.",
    "german": "Gestern sind wir mit den Kindern durch den Park in der Mitte der Stadt gegangen.",
    "italian": "Ieri siamo andati a passeggiare nel parco della città con tutti i bambini.",
    "portuguese": "Ontem fomos passear no parque da cidade com as crianças e os avós.",
    "russian": "Вчера мы гуляли с детьми в парке на другом берегу реки у старого моста.",  # noqa: RUF001
}


@pytest.mark.parametrize("language", SAID)
def test_no_line_ends_in_a_small_word(language: str) -> None:
    for columns in (48, 52, 56):
        for cue in lay_out([Segment(0, 6000, SAID[language])], language, Rules(line=columns)):
            for line in cue.lines[:-1]:
                assert line.split()[-1].lower() not in small_words(language), line


def test_small_words_are_of_languages_that_are_known() -> None:
    known = [name for name in NAMES.values() if small_words(name)]
    assert {*SAID, "dutch", "polish"} <= set(known)
    assert small_words(None) == small_words("klingon") == frozenset()


def test_a_mark_that_stands_alone_stays_with_its_word() -> None:
    text = "Voulez-vous vraiment partir maintenant ? « Oui, bien sûr que je le veux » ! Ah ; bon :"
    for length in range(30, 87):
        for cue in lay_out([Segment(0, 6000, text[:length])], "french"):
            assert not any(line[0] in "?!;:»" or line.endswith("«") for line in cue.lines[1:])
