"""Odd answers of providers, and files of which something is missing, are the same on every way."""

import pytest

from tests.audio.tones import english
from tests.contract.every_way.cases import EVERY_WAY, HEARS, Case, Runs, check_alike, check_right
from tests.fakes.provider.odd_answers import (
    CoversLittle,
    Loops,
    Misreports,
    minus_infinity,
    no_segments,
    one_segment,
    takes_flac_and_wav_alone,
)

RIGHT = {
    "one segment for all": Case("spread", lambda: [Misreports(HEARS, one_segment)]),
    "no segments": Case("spread", lambda: [Misreports(HEARS, no_segments)]),
    "a logprob of minus infinity": Case("spread", lambda: [Misreports(HEARS, minus_infinity)]),
    "flac and wav alone": Case("voice note", lambda: [takes_flac_and_wav_alone]),
    "a loop, once": Case("spread", lambda: [Loops(1)], options={"prompt": "Numbers."}),
    "the first sentence alone, once": Case("spread", lambda: [CoversLittle(HEARS, 1)]),
}
LOOP = Case("spread", lambda: [Loops()], options={"prompt": "Numbers."})
LITTLE = Case("spread", lambda: [CoversLittle(HEARS)])
CUT_OFF = Case("cut off")
MOST_LETTERS_A_SECOND = 25
"""Nobody speaks faster."""


@pytest.mark.parametrize("name", RIGHT)
@EVERY_WAY
def test_text_and_times_are_right(runs: Runs, name: str, way: str) -> None:
    result = runs.result(RIGHT[name], way)
    check_right(result, RIGHT[name].recording.phrases)
    assert result.warnings == []


@pytest.mark.parametrize("case", [RIGHT["a loop, once"], LOOP], ids=["once", "for ever"])
@EVERY_WAY
def test_a_loop_is_asked_for_again_without_the_prompt_and_less_sure(
    runs: Runs, case: Case, way: str
) -> None:
    first, again, *_ = runs.result(case, way).calls
    assert first.fields["prompt"] == "Numbers."
    assert not again.fields.get("prompt")
    assert float(again.fields.get("temperature", 0)) > float(first.fields.get("temperature", 0))


@EVERY_WAY
def test_a_loop_that_stays_one_is_cut_to_what_the_sound_can_hold(runs: Runs, way: str) -> None:
    result = runs.result(LOOP, way)
    assert result.error is None
    assert english(1) in result.text
    spoken = sum(one.end - one.start for one in LOOP.recording.phrases) / 1000
    assert len(result.text) <= spoken * MOST_LETTERS_A_SECOND
    assert [warning for warning in result.warnings if "repeated" in warning]


@EVERY_WAY
def test_speech_that_stays_without_text_is_told(runs: Runs, way: str) -> None:
    result = runs.result(LITTLE, way)
    assert result.text == english(1)
    assert len(result.calls) > 1
    assert [warning for warning in result.warnings if "has no text" in warning]


@EVERY_WAY
def test_of_a_file_that_was_cut_off_what_is_there_is_translated(runs: Runs, way: str) -> None:
    result = runs.result(CUT_OFF, way)
    check_right(result, CUT_OFF.recording.phrases)
    assert [warning for warning in result.warnings if "missing" in warning]


@pytest.mark.parametrize(
    "case",
    [*RIGHT.values(), LOOP, LITTLE, CUT_OFF],
    ids=[*RIGHT, "a loop", "the first sentence alone", "cut off"],
)
def test_all_ways_say_the_same(runs: Runs, case: Case) -> None:
    check_alike(runs.results(case))
