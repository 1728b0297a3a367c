"""A view of a file that limits reads, and the errors of the parsers of containers."""

from typing import BinaryIO

from audio_translation.errors import UnsupportedAudio

MAX_READS = 4096
MAX_BYTES = 512 * 1024

_ACCEPTED = "Accepted is whatever ffmpeg plays: mp3, m4a, mp4, wav, webm, ogg, flac and others."


class SearchEnded(Exception):
    """So much of the file was read, and still it is not clear whether there is sound in it."""


class Window:
    """A file from which at most ``MAX_READS`` reads and ``MAX_BYTES`` bytes are made."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._reads, self._bytes = MAX_READS, MAX_BYTES
        self.size = file.seek(0, 2)

    def at(self, offset: int, length: int) -> bytes:
        """Return ``length`` bytes from ``offset``, fewer at the file's end.

        Raises SearchEnded over the limits.
        """
        if offset >= self.size:
            return b""
        self._reads -= 1
        self._bytes -= length
        if self._reads < 0 or self._bytes < 0:
            raise SearchEnded("No sound was found in the part of the file that is searched.")
        self._file.seek(offset)
        return self._file.read(length)

    def number(self, offset: int, length: int) -> int:
        """Return a big-endian number, 0 after the file's end."""
        return int.from_bytes(self.at(offset, length), "big")


def not_accepted(name: str) -> UnsupportedAudio:
    """Return the error for a type that is recognized but not accepted."""
    return refused(f"The file is {name}, which is not accepted; convert it.")


def no_sound(name: str) -> UnsupportedAudio:
    """Return the error for a container without an audio track."""
    return refused(
        f"The {name} file has no sound in it: no audio stream, or an empty one. Send another."
    )


def truncated(name: str) -> UnsupportedAudio:
    """Return the error for a container that ends before its audio."""
    return refused(f"The {name} file is cut off before its sound begins; send the whole file.")


def refused(what: str) -> UnsupportedAudio:
    """Return UnsupportedAudio with the list of the accepted types after ``what``."""
    return UnsupportedAudio(f"{what} {_ACCEPTED}", param="audioFileUrl")
