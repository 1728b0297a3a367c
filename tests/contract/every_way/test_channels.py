"""The two sides of a recording: kept separate where that is asked for, else told of."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from tests.audio.odd_recordings import OddRecording, phrases
from tests.audio.sound_files import Samples, Track, sound, written
from tests.audio.tones import SPOKEN, english
from tests.contract.every_way.cases import EVERY_WAY, HEARS, NEAR, Case, Runs, check_alike
from tests.fakes.provider.hearing import Heard
from tests.worlds.every_way import WAYS, Result

LEFT = {1: 1_000, 3: 6_000, 5: 14_000}
RIGHT = {2: 2_000, 4: 9_000, 6: 14_500}
"""Phrases 1 and 2, and 5 and 6, are spoken at the same time."""
LENGTH = 18_000


def recorded(
    *sides: Mapping[int, int] | Samples,
    kind: tuple[str, str, int] = ("wav", "pcm_s16le", 16_000),
    layout: str = "stereo",
) -> OddRecording:
    """Return a file with these phrases on each channel; ``kind``: format, codec and rate."""
    extension, codec, rate = kind
    channels = [sound(one, LENGTH, rate=rate) if isinstance(one, Mapping) else one for one in sides]
    track = Track(np.stack(channels), codec, rate, layout)
    spoken = {number: at for one in sides if isinstance(one, Mapping) for number, at in one.items()}
    ordered = dict(sorted(spoken.items(), key=lambda item: item[1]))
    return OddRecording(extension, written(extension, track), phrases(ordered), LENGTH)


@dataclass(frozen=True)
class Sides(Case):
    """A recording of this file."""

    odd: str = ""
    made: Callable[[], OddRecording] = lambda: recorded(LEFT, RIGHT)

    @functools.cached_property
    def _made(self) -> OddRecording:
        return self.made()

    @property
    def recording(self) -> OddRecording:
        return self._made


FEW_WAYS = pytest.mark.parametrize("way", ["translate", "upload"])
SEPARATE = {"channels": "separate", "channelNames": "Agent,Customer"}
TELEPHONE = ("wav", "pcm_mulaw", 8_000)

CALLS = {
    "wav": Sides(options=SEPARATE),
    "telephone": Sides(options=SEPARATE, made=lambda: recorded(LEFT, RIGHT, kind=TELEPHONE)),
    "mp3": Sides(options=SEPARATE, made=lambda: recorded(LEFT, RIGHT, kind=("mp3", "mp3", 44_100))),
}
SUBTITLES = {kind: Sides(options={**SEPARATE, "responseFormat": kind}) for kind in ("srt", "vtt")}
MIXED = Sides(made=lambda: recorded(LEFT, {2: 3_500, 4: 9_000, 6: 16_000}))
SAME = Sides(options=SEPARATE, made=lambda: recorded(LEFT, LEFT, kind=TELEPHONE))
INVERTED = Sides(
    options=SEPARATE,
    made=lambda: replace(recorded(LEFT, -sound(LEFT, LENGTH, rate=16_000)), phrases=phrases(LEFT)),
)
ONE_CHANNEL = Sides(options=SEPARATE, made=lambda: recorded(LEFT, layout="mono"))
SILENT_LEFT = Sides(options=SEPARATE, made=lambda: recorded({}, RIGHT))
SIX = Sides(options=SEPARATE, made=lambda: recorded(*[LEFT] * 3, *[RIGHT] * 3, layout="5.1"))


def said(result: Result) -> dict[int | None, list[tuple[int, int, str]]]:
    """Return start, end and text of each segment by its channel."""
    assert result.error is None
    found: dict[int | None, list[tuple[int, int, str]]] = {}
    for segment, one in zip(result.body["segments"], result.segments, strict=True):
        found.setdefault(segment.get("channel"), []).append(one)
    return found


def check_side(found: list[tuple[int, int, str]], spoken: Mapping[int, int]) -> None:
    assert [text for _, _, text in found] == [english(number) for number in spoken]
    assert [start for start, _, _ in found] == pytest.approx([*spoken.values()], abs=NEAR)
    ends = [start + SPOKEN for start in spoken.values()]
    assert [end for _, end, _ in found] == pytest.approx(ends, abs=NEAR)


@pytest.mark.parametrize(
    ("name", "way"), [*(("wav", way) for way in WAYS), ("telephone", "translate"), ("mp3", "job")]
)
def test_each_side_has_its_own_words_at_their_times(runs: Runs, name: str, way: str) -> None:
    case = CALLS[name]
    result = runs.result(case, way)
    sides = said(result)
    assert sorted(sides, key=str) == [0, 1]
    check_side(sides[0], LEFT)
    check_side(sides[1], RIGHT)
    assert result.text == case.recording.text  # in the order of the starts
    assert result.warnings == []
    assert result.body["duration"] == pytest.approx(LENGTH / 1000, abs=0.12)


def test_all_ways_separate_alike(runs: Runs) -> None:
    check_alike(runs.results(CALLS["wav"]))


@FEW_WAYS
def test_each_call_to_the_provider_holds_one_side(runs: Runs, way: str) -> None:
    heard: list[list[int]] = []

    def hears(audio: bytes) -> list[Heard]:
        found = HEARS(audio)
        heard.append([one.number for one in found])
        return found

    runs.result(Sides(options=SEPARATE, hears=hears), way)
    assert sorted(heard) == [[*LEFT], [*RIGHT]]


@pytest.mark.parametrize("kind", SUBTITLES)
def test_subtitles_say_who_speaks(runs: Runs, kind: str) -> None:
    text = runs.result(SUBTITLES[kind], "translate").text
    shown = {"srt": "{}: {}", "vtt": "<v {}>{}"}[kind]
    assert shown.format("Agent", english(1)) in text
    assert shown.format("Customer", english(2)) in text


@EVERY_WAY
def test_different_speech_that_is_mixed_is_told(runs: Runs, way: str) -> None:
    (warning,) = runs.result(MIXED, way).warnings
    assert "separate" in warning


@pytest.mark.parametrize(
    ("case", "way"),
    [*((SAME, way) for way in WAYS), (INVERTED, "translate")],
    ids=[*WAYS, "inverted"],
)
def test_what_is_the_same_on_both_sides_is_sent_and_told_once(
    runs: Runs, case: Sides, way: str
) -> None:
    result = runs.result(case, way)
    assert [*said(result)] == [None]
    check_side(said(result)[None], LEFT)
    assert len(result.calls) == 1
    (warning,) = result.warnings
    assert "once" in warning


@FEW_WAYS
def test_one_channel_is_translated_as_ever(runs: Runs, way: str) -> None:
    result = runs.result(ONE_CHANNEL, way)
    assert [*said(result)] == [None]
    check_side(said(result)[None], LEFT)
    assert len(result.calls) == 1
    (warning,) = result.warnings
    assert "one channel" in warning


@FEW_WAYS
def test_a_silent_side_is_not_sent_but_named(runs: Runs, way: str) -> None:
    result = runs.result(SILENT_LEFT, way)
    assert [*said(result)] == [1]
    check_side(said(result)[1], RIGHT)
    assert len(result.calls) == 1
    (warning,) = result.warnings
    assert "Agent" in warning


@EVERY_WAY
def test_more_than_two_channels_are_refused(runs: Runs, way: str) -> None:
    result = runs.result(SIX, way)
    assert result.status == 400
    assert "6 channels" in str(result.error)
    assert not result.calls


def test_a_job_tells_the_recordings_length_and_what_was_sent(runs: Runs) -> None:
    job: dict[str, Any] = runs.result(CALLS["wav"], "job").job or {}
    assert job["progress"]["audioSeconds"] == {"done": 18.0, "total": 18.0}
    assert job["progress"]["chunks"] == {"done": 2, "total": 2}
