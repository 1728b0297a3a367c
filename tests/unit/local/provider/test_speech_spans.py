"""Which speech goes to Whisper in one call, and which it has missed."""

import numpy as np
import pytest

from local.provider.audio_decoding import RATE
from local.provider.speech_spans import missed_speech, speech_spans, split_at_long_pauses


@pytest.mark.parametrize(
    ("speech", "segments", "spans"),
    [
        ([(0, 10)], [(0, 10)], []),
        ([(0, 10)], [(0, 7.5)], []),
        ([(0, 10)], [(0, 7)], [(7, 10)]),
        ([(0, 30)], [(0, 8), (25, 30)], [(8, 25)]),
        ([(0, 8), (9, 11), (14, 16)], [(0, 8), (20, 21)], [(9, 16)]),
        ([(0, 8), (9, 10)], [(0, 8), (20, 21)], []),
        ([(5, 9)], [], [(5, 9)]),
        ([(0, 9)], [(5, 9), (0, 6)], []),
    ],
)
def test_speech_without_a_segment_for_three_seconds_is_missed_speech(
    speech: list[tuple[float, float]],
    segments: list[tuple[float, float]],
    spans: list[tuple[float, float]],
) -> None:
    assert missed_speech(speech, segments) == spans


def test_speech_is_parted_at_long_pauses_only() -> None:
    assert split_at_long_pauses([]) == []
    assert split_at_long_pauses([(1, 5), (14, 20), (30, 31)]) == [[(1, 5), (14, 20)], [(30, 31)]]


def test_nobody_speaks_in_silence() -> None:
    assert speech_spans(np.zeros(5 * RATE, np.float32)) == []
