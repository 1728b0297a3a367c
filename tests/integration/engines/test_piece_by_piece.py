"""Speech without a pause: cut by the clock, heard twice around the cut, told once."""

import random
import wave
from array import array
from pathlib import Path

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.media import decoding
from audio_translation.deadline import Deadline
from audio_translation.engines.piece_by_piece import HeardText, PieceByPiece
from audio_translation.translation.checks.language_detection import LanguageDetector
from tests.audio.chunk_audio import one_chunk
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
        return HeardText(" ".join(f"w{word}" for word in here), ("es",))

    translation = PieceByPiece(decoding, LanguageDetector()).heard(
        one_chunk(path, tmp_path), ask, model="m", language="english", deadline=Deadline.after(20)
    )
    assert translation.text.split() == [f"w{word}" for word in range(70_000 // WORD)]
    assert len(lengths) > 2
    assert max(lengths) <= 30_000
    for segment in translation.segments:
        first = int(segment.text.split()[0][1:])
        assert abs(segment.start - WORD * first) <= WORD
        assert segment.spoken == "es"
