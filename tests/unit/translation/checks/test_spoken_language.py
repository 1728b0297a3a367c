"""Each segment of a transcription has its language: the provider's, the one given, a likely one."""

from audio_translation.transcript import Segment, Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.checks.spoken_language import with_language

DETECTOR = LanguageDetector()
SPANISH = "Lo siento, pero esa no es una extensión válida."
GERMAN = "Bitte hinterlassen Sie eine Nachricht nach dem Ton."


def languages(*segments: Segment, source: str | None = None) -> list[str | None]:
    translation = Translation(segments, "english", 60_000, "of-some-server")
    return [segment.spoken for segment in with_language(translation, source, DETECTOR).segments]


def test_what_the_provider_told_stays() -> None:
    told, untold = Segment(0, 1, GERMAN, spoken="nl"), Segment(1, 2, SPANISH)
    assert languages(told, untold) == ["nl", "es"]
    assert languages(told, source="de") == ["nl"]


def test_the_language_that_was_given_counts_before_a_likely_one() -> None:
    assert languages(Segment(0, 1, SPANISH), source="pt-BR") == ["pt"]


def test_all_of_the_text_tells_the_language() -> None:
    assert languages(Segment(0, 1, GERMAN), Segment(1, 2, "OK.")) == ["de", "de"]


def test_text_without_letters_is_in_no_language() -> None:
    assert languages(Segment(0, 1, "1, 2, 3 …")) == [None]
    assert languages() == []
