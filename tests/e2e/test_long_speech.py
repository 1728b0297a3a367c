"""Minutes of real speech as jobs over HTTP, heard by Whisper: what is found, where, how well.

Each file is of one language, as a user's would be. ``make bench`` does the same for half an hour.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.transcript import Segment
from audio_translation.translation.language_detection import LanguageDetector
from local.service import LocalService
from tests.audio.accuracy import (
    LEAST_FOUND,
    LEAST_OF_ONE_CALL,
    MOST_FOREIGN,
    MOST_START_ERROR,
    MOST_START_ERROR_P90,
    Accuracy,
    TranslatedFile,
    accuracy,
    p90,
)
from tests.audio.long_files import Spoken, write_all_recordings
from tests.audio.recordings import ALL, FOLDER, recordings
from tests.worlds.local_service import translated_by_job, translated_in_one_call

pytestmark = pytest.mark.timeout(600)

MINUTES = ("fr", "it", "ru")
CALL_SECONDS = 500
"""For a machine that is busy with other things, too: Whisper needs 30 for five minutes."""


def test_five_minutes_come_back_as_well_as_from_one_call(
    local_service: LocalService, tmp_path: Path
) -> None:
    audio = tmp_path / "five-minutes.mp3"
    spoken = write_all_recordings(5, audio, "es")
    assert len(spoken) > 25
    # Both at a time: Whisper has two workers.
    with ThreadPoolExecutor(2) as threads:
        split = threads.submit(translated_by_job, local_service, audio, within=CALL_SECONDS)
        whole = threads.submit(translated_in_one_call, local_service, audio, within=CALL_SECONDS)
    assert len(split.result().chunks) >= 2
    ours, theirs = accuracy(split.result(), spoken), accuracy(whole.result(), spoken)
    told("es", ours, theirs)
    check(ours)
    assert ours.start_error_p90 <= MOST_START_ERROR_P90, ours
    assert ours.chrf >= LEAST_OF_ONE_CALL * theirs.chrf, (ours, theirs)


def test_a_minute_comes_back_in_each_of_the_other_languages(
    local_service: LocalService, tmp_path: Path
) -> None:
    """Nine in ten start errors are those of all three: a minute has no ten recordings."""

    def figures(language: str) -> Accuracy:
        audio = tmp_path / f"{language}.mp3"
        spoken = write_all_recordings(1, audio, language)
        assert len(spoken) > 5
        return accuracy(translated_by_job(local_service, audio, within=CALL_SECONDS), spoken)

    with ThreadPoolExecutor(2) as threads:
        found = dict(zip(MINUTES, threads.map(figures, MINUTES), strict=True))
    for language, ours in found.items():
        told(language, ours)
        check(ours)
    assert p90([off for ours in found.values() for off in ours.start_errors]) <= (
        MOST_START_ERROR_P90
    ), found


def check(figures: Accuracy) -> None:
    assert figures.start_error <= MOST_START_ERROR, figures
    assert figures.found >= LEAST_FOUND, figures
    assert max(figures.foreign) <= MOST_FOREIGN, figures


def told(language: str, *figures: Accuracy) -> None:
    for each in figures:
        sys.stdout.write(f"{language}: {json.dumps(each.as_json())}\n")


# The measure itself ------------------------------------------------------------------------------

SPOKEN = [
    Spoken(1_000, 5_000, "a.mp3", "Please enter the number to be blacklisted."),
    Spoken(6_000, 9_000, "b.mp3", "Press 5 to repeat the current message."),
]


def heard(*segments: tuple[int, int, str]) -> Accuracy:
    chunks = [Chunk(0, 5_500, ()), Chunk(5_500, 9_500, ())]
    return accuracy(
        TranslatedFile([Segment(*segment) for segment in segments], chunks, 1.0), SPOKEN
    )


def test_what_is_spoken_at_its_time_measures_best() -> None:
    figures = heard(*((one.start, one.end, one.english) for one in SPOKEN))
    assert (figures.start_error, figures.start_error_p90, figures.found) == (0, 0, 1)
    assert figures.chrf == pytest.approx(100)
    assert figures.foreign == [0, 0]


def test_a_recording_that_is_lost_is_seen() -> None:
    figures = heard((1_000, 5_000, SPOKEN[0].english))
    assert figures.found == 0.5
    assert figures.start_error_p90 == float("inf")


def test_a_recording_in_the_segment_of_its_neighbour_is_late_but_found() -> None:
    figures = heard((1_000, 9_000, f"{SPOKEN[0].english} {SPOKEN[1].english}"))
    assert figures.start_error_p90 == 5
    assert figures.found == 1


def test_other_words_far_from_the_start_are_no_find() -> None:
    figures = heard((2_500, 9_000, "Weasels have eaten our phone system"))
    assert figures.found == 0


def test_a_chunk_that_is_left_in_its_language_is_seen() -> None:
    figures = heard(
        (1_000, 5_000, "Introduzca el número que desea bloquear."),
        (6_000, 9_000, "Press 5 to repeat the current message."),
    )
    assert figures.foreign == [1, 0]


def test_the_detector_tells_the_recordings_languages_from_english() -> None:
    sentences = list(recordings(FOLDER, ALL))
    assert len(sentences) == 52
    assert [r.source for r in sentences if not LanguageDetector().is_foreign(r.source)] == []
    assert [r.english for r in sentences if LanguageDetector().is_foreign(r.english)] == []
