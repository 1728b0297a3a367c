"""Files of all kinds, and channels that cancel each other out, are heard on every way."""

import pytest

from tests.audio.odd_recordings import CONTAINERS
from tests.contract.every_way.cases import (
    EVERY_WAY,
    Case,
    Runs,
    check_alike,
    check_right,
    check_whole,
)

CASES = {
    name: Case(name)
    for name in (
        "opposite wav",
        "opposite m4a",
        "half opposite wav",
        "quiet",
        *CONTAINERS,
    )
}
EVERY_CASE = pytest.mark.parametrize("name", CASES)


@EVERY_CASE
@EVERY_WAY
def test_text_and_times_are_right(runs: Runs, name: str, way: str) -> None:
    check_right(runs.result(CASES[name], way), CASES[name].recording.phrases)


@EVERY_CASE
@EVERY_WAY
def test_the_file_is_told_as_it_is(runs: Runs, name: str, way: str) -> None:
    check_whole(runs.result(CASES[name], way), CASES[name].recording)


@EVERY_CASE
def test_all_ways_say_the_same(runs: Runs, name: str) -> None:
    check_alike(runs.results(CASES[name]))
