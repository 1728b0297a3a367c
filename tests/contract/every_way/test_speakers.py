"""Who speaks: one set of names for all chunks, on every way; or why nobody can tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.audio.odd_recordings import OddRecording, of
from tests.audio.tones import english, spanish
from tests.contract.every_way.cases import EVERY_WAY, NEAR, Case, Runs, check_alike
from tests.fakes.provider.odd_answers import in_english
from tests.worlds.every_way import Result

CHUNKS = {1: 1_000, 2: 4_000, 3: 20_000, 4: 23_000, 5: 40_000, 6: 43_000}
"""Three chunks, because silence of ten seconds parts them: number to start."""
LENGTH = 46_000
WHO = {1: "Ann", 2: "Bob", 3: "Bob", 4: "Ann", 5: "Cid", 6: "Bob"}
"""So the first voice of each chunk, which is A in its answer, is another one."""
MODEL = "gpt-4o-transcribe-diarize"
ASKED: Mapping[str, Any] = {"model": MODEL, "speakers": "auto"}


@dataclass(frozen=True)
class Meeting(Case):
    """A recording of this file, and who speaks in it."""

    odd: str = ""
    starts: tuple[tuple[int, int], ...] = tuple(CHUNKS.items())
    voice: Callable[[int], object] | None = WHO.get

    @property
    def recording(self) -> OddRecording:
        return of(dict(self.starts), LENGTH)


NAMES = "Ann,Bob,Cid"
MEETING = Meeting(options={**ASKED, "speakerNames": NAMES}, text_model=in_english)
TRANSCRIBED = Meeting(options={**ASKED, "speakers": 3, "transcribe": True})
SUBTITLES = {
    kind: Meeting(
        options={**ASKED, "speakerNames": NAMES, "responseFormat": kind}, text_model=in_english
    )
    for kind in ("srt", "vtt")
}
TWO_ASKED = Meeting(options={**ASKED, "speakers": 2}, text_model=in_english)
FOUR_ASKED = Meeting(options={**ASKED, "speakers": 4}, text_model=in_english)
ONE_CHUNK = Meeting(options=ASKED, starts=((1, 1_000), (2, 4_000)), text_model=in_english)
NOT_ASKED = Meeting(options={"model": MODEL}, text_model=in_english)
NO_MODEL = Meeting(options={"speakers": "auto"})
CANNOT = Meeting(options=ASKED, voice=None)
SIDES = Meeting(options={**ASKED, "channels": "separate"})


def said(result: Result) -> list[tuple[str | None, str]]:
    """Return who says what."""
    assert result.error is None
    return [(one.get("speaker"), one["text"].strip()) for one in result.body["segments"]]


def names_of(**names: str) -> list[str]:
    return [names.get(who, who) for who in WHO.values()]


@EVERY_WAY
def test_the_same_voice_has_the_same_name_in_all_chunks(runs: Runs, way: str) -> None:
    result = runs.result(MEETING, way)
    assert said(result) == [(who, english(number)) for number, who in WHO.items()]
    starts = [start for start, _, _ in result.segments]
    assert starts == pytest.approx([*CHUNKS.values()], abs=NEAR)
    assert result.warnings == []


def test_all_ways_tell_speakers_apart_alike(runs: Runs) -> None:
    results = runs.results(MEETING)
    check_alike(results)
    assert len({tuple(said(result)) for result in results.values()}) == 1


@pytest.mark.parametrize("way", ["openai", "job"])
def test_transcriptions_number_speakers_in_the_order_in_which_they_first_speak(
    runs: Runs, way: str
) -> None:
    result = runs.result(TRANSCRIBED, way)
    numbers = names_of(Ann="Speaker 1", Bob="Speaker 2", Cid="Speaker 3")
    assert said(result) == list(zip(numbers, map(spanish, CHUNKS), strict=True))
    assert {one.fields["model"] for one in result.calls} == {MODEL}


def test_each_chunk_is_sent_once_and_one_line_up_of_all_voices(runs: Runs) -> None:
    result = runs.result(MEETING, "translate")
    assert len(result.calls) == 4
    assert {one.fields["response_format"] for one in result.calls} == {"diarized_json"}


def test_audio_of_one_chunk_needs_no_line_up(runs: Runs) -> None:
    result = runs.result(ONE_CHUNK, "translate")
    assert said(result) == [("Speaker 1", english(1)), ("Speaker 2", english(2))]
    assert len(result.calls) == 1


@pytest.mark.parametrize("kind", SUBTITLES)
def test_subtitles_name_who_speaks(runs: Runs, kind: str) -> None:
    text = runs.result(SUBTITLES[kind], "translate").text
    shown = {"srt": "{}: {}", "vtt": "<v {}>{}"}[kind]
    for number in (1, 2, 4, 5, 6):
        assert shown.format(WHO[number], english(number)) in text


def test_of_more_speakers_than_were_asked_for_the_rest_has_no_name(runs: Runs) -> None:
    result = runs.result(TWO_ASKED, "translate")
    assert [who for who, _ in said(result)] == [
        "Speaker 1", "Speaker 2", "Speaker 2", "Speaker 1", None, "Speaker 2",
    ]  # fmt: skip
    assert result.warnings == ["1 of 6 segments tell no speaker: 3 voices were heard."]


def test_fewer_speakers_than_were_asked_for_are_told(runs: Runs) -> None:
    result = runs.result(FOUR_ASKED, "translate")
    assert result.warnings == ["Of 4 speakers only 3 could be told apart."]


def test_a_model_that_tells_speakers_is_not_asked_for_them_in_vain(runs: Runs) -> None:
    result = runs.result(NOT_ASKED, "translate")
    assert {who for who, _ in said(result)} == {None}
    assert len(result.calls) == 3
    assert result.warnings == []


@EVERY_WAY
def test_without_a_model_that_can_it_is_said_what_would(runs: Runs, way: str) -> None:
    result = runs.result(NO_MODEL, way)
    assert (result.status, result.body["error"]["code"]) == (400, "invalid_request")
    assert result.body["error"]["param"] == "speakers"
    for told in (MODEL, "SpeakerModel", "whisper-1"):
        assert told in str(result.error)
    assert not result.calls


@EVERY_WAY
def test_a_server_whose_model_cannot_is_refused(runs: Runs, way: str) -> None:
    result = runs.result(CANNOT, way)
    assert (result.status, result.body["error"]["code"]) == (400, "invalid_request")
    assert f"{MODEL!r} does not tell speakers apart" in str(result.error)


@EVERY_WAY
def test_sides_and_speakers_together_are_refused(runs: Runs, way: str) -> None:
    result = runs.result(SIDES, way)
    assert (result.status, result.body["error"]["param"]) == (400, "speakers")
    assert not result.calls


@pytest.mark.parametrize("wrong", ["0", "many", "21", "-1", "1.5"])
def test_other_numbers_are_refused(runs: Runs, wrong: str) -> None:
    result = runs.result(Meeting(options={**ASKED, "speakers": wrong}), "translate")
    assert result.status == 400
    assert "auto, or a number from 1 to 20" in str(result.error)
