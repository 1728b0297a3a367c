"""A file that is read while it still arrives, by any process.

Until all of it is there, a note beside it says how many bytes it will have, or that the rest will
not come. Who reads what has not arrived waits for it.
"""

import hashlib
import io
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from audio_translation.audio.audio_file import Audio, AudioType, FetchedFile
from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.decoder import too_slow
from audio_translation.deadline import Deadline
from audio_translation.errors import AudioNotRetrievable, ServiceError

_LOOK_SECONDS = 0.01
_BROKEN_OFF = "broken off"
_UNKNOWN = AudioType("", "")


def begin(path: Path, size: int) -> None:
    """Note that the file will have so many bytes."""
    _write_note(path, str(size))


def complete(path: Path) -> None:
    """Note that all of the file is there."""
    _note(path).unlink(missing_ok=True)


def give_up(path: Path) -> None:
    """Note that the rest of the file will not come."""
    _write_note(path, f"{size_of(path)} {_BROKEN_OFF}")


def write_all(file: io.FileIO, content: bytes) -> None:
    """Write at once, for those who read; a file without a buffer may take a part at a time."""
    while content:
        content = content[file.write(content) :]


def with_type(fetched: FetchedFile, deadline: Deadline) -> Audio:
    """Return a file with its type, found in its bytes; without one its download ends.

    Raises UnsupportedAudio, and what the download fails with.
    """
    audio = Audio(
        fetched.path, _UNKNOWN, fetched.size, fetched.rest, fetched.cancel, fetched.sha256
    )
    try:
        with opened(fetched.path, deadline) as file:
            return replace(audio, type=sniff(file))
    except (ServiceError, OSError):
        failed = has_failed(audio)
        fetched.cancel()
        if failed:
            wait_for(audio, deadline)
        raise


def is_arriving(path: Path) -> bool:
    """Return whether a part of the file may be missing."""
    return _note(path).exists()


def size_of(path: Path) -> int:
    """Return the bytes that the file has, or will have."""
    with suppress(FileNotFoundError):
        return int(_note(path).read_text().split()[0])
    return path.stat().st_size


def wait_for(audio: Audio, deadline: Deadline) -> None:
    """Wait until all of a file is there; raises what its download failed with, or AudioTooLarge."""
    if audio.rest is None:
        return
    try:
        audio.rest.result(timeout=deadline.left())
    except TimeoutError:
        raise too_slow() from None


def sha256_of(audio: Audio, deadline: Deadline) -> str:
    """Return the SHA-256 of a file's bytes, in hex, when all of it is there; see ``wait_for``.

    What a download has taken on its way is not read again.
    """
    wait_for(audio, deadline)
    taken = audio.rest.result().sha256 if audio.rest else audio.sha256
    if taken:
        return taken
    with audio.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def has_failed(audio: Audio) -> bool:
    """Return whether the rest of a file will not come."""
    rest = audio.rest
    if rest is None:
        return False
    return rest.exception() is not None if rest.done() else _is_given_up(audio.path)


def opened(path: Path, deadline: Deadline) -> BinaryIO:
    """Open the file to read it; what is missing is waited for until the deadline."""
    if is_arriving(path):
        return cast(BinaryIO, ArrivingFile(path, deadline))
    return path.open("rb")


class ArrivingFile(io.RawIOBase):
    """Reads raise AudioTooLarge after the deadline, AudioNotRetrievable if no more will come."""

    def __init__(self, path: Path, deadline: Deadline) -> None:
        super().__init__()
        self._path, self._deadline = path, deadline
        self._size = size_of(path)
        self._file = path.open("rb", buffering=0)

    def readable(self) -> bool:
        """See ``io.RawIOBase``."""
        return True

    def seekable(self) -> bool:
        """See ``io.RawIOBase``."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Seek; the end is where it will be."""
        if whence == io.SEEK_END:
            offset, whence = self._size + offset, io.SEEK_SET
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """See ``io.RawIOBase``."""
        return self._file.tell()

    def read(self, length: int = -1) -> bytes:
        """Return so many bytes, fewer only at the end of the whole file."""
        at = self.tell()
        length = max(0, self._size - at) if length < 0 else length
        self._wait(min(at + length, self._size))
        parts = []
        while length and (part := self._file.read(length)):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """See ``io.RawIOBase``."""
        self._file.close()
        super().close()

    def _wait(self, until: int) -> None:
        while is_arriving(self._path) and self._path.stat().st_size < until:
            if _is_given_up(self._path):
                raise AudioNotRetrievable("The rest of the audio did not arrive.")
            if not self._deadline.left():
                raise too_slow()
            time.sleep(min(_LOOK_SECONDS, self._deadline.left()))


def _is_given_up(path: Path) -> bool:
    with suppress(FileNotFoundError):
        return _note(path).read_text().endswith(_BROKEN_OFF)
    return False


def _write_note(path: Path, text: str) -> None:
    """Write it in one go: others read it meanwhile."""
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    new.replace(_note(path))


def _note(path: Path) -> Path:
    return path.with_name(path.name + ".arriving")
