"""Speech in its own language comes back the same on every way: text, times, words, warnings."""

import pytest

from tests.audio.tones import spanish
from tests.contract.every_way.cases import EVERY_WAY, HEARS, Case, Runs, check_alike
from tests.fakes.provider.odd_answers import CoversLittle

ASKED = {"transcribe": True, "timestampGranularities": ["word", "segment"]}
WHISPER = Case("spread", options=ASKED)
WITHOUT_TIMES = Case("spread", options={**ASKED, "model": "gpt-transcribe"})
GIVEN = Case("spread", options={"transcribe": True, "sourceLanguage": "es"})
LITTLE = Case("spread", lambda: [CoversLittle(HEARS)], options={"transcribe": True})
SILENCE = Case("silence", options={"transcribe": True})
ALL = {
    "whisper": WHISPER,
    "without times": WITHOUT_TIMES,
    "language given": GIVEN,
    "silence": SILENCE,
}


@pytest.mark.parametrize("name", ["whisper", "without times", "language given"])
@EVERY_WAY
def test_text_and_times_are_those_of_the_speech(runs: Runs, name: str, way: str) -> None:
    case = ALL[name]
    result, phrases = runs.result(case, way), case.recording.phrases
    assert result.error is None
    assert (result.body["task"], result.body["language"]) == ("transcribe", "spanish")
    assert result.text == " ".join(spanish(one.number) for one in phrases)
    assert [text for _, _, text in result.segments] == [spanish(one.number) for one in phrases]
    starts = [start for start, _, _ in result.segments]
    assert starts == pytest.approx([one.start for one in phrases], abs=150)
    assert result.warnings == []
    assert "X-Untranslated-Segments" not in result.headers
    assert {call.path for call in result.calls} == {"/v1/audio/transcriptions"}


@pytest.mark.parametrize("name", ["whisper", "without times"])
@EVERY_WAY
def test_every_word_has_its_time(runs: Runs, name: str, way: str) -> None:
    result = runs.result(ALL[name], way)
    words = result.body["words"]
    assert [word["word"] for word in words] == result.text.replace(".", "").split()
    for number, (start, end, _) in enumerate(result.segments):
        first, *_, last = words[5 * number : 5 * number + 5]
        assert first["start"] * 1000 == pytest.approx(start, abs=150)
        assert last["end"] * 1000 == pytest.approx(end, abs=150)


@EVERY_WAY
def test_a_language_that_is_given_is_told_to_the_provider(runs: Runs, way: str) -> None:
    assert {call.fields["language"] for call in runs.result(GIVEN, way).calls} == {"es"}


@EVERY_WAY
def test_silence_costs_nothing_and_is_told(runs: Runs, way: str) -> None:
    result = runs.result(SILENCE, way)
    assert (result.text, result.body["language"], len(result.warnings)) == ("", "unknown", 1)
    assert result.calls == []


@EVERY_WAY
def test_speech_that_is_missed_is_asked_for_again(runs: Runs, way: str) -> None:
    result = runs.result(LITTLE, way)
    assert result.error is None
    assert len(result.calls) > 1
    assert len(result.warnings) == 1, "most of the speech has no text"


@pytest.mark.parametrize("name", ALL)
def test_all_ways_say_the_same(runs: Runs, name: str) -> None:
    check_alike(runs.results(ALL[name]))
