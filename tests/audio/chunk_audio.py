"""Files as chunks: heard as the service hears them, and all of it in one."""

from pathlib import Path

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio, Listening, Recording
from audio_translation.audio.speech import Span
from audio_translation.deadline import Deadline

HOUR = 3_600_000


def heard(path: Path, folder: Path, *, target: int = HOUR, limit: int = HOUR) -> list[ChunkAudio]:
    """Return the chunks of a file, their FLAC in ``folder``."""
    with path.open("rb") as file:
        audio = Audio(path, sniff(file), path.stat().st_size)
    listening = Listening(decoding, target=target, limit=limit, max_duration=HOUR)
    return list(Recording(audio, listening, folder).chunks(Deadline.after(60)))


def one_chunk(path: Path, folder: Path) -> ChunkAudio:
    """Return all of a file's speech as a chunk, whose times are the file's."""
    chunks = heard(path, folder)
    speech = tuple(span for chunk in chunks for span in chunk.chunk.speech)
    to = folder / "whole.flac"
    with decoding.sound(path, track=1, max_duration=HOUR, deadline=Deadline.after(60)) as sound:
        blocks = (bytes(4 * b) if isinstance(b, int) else b for b in sound.blocks())
        flac = decoding.encoded(blocks, to, gain=1.0)
    for chunk in chunks:
        chunk.discard()
    return ChunkAudio(Chunk(0, sound.info.duration, speech), flac, range=60)


def unheard(path: Path, size: int | None = None) -> ChunkAudio:
    """Return a second of speech with this file in the place of its FLAC."""
    file = Audio(path, FLAC, path.stat().st_size if size is None else size)
    return ChunkAudio(Chunk(0, 1000, (Span(0, 1000),)), file, range=60)
