"""Times are those of the speech on a media player's clock, on every way, whatever files hide."""

from dataclasses import replace

import pytest
import srt

from tests.contract.every_way.cases import (
    EVERY_WAY,
    HEARS,
    Case,
    Runs,
    check_alike,
    check_right,
    check_whole,
)
from tests.fakes.provider.odd_answers import (
    Misreports,
    abutting,
    ends_late,
    starts_early,
)

FILES = {
    name: Case(name)
    for name in (
        "spread",
        "after silence",
        "late mp4 film",
        "late m4a by its edit list",
        "late webm film",
        "hole",
        "two rates",
        "from a pipe",
        "without duration",
        "two sentences",
    )
}
TOLD = {
    "segments begin early": Case("spread", lambda: [Misreports(HEARS, starts_early)]),
    "segments begin early after silence": Case(
        "after silence", lambda: [Misreports(HEARS, starts_early)]
    ),
    "segments begin where others end": Case("spread", lambda: [Misreports(HEARS, abutting)]),
    "the last segment ends behind the file": Case(
        "24.15 s", lambda: [Misreports(HEARS, ends_late)]
    ),
}
CUES = {
    name: replace(case, options={"responseFormat": "srt"})
    for name, case in TOLD.items()
    if "early" in name
}
CASES = {**FILES, **TOLD}
EVERY_CASE = pytest.mark.parametrize("name", CASES)


@EVERY_CASE
@EVERY_WAY
def test_text_and_times_are_right(runs: Runs, name: str, way: str) -> None:
    case = CASES[name]
    check_right(runs.result(case, way), case.recording.phrases)


@EVERY_CASE
@EVERY_WAY
def test_the_file_is_told_as_it_is(runs: Runs, name: str, way: str) -> None:
    check_whole(runs.result(CASES[name], way), CASES[name].recording)


@EVERY_CASE
def test_all_ways_say_the_same(runs: Runs, name: str) -> None:
    check_alike(runs.results(CASES[name]))


@pytest.mark.parametrize("name", TOLD)
@EVERY_WAY
def test_no_segment_begins_before_anybody_speaks(runs: Runs, name: str, way: str) -> None:
    case = TOLD[name]
    spoken = case.recording.phrases
    for start, end, _ in runs.result(case, way).segments:
        first = next((one for one in spoken if one.end > start), spoken[-1])
        assert start >= first.start - 150
        assert end <= case.recording.duration


@pytest.mark.parametrize("name", CUES)
@EVERY_WAY
def test_no_cue_is_shown_before_anybody_speaks(runs: Runs, name: str, way: str) -> None:
    result = runs.result(CUES[name], way)
    assert result.error is None
    cues = list(srt.parse(result.body["text"]))
    spoken = CUES[name].recording.phrases
    assert len(cues) == len(spoken)
    for cue, one in zip(cues, spoken, strict=True):
        assert cue.start.total_seconds() * 1000 >= one.start - 150
