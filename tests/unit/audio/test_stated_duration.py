"""How long headers say that a file is."""

import wave
from pathlib import Path

import pytest

from audio_translation.audio.stated_duration import stated_duration
from tests.unit.audio.sample_files import encode, wav_that_says


def written(folder: Path, content: bytes) -> Path:
    path = folder / "source"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("container", "codec"),
    [("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("ogg", "libopus"), ("flac", "flac")],
)
def test_half_a_second_is_told_by_the_headers(tmp_path: Path, container: str, codec: str) -> None:
    path = written(tmp_path, encode(container, codec))
    assert stated_duration(path) == pytest.approx(500, abs=80)


def test_it_is_in_integer_milliseconds(tmp_path: Path) -> None:
    path = tmp_path / "source"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 1000, 0, "NONE", ""))
        file.writeframes(bytes(1234))
    assert stated_duration(path) == 1234


@pytest.mark.parametrize("content", [b"", b"no audio", bytes(1000), wav_that_says(bytes(4))])
def test_what_tells_no_length_has_none(tmp_path: Path, content: bytes) -> None:
    assert stated_duration(written(tmp_path, content)) is None
