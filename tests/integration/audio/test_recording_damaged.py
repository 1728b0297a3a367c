"""Damaged files end in chunks or in an error that is about the file, in bounded processor time."""

import time
from pathlib import Path

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.media import decoding
from audio_translation.audio.recording import Listening, Recording
from audio_translation.deadline import Deadline
from audio_translation.errors import AudioTooLarge, UnsupportedAudio
from tests.audio.damaged_files import KINDS, cut, flipped, sound_file

FLIPS, CUTS = 12, 4
"""Of each kind; `tests.benchmarks.damaged_files` makes thousands."""
MOST_SECONDS = 2.0
"""Of processor time for two seconds of sound, whatever its headers say."""
LISTENING = Listening(decoding, target=150_000, limit=300_000, max_duration=2 * 3_600_000)


@pytest.mark.parametrize(("extension", "codec", "rate"), KINDS, ids=str)
def test_damage_is_the_files_fault_and_costs_little(
    tmp_path: Path, extension: str, codec: str, rate: int
) -> None:
    content = sound_file(tmp_path, extension, codec, rate)
    path, heard = tmp_path / "source", 0
    for damaged in (*flipped(content, FLIPS, seed=rate), *cut(content, CUTS, seed=rate)):
        path.write_bytes(damaged)
        began = time.process_time()
        try:
            with path.open("rb") as file:
                audio = Audio(path, sniff(file), len(damaged))
            for chunk in Recording(audio, LISTENING, tmp_path).chunks(Deadline.after(30)):
                chunk.discard()
                heard += 1
        except (UnsupportedAudio, AudioTooLarge):
            pass
        assert time.process_time() - began < MOST_SECONDS
    assert heard > FLIPS / 3, "most of a damaged file can be heard"
