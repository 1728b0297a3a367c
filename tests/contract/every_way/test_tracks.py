"""Which of several tracks is translated: the one asked for, the default one, one with speech."""

import pytest

from tests.contract.every_way.cases import EVERY_WAY, Case, Runs, check_alike, check_right
from tests.worlds.every_way import WAYS

DEFAULT = {
    name: Case(name)
    for name in (
        "two tracks mkv",
        "two tracks mp4",
        "first of two tracks",
        "silent first track",
        "unknown first track",
    )
}
"""Without options the recording's ``phrases`` are translated."""
ASKED = {
    "by number": (Case("two tracks mkv", options={"track": 1}), 0),
    "by number of an mp4": (Case("two tracks mp4", options={"track": 1}), 0),
    "by language": (Case("first of two tracks", options={"track": "es"}), 1),
}
"""Each with the index of the track that must be translated."""
BY_LANGUAGE = Case("first of two tracks", options={"sourceLanguage": "es"})
WITH_SOURCE_LANGUAGE = [way for way in WAYS if way != "openai"]
TOLD = ("two tracks mkv", "two tracks mp4", "first of two tracks")


@pytest.mark.parametrize("name", DEFAULT)
@EVERY_WAY
def test_the_default_track_with_speech_is_translated(runs: Runs, name: str, way: str) -> None:
    case = DEFAULT[name]
    check_right(runs.result(case, way), case.recording.phrases)


@pytest.mark.parametrize("name", ASKED)
@EVERY_WAY
def test_the_track_that_is_asked_for_is_translated(runs: Runs, name: str, way: str) -> None:
    case, track = ASKED[name]
    check_right(runs.result(case, way), case.recording.tracks[track])


@pytest.mark.parametrize("way", WITH_SOURCE_LANGUAGE)
def test_a_track_in_the_language_that_is_spoken_comes_first(runs: Runs, way: str) -> None:
    check_right(runs.result(BY_LANGUAGE, way), BY_LANGUAGE.recording.tracks[1])


@pytest.mark.parametrize("name", TOLD)
@EVERY_WAY
def test_a_warning_names_the_other_tracks(runs: Runs, name: str, way: str) -> None:
    warnings = runs.result(DEFAULT[name], way).warnings
    assert [warning for warning in warnings if "track" in warning.lower()]


@pytest.mark.parametrize("name", DEFAULT)
def test_all_ways_translate_the_same_track(runs: Runs, name: str) -> None:
    check_alike(runs.results(DEFAULT[name]))


@pytest.mark.parametrize("name", ASKED)
def test_all_ways_translate_the_track_that_is_asked_for(runs: Runs, name: str) -> None:
    check_alike(runs.results(ASKED[name][0]))


def test_all_ways_go_by_the_language_that_is_spoken(runs: Runs) -> None:
    check_alike(runs.results(BY_LANGUAGE, WITH_SOURCE_LANGUAGE))
