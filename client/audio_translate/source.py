"""A recording as callers name it: a file, a stream, or a URL."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from stat import S_ISREG
from typing import BinaryIO
from urllib.parse import unquote

from audio_translate.errors import SourceNotReadable

Source = str | os.PathLike[str] | BinaryIO
"""A path, an ``http(s)://`` or ``s3://`` URL (as text), or an open binary file."""

_URL = re.compile(r"(https?|s3)://", re.IGNORECASE)
_BLOCK = 1 << 20
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Audio:
    """What is sent: the ``url``, or the ``size`` bytes of ``file`` from its beginning."""

    name: str
    url: str | None = None
    file: BinaryIO | None = None
    size: int = 0


def is_url(source: object) -> bool:
    """Return whether a source is the URL of a recording."""
    return isinstance(source, str) and _URL.match(source) is not None


def name_of(source: Source) -> str:
    """Return what a recording is called: the end of its path or URL, or of a stream its name."""
    if is_url(source):
        path = str(source).partition("://")[2].partition("?")[0].partition("#")[0]
        end = path.rpartition("/")[2] if "/" in path else ""
        return sent_name(unquote(end)) or "recording"
    if isinstance(source, (str, os.PathLike)):
        return sent_name(Path(source).name) or "recording"
    given = getattr(source, "name", None)
    return (sent_name(Path(given).name) if isinstance(given, str) else "") or "recording"


def sent_name(name: str) -> str:
    """Return a name that any server takes: UTF-8, without control characters, 255 at most.

    The end stays, because it tells the type.
    """
    text = os.fsencode(name).decode("utf-8", "replace")
    plain = "".join(letter if letter.isprintable() else "_" for letter in text)
    return plain[-_LONGEST_NAME:]


@contextmanager
def opened(source: Source, name: str | None = None) -> Iterator[Audio]:
    """Open a recording to send it; raises SourceNotReadable.

    A stream, or a file that is none (a pipe), is copied to a temporary file first, because S3
    wants to know the size.
    """
    called = sent_name(name or "") or name_of(source)
    if is_url(source):
        yield Audio(called, url=str(source))
        return
    try:
        stream = open(source, "rb") if isinstance(source, (str, os.PathLike)) else source  # noqa: SIM115, PTH123
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no name of a file"
        raise SourceNotReadable(f"{called} cannot be read: {reason}.") from error
    try:
        with _sized(stream, called) as (file, size):
            yield Audio(called, file=file, size=size)
    finally:
        if stream is not source:
            stream.close()


@contextmanager
def _sized(stream: BinaryIO, called: str) -> Iterator[tuple[BinaryIO, int]]:
    """Return a file of a known size; what stands before a stream's position is not of it."""
    regular = _regular(stream)
    if regular is not None and stream.tell() == 0:
        yield stream, regular
        return
    with tempfile.TemporaryFile(prefix="audio-translate-") as file:
        try:
            copyfileobj(stream, file, _BLOCK)
        except OSError as error:
            raise SourceNotReadable(f"{called} cannot be read: {error.strerror}.") from error
        yield file, file.tell()


def _regular(stream: BinaryIO) -> int | None:
    """Return the size of a file on a disk, None for anything else."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, AttributeError):
        return None
    return found.st_size if S_ISREG(found.st_mode) and stream.seekable() else None
