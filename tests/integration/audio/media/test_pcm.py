"""Samples: mixed, sliced, encoded, measured."""

import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from audio_translation.audio.chunk_plan import longest
from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.media import decoding
from audio_translation.audio.speech import WINDOW
from tests.audio.long_files import RATE
from tests.audio.media_files import many_channels
from tests.integration.audio.tone import BEEP, Decoded, beep, decode, loud, plain


def floats(data: bytes) -> bytes:
    return (np.frombuffer(data, "<i2") / 32768).astype("<f4").tobytes()


def test_a_slice_is_the_very_samples_that_were_asked_for(tmp_path: Path) -> None:
    noise = random.Random(4).randbytes(2 * RATE * 3)
    blocks = [floats(noise[at : at + 30_000]) for at in range(0, len(noise), 30_000)]
    audio = decoding.encoded(blocks, tmp_path / "all.flac", gain=1.0)
    again = decoding.cut_chunk(audio.path, 100, 2_000, tmp_path / "again.flac")
    assert plain(audio) == noise
    assert plain(again) == noise[2 * 16 * 100 : 2 * 16 * 2_000]
    with audio.path.open("rb") as file:
        assert audio.type == sniff(file) == FLAC
    assert audio.size == audio.path.stat().st_size
    assert longest(audio.size) <= 3_000 <= longest(audio.size + 20_000)
    beyond = decoding.cut_chunk(audio.path, 2_500, 9_000, tmp_path / "beyond.flac")
    assert plain(beyond) == noise[2 * 16 * 2_500 :]


def test_faint_sound_is_raised_before_it_is_rounded_to_16_bits(tmp_path: Path) -> None:
    loud = (np.sin(np.arange(RATE) / 5) / 4).astype("<f4")
    faint = decoding.encoded([(loud / 10_000).tobytes()], tmp_path / "a.flac", gain=10_000)
    values = np.frombuffer(decode(faint.path).samples, "<f4")
    assert np.abs(values - loud).max() < 1e-3


@pytest.mark.parametrize("channels", [3, 8, 9, 16, 32])
def test_many_channels_become_one(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "many.wav"
    many_channels(path, beep(3), channels)
    start, end = loud(decode(path))
    assert (start, end) == pytest.approx(BEEP, abs=0.051)


def stereo(path: Path, codec: str, left: np.ndarray, right: np.ndarray) -> Decoded:
    """Decode samples between -1 and 1 from a wav."""
    frame = AudioFrame.from_ndarray(np.stack([left, right]).astype("<f4"), "fltp", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(format=stream.format, layout="stereo", rate=RATE)
        for one in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(one))
        container.mux(stream.encode(None))
    return decode(path)


TONE = np.sin(np.arange(3 * RATE) / 5) / 10
PCM = ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le"]


@pytest.mark.parametrize("codec", PCM)
@pytest.mark.parametrize("offset", [0, 0.2])
def test_channels_that_cancel_each_other_out_are_heard(
    tmp_path: Path, codec: str, offset: float
) -> None:
    decoded = stereo(tmp_path / "a.wav", codec, TONE + offset, -TONE + offset)
    assert decoded.info.inverted
    assert min(decoded.levels) == pytest.approx(-23, abs=1.5)


@pytest.mark.parametrize("codec", PCM)
def test_a_channel_that_is_inverted_from_the_middle_on_is_heard_to_the_end(
    tmp_path: Path, codec: str
) -> None:
    late = np.where(np.arange(len(TONE)) < len(TONE) // 2, TONE, -TONE)
    decoded = stereo(tmp_path / "a.wav", codec, TONE, late)
    assert decoded.info.inverted
    assert np.median(decoded.levels[30:]) == pytest.approx(-23, abs=1.5)
    assert sum(level < -40 for level in decoded.levels) * WINDOW <= 300


@pytest.mark.parametrize("codec", PCM)
def test_an_offset_that_differs_between_channels_is_no_sound(tmp_path: Path, codec: str) -> None:
    decoded = stereo(tmp_path / "a.wav", codec, TONE + 0.3, TONE - 0.3)
    assert not decoded.info.inverted
    assert min(decoded.levels) == pytest.approx(-23, abs=1.5)


def test_silence_with_an_offset_is_not_inverted(tmp_path: Path) -> None:
    still = np.zeros(RATE)
    assert not stereo(tmp_path / "a.wav", "pcm_f32le", still + 0.3, still - 0.1).info.inverted
