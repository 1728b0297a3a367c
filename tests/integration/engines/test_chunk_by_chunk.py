"""Speech without a pause: cut by the clock, heard twice around the cut, told once."""

import random
import wave
from array import array
from pathlib import Path

import pytest

from audio_translation.audio import decoding
from audio_translation.audio.audio_file import Audio, AudioType
from audio_translation.deadline import Deadline
from audio_translation.engines.chunk_by_chunk import ChunkByChunk, HeardText
from audio_translation.errors import AudioTooLarge
from tests.audio.tones import decoded

RATE = 16_000
WORD = 400
"""Milliseconds."""


def noise(path: Path, seconds: int) -> bytes:
    """A wav that is loud all the time, and no two moments of which are the same."""
    values = random.Random(7)
    samples = array("h", (values.randrange(-9_000, 9_000) for _ in range(RATE * seconds))).tobytes()
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples)
    return samples


def audio(path: Path) -> Audio:
    return Audio(path, AudioType("wav", "audio/wav"), path.stat().st_size)


def test_speech_without_a_pause_is_told_once_whole_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "source"
    samples = noise(path, 70)
    lengths = []

    def ask(span: Audio) -> HeardText:
        data = decoded(span.path.read_bytes())
        start = samples.index(data[:64]) * 1000 // (2 * RATE)
        end = start + len(data) * 1000 // (2 * RATE)
        lengths.append(end - start)
        words = range(70_000 // WORD)
        here = [word for word in words if start <= WORD * word + WORD // 2 < end]
        return HeardText(" ".join(f"w{word}" for word in here), "es")

    translation = ChunkByChunk(decoding).heard(
        audio(path), ask, model="m", language="english", deadline=Deadline.after(20)
    )
    assert translation.text.split() == [f"w{word}" for word in range(70_000 // WORD)]
    assert len(lengths) > 2
    assert max(lengths) <= 30_000
    for segment in translation.segments:
        first = int(segment.text.split()[0][1:])
        assert abs(segment.start - WORD * first) <= WORD
        assert segment.spoken == "es"


def test_audio_that_is_too_long_for_a_request_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "source"
    noise(path, 2)
    spans = ChunkByChunk(decoding, max_duration=1_000)
    with pytest.raises(AudioTooLarge) as raised:
        spans.heard(
            audio(path),
            lambda _: HeardText("x"),
            model="m",
            language="english",
            deadline=Deadline.after(20),
        )
    assert raised.value.param == "audioFileUrl"
