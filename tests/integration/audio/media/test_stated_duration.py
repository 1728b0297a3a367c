"""How long a file says that it is, and what of that is missing."""

import random
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.audio.long_files import RATE
from tests.audio.media_files import browser_webm
from tests.integration.audio.tone import SECONDS, beep, decode, encode

NOISE = random.Random(6).randbytes(2 * RATE * 20)  # so that every second takes the same bytes
FASTSTART = {"movflags": "+faststart"}
CUT: list[tuple[str, str, dict[str, Any]]] = [
    ("mp4", "aac", {"options": FASTSTART}),
    ("m4a", "alac", {"options": FASTSTART}),
    ("mp4", "aac", {"options": FASTSTART, "late": 4.0, "video": [n / 5 for n in range(120)]}),
    ("mp3", "libmp3lame", {}),
    ("wav", "pcm_s16le", {}),
    ("flac", "flac", {}),
    ("aiff", "pcm_s16be", {}),
    ("au", "pcm_s16be", {}),
    ("mkv", "aac", {}),
]


@pytest.mark.parametrize(("extension", "codec", "options"), CUT)
def test_an_end_that_is_cut_off_is_missing(
    tmp_path: Path, extension: str, codec: str, options: dict[str, Any]
) -> None:
    path = tmp_path / f"cut.{extension}"
    rate = RATE if codec.startswith("pcm") else 44_100
    encode(path, codec, data=NOISE, rate=rate, **options)
    whole = path.read_bytes()
    assert decode(path).info.missing == 0
    path.write_bytes(whole[: len(whole) * 7 // 10])
    info = decode(path).info
    assert info.missing > 5_000
    assert info.duration + info.missing == pytest.approx(
        20_000 + 1000 * options.get("late", 0), abs=150
    )


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_wav_from_a_pipe_states_nothing(tmp_path: Path, size: int) -> None:
    path = tmp_path / "pipe.wav"
    encode(path, "pcm_s16le")
    data = bytearray(path.read_bytes())
    data[4:8] = struct.pack("<I", size)
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", size)
    path.write_bytes(data)
    decoded = decode(path)
    assert (decoded.stated or 0) <= SECONDS * 1000
    assert (decoded.info.duration, decoded.info.missing) == (SECONDS * 1000, 0)


def test_a_webm_without_duration_states_none(tmp_path: Path) -> None:
    path = tmp_path / "browser.webm"
    browser_webm(path, beep())
    assert decode(path).stated is None


def test_an_estimate_of_ffmpegs_is_not_believed(tmp_path: Path) -> None:
    """An mp3 without a frame count, which begins slow and goes on fast."""
    parts = []
    for rate, data in ((16_000, bytes(2 * RATE * 2)), (160_000, NOISE)):
        path = tmp_path / f"{rate}.mp3"
        encode(path, "libmp3lame", data=data, rate=RATE, options={"write_xing": "0"})
        parts.append(path.read_bytes())
    path = tmp_path / "both.mp3"
    path.write_bytes(b"".join(parts))
    assert decode(path).info.missing == 0
