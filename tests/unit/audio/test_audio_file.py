"""The name that a provider is given."""

from pathlib import Path

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.type_constants import M4A


def test_a_provider_learns_the_type_of_the_bytes_and_nothing_of_the_files_name() -> None:
    audio = Audio(path=Path("/tmp/private interview.mp3"), type=M4A, size=1)
    assert audio.upload_name == "audio.m4a"
