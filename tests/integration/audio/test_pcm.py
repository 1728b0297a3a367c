"""Samples: mixed, sliced, encoded, measured."""

import random
from pathlib import Path

import pytest

from audio_translation.audio import decoding
from audio_translation.audio.chunk_plan import longest
from audio_translation.audio.type_detection.file_type import sniff
from audio_translation.audio.type_detection.type_constants import FLAC
from tests.audio.long_files import RATE
from tests.audio.media_files import many_channels
from tests.integration.audio.tone import BEEP, beep, decode, loud, plain


def test_a_slice_is_the_very_samples_that_were_asked_for(tmp_path: Path) -> None:
    pcm = tmp_path / "audio.pcm"
    noise = random.Random(4).randbytes(2 * RATE * 5)
    pcm.write_bytes(noise)
    audio = decoding.cut(pcm, 1_234, 3_999, tmp_path / "cut.flac")
    again = decoding.cut_chunk(audio.path, 100, 2_000, tmp_path / "again.flac")
    assert plain(audio) == noise[2 * 16 * 1_234 : 2 * 16 * 3_999]
    assert plain(again) == noise[2 * 16 * 1_334 : 2 * 16 * 3_234]
    with audio.path.open("rb") as file:
        assert audio.type == sniff(file) == FLAC
    assert audio.size == audio.path.stat().st_size
    assert longest(audio.size) <= 3_999 - 1_234 <= longest(audio.size + 20_000)
    beyond = decoding.cut(pcm, 4_000, 9_000, tmp_path / "beyond.flac")
    assert plain(beyond) == noise[2 * 16 * 4_000 :]


@pytest.mark.parametrize("channels", [3, 8, 9, 16, 32])
def test_many_channels_become_one(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "many.wav"
    many_channels(path, beep(3), channels)
    start, end = loud(decode(path))
    assert (start, end) == pytest.approx(BEEP, abs=0.051)
