"""Opening media files that cannot be trusted, and what their errors mean.

Only demuxers of media files and audio decoders are enabled, no other file or address can be opened,
memory is limited, and reading ends at the deadline.
"""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOMEM
from functools import cache
from pathlib import Path

import av
import av.error
import av.subtitles.codeccontext  # PyAV imports it late, when there may be no memory left
import av.subtitles.stream
from av.container import InputContainer

from audio_translation.audio.arriving_file import ArrivingFile, is_arriving
from audio_translation.audio.decoder import too_slow
from audio_translation.deadline import Deadline
from audio_translation.errors import Internal, ServiceError, UnsupportedAudio

DEMUXERS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,caf,dsf,dts,dtshd,dv,eac3,flac,flv,gsm,"
    "ircam,latm,loas,matroska,mlp,mov,mp3,mpc,mpc8,mpeg,mpegts,mxf,nut,oga,ogg,oma,qcp,rm,shn,sox,"
    "tak,truehd,tta,voc,w64,wav,wtv,wv,xwma"
)
"""Demuxers that never open another file or address, as those of playlists do (hls, concat)."""

MOST_MEMORY = 500_000_000
"""Bytes; hours of video need a tenth. A malicious header may ask for gigabytes."""

_OUR_FILE = "A file of our own could not be read or written."
_STATM = Path("/proc/self/statm")
_DATA = 5  # the column of statm that RLIMIT_DATA limits
_one_at_a_time = threading.Lock()


def opened(path: Path, deadline: Deadline) -> InputContainer:
    """Open a file that cannot be trusted; reading fails after the deadline.

    Raises Internal if there is no such file. After that every error is the file's, whatever FFmpeg
    calls it: some demuxers call damage by the names of the disk's errors.
    """
    left = deadline.left()
    try:
        path.open("rb").close()
    except OSError as error:
        raise Internal(_OUR_FILE) from error
    return av.open(
        ArrivingFile(path, deadline) if is_arriving(path) else f"file:{path}",
        "r",
        container_options={
            "protocol_whitelist": "file",
            "format_whitelist": DEMUXERS,
            # Without this, FFmpeg decodes video frames to learn their size.
            "codec_whitelist": _audio_decoders(),
        },
        # Bytes of a wav packet: 4096 are many calls from Python, and for each packet one way to
        # mix is chosen, so that it must not be long.
        options={"max_size": "16384"},
        metadata_errors="ignore",
        timeout=(left, left),
    )


@cache
def _audio_decoders() -> str:
    found = []
    for name in sorted(av.codecs_available):
        try:
            codec = av.Codec(name, "r")
        except ValueError:  # has an encoder only
            continue
        if codec.type == "audio":
            found.append(name)
    return ",".join(found)


def mapped(error: Exception, *, ours: bool = False) -> ServiceError:
    """Return the ServiceError for an error of PyAV.

    ``ours`` is whether the file is one that this service has written.
    """
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return too_slow()
    if ours:
        return Internal(_OUR_FILE)
    if isinstance(error, MemoryError):
        return UnsupportedAudio(
            "The file cannot be decoded in the memory that is given to it: it announces more than"
            " audio has. Convert it to mp3 or wav."
        )
    reason = getattr(error, "strerror", None) or "not the data that it should hold"
    return UnsupportedAudio(
        f"The file cannot be decoded as audio ({reason}): it is no media file, damaged, or cut"
        " short. Check that it plays, or convert it to mp3 or wav."
    )


@contextmanager
def errors_mapped(*, ours: bool = False) -> Iterator[None]:
    """Raise ServiceErrors in place of PyAV's; ``ours``: see ``mapped``."""
    try:
        yield
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        raise mapped(error, ours=ours) from error
    except OSError as error:
        if error.errno != ENOMEM:
            raise
        raise mapped(MemoryError(), ours=ours) from error


class MemoryLimit:
    """How much memory the process may have ``while_reading`` a file."""

    def __init__(self, more: int = MOST_MEMORY) -> None:
        """``more`` is in bytes, in addition to what the process has now."""
        self._before = _memory()
        self._most = self._before + more

    @property
    def used(self) -> int:
        """Bytes that the process has more than at first."""
        return _memory() - self._before

    @contextmanager
    def while_reading(self) -> Iterator[None]:
        """Let allocations over the limit fail in C code, and raise MemoryError in Python.

        Mapped files do not count. The limit is that of the whole process, so only one thread at a
        time can set it. A file that still arrives is waited for here, but in a process that has
        nothing else to do: see ``audio_file.LARGE``.
        """
        with _one_at_a_time:
            soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (_least(self._most, soft, hard), hard))
            try:
                yield
            finally:
                resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _memory() -> int:
    return int(_STATM.read_text().split()[_DATA]) * resource.getpagesize()


def _least(*limits: int) -> int:
    return min(limit for limit in limits if limit != resource.RLIM_INFINITY)
