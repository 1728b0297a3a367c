"""The duration that a file states of itself, and what it does not have of that."""

from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer

from audio_translation.audio import arriving_file
from audio_translation.audio.media.gap_filling import Placed

_OF_TRACKS = {"mov", "avi", "asf"}
"""Demuxers that tell the duration of a track; that of a file may be that of its video."""
_TOLD = _OF_TRACKS | {"matroska", "wav", "w64", "flac", "caf", "aiff", "au", "mp3"}

_LEAST_MISSING = 1_000  # milliseconds
_MOST_MILLISECONDS_A_BYTE = 10
"""At 800 bits a second there is no speech; a header that states more is wrong."""

_UNKNOWN_SIZE = 0x7FFF0000
"""Whoever writes to a pipe states such a size or a larger one, or 0."""


def stated(container: InputContainer, stream: AudioStream, path: Path) -> int | None:
    """Return the duration in the headers, in milliseconds, None if it cannot be true."""
    found = None
    if stream.duration and stream.time_base:
        found = round(stream.duration * stream.time_base * 1000)
    elif container.duration:
        found = container.duration // 1000
    return _believed(found, path)


def missing(container: InputContainer, path: Path, hint: int | None, placed: Placed) -> int:
    """Return the milliseconds at the end that the headers state and the file does not have.

    ``hint`` is what ``stated`` has returned, ``placed`` what is known of all the track.
    """
    names = set(container.format.name.split(","))
    told = hint
    if "wav" in names:
        told = _believed(_of_wav(path), path)  # FFmpeg tells what is there
    elif "mp3" in names and not _has_frame_count(path):
        told = None  # FFmpeg's estimate
    elif "mov" in names and told is not None:
        told += placed.start
    believed = _OF_TRACKS if any(s.type == "video" for s in container.streams) else _TOLD
    if told is None or not names & believed:
        return 0
    short = told - placed.duration
    return short if short > max(_LEAST_MISSING, told // 50) else 0


def _believed(found: int | None, path: Path) -> int | None:
    most = arriving_file.size_of(path) * _MOST_MILLISECONDS_A_BYTE
    return found if found and 0 < found <= most else None


def _of_wav(path: Path) -> int | None:
    """Return the milliseconds that the sizes in a RIFF header come to."""
    rate = 0
    with path.open("rb") as file:
        if file.read(4) != b"RIFF":
            return None
        file.seek(12)
        while len(head := file.read(8)) == 8:
            size = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                return size * 1000 // rate if rate and size < _UNKNOWN_SIZE else None
            if head[:4] == b"fmt ":
                rate = int.from_bytes(file.read(12)[8:], "little")  # bytes a second
                size -= 12
            file.seek(size + size % 2, 1)
    return None


def _has_frame_count(path: Path) -> bool:
    """Return whether the first frame of an mp3 tells how many there are."""
    with path.open("rb") as file:
        head = file.read(10)
        tag = 0
        if head.startswith(b"ID3"):
            for byte in head[6:]:
                tag = tag << 7 | byte & 0x7F
            tag += 10
        file.seek(tag)
        first = file.read(4096)
    return any(name in first for name in (b"Xing", b"Info", b"VBRI"))
