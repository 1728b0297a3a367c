"""Rules of subtitles are kept on every way, and refused in the same words."""

from itertools import pairwise
from typing import Any

import pytest
import srt

from tests.contract.every_way.cases import EVERY_WAY, Case, Runs

NARROW: dict[str, Any] = {"responseFormat": "srt", "subtitles": '{"maxLineLength": 12}'}
CASES = {
    "figures": Case("spread", options=NARROW),
    "style": Case("spread", options={**NARROW, "subtitles": "social"}),
    "default": Case("spread", options={"responseFormat": "srt"}),
    "wrong": Case("spread", options={**NARROW, "subtitles": "hbo"}),
}


def cues(runs: Runs, name: str, way: str) -> list[srt.Subtitle]:
    return list(srt.parse(runs.result(CASES[name], way).body["text"]))


@EVERY_WAY
def test_lines_are_as_long_as_was_asked_for(runs: Runs, way: str) -> None:
    told = cues(runs, "figures", way)
    lines = [line for cue in told for line in cue.content.splitlines()]
    assert max(map(len, lines)) <= 12
    assert " ".join(lines).split() == [
        word for cue in cues(runs, "default", way) for word in cue.content.split()
    ]
    for cue, following in pairwise(told):
        assert (following.start - cue.end).total_seconds() >= 0.084


@EVERY_WAY
def test_a_style_may_be_named_alone(runs: Runs, way: str) -> None:
    assert all("\n" not in cue.content for cue in cues(runs, "style", way))


@pytest.mark.parametrize("name", ["figures", "style", "default"])
def test_all_ways_lay_out_alike(runs: Runs, name: str) -> None:
    texts = [[cue.content for cue in cues(runs, name, way)] for way in runs.world.ways]
    assert all(text == texts[0] for text in texts)


@EVERY_WAY
def test_a_style_that_is_unknown_is_refused(runs: Runs, way: str) -> None:
    result = runs.result(CASES["wrong"], way)
    assert result.body["error"]["param"] == "subtitles.style"
    assert "netflix" in str(result.error)
    assert result.calls == []
