"""Which speech goes to Whisper in one call, and which it has missed."""

from pathlib import Path

import numpy as np
import pytest
from faster_whisper.vad import (  # type: ignore[import-untyped]
    VadOptions,
    get_speech_timestamps,
)

from local.provider.audio_decoding import RATE, Samples, decoded_pieces
from local.provider.speech_spans import (
    WINDOW,
    missed_speech,
    speech_probabilities,
    speech_spans,
    split_at_long_pauses,
)
from tests.audio.recordings import FOLDER


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
    assert speech_spans(speech_probabilities(np.zeros(5 * RATE, np.float32))) == []
    assert speech_spans(speech_probabilities(np.zeros(0, np.float32))) == []


@pytest.mark.parametrize(
    ("probabilities", "spans"),
    [
        ([0] * 3 + [1] * 4, [(3, 7)]),
        ([0.4, 0.5, 0.4, 0.34] + [0] * 40, [(1, 3)]),
        ([1] + [0] * 16 + [1], [(0, 18)]),
        ([1] + [0] * 17 + [1], [(0, 1), (18, 19)]),
        ([1] + [0.34] + [0.4] * 40 + [1], [(0, 43)]),
    ],
)
def test_speech_ends_when_it_is_unlikely_for_half_a_second(
    probabilities: list[float], spans: list[tuple[int, int]]
) -> None:
    """Spans are in windows here."""
    found = [
        (start * RATE / WINDOW, end * RATE / WINDOW) for start, end in speech_spans(probabilities)
    ]
    assert found == spans


@pytest.mark.parametrize(("min_pause", "pad"), [(0.5, 0), (2, 0.4)])
def test_speech_is_found_where_faster_whisper_finds_it(min_pause: float, pad: float) -> None:
    paths = [FOLDER / "es" / "demo-congrats.mp3", FOLDER / "ru" / "demo-enterkeywords.mp3"]
    pause = np.zeros(RATE * 7 // 10, np.float32)
    audio = np.concatenate([sound for path in paths * 2 for sound in (_decoded(path), pause)])
    ms = {"min_silence_duration_ms": int(min_pause * 1000), "speech_pad_ms": int(pad * 1000)}
    expected = get_speech_timestamps(audio, VadOptions(**ms))
    found = speech_spans(speech_probabilities(audio), min_pause=min_pause, pad=pad)
    samples = [(round(start * RATE), round(end * RATE)) for start, end in found]
    assert len(samples) == len(expected)
    for (start, end), span in zip(samples, expected, strict=True):
        assert abs(start - span["start"]) <= 1
        assert abs(min(end, len(audio)) - span["end"]) <= 1


def _decoded(path: Path) -> Samples:
    with path.open("rb") as file:
        return np.concatenate([samples for _, samples in decoded_pieces(file)])
