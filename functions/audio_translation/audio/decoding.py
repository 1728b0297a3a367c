"""Sound out of any file, and slices of it: PyAV (FFmpeg) in one pass and constant memory.

A file's sound becomes plain samples on disk, placed by the times that its packets carry: gaps are
filled with silence, and so is the time before the sound begins, so that a sample's number is its
time in the file. Files come from strangers: only demuxers of media files and decoders of sound
are let near them, nothing but the file itself is opened, and time, length and memory are bounded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOMEM
from functools import cache
from pathlib import Path

import av
import av.error
import av.subtitles.codeccontext  # PyAV's own import comes when a file may have left no memory
import av.subtitles.stream
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import AudioInfo, Decoded
from audio_translation.audio.memory_limit import bounded
from audio_translation.audio.pcm import RATE, Mono, Recorder, encoded, slice_of
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioTooLarge,
    Internal,
    ServiceError,
    UnsupportedAudio,
)

_DEMUXERS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,caf,dsf,dts,dtshd,dv,eac3,flac,flv,gsm,"
    "ircam,latm,loas,matroska,mlp,mov,mp3,mpc,mpc8,mpeg,mpegts,mxf,nut,oga,ogg,oma,qcp,rm,shn,sox,"
    "tak,truehd,tta,voc,w64,wav,wtv,wv,xwma"
)
"""None of these opens another file or an address; playlists (hls, dash, concat) do."""

_FROM_THE_CLOCK = 40
"""Milliseconds that samples and packets' times may differ before they are brought together."""

_BACKWARDS = 1_000
"""Milliseconds; a clock that goes back by more has been started anew and is not followed."""

_MOST_DAMAGED = 10_000
"""Packets in a row that cannot be decoded, and no more are tried."""

MOST_MEMORY = 500_000_000
"""Bytes; hours of film need a tenth. A header of a few bytes may ask for gigabytes."""

_OURS = (
    av.error.FileNotFoundError,
    av.error.PermissionError,
    av.error.IsADirectoryError,
    av.error.NotADirectoryError,
)


def decode(path: Path, folder: Path, *, max_duration: int, deadline: Deadline) -> Decoded:
    """Decode the first stream of sound into a file in ``folder`` (115 MB an hour).

    ``max_duration`` is in milliseconds. Damaged packets become silence. Raises UnsupportedAudio
    where nothing can be decoded, and AudioTooLarge for sound that is longer than
    ``max_duration`` or is not decoded by the deadline.
    """
    if not path.stat().st_size:
        raise UnsupportedAudio("The file is empty.")
    pcm = folder / "audio.pcm"
    with (
        _errors_mapped(),
        bounded(MOST_MEMORY),
        _opened(path, deadline) as container,
        pcm.open("wb") as file,
    ):
        stream = _first_sound(container)
        track = _Track(Recorder(file, max_duration), container.start_time or 0)
        _read(container, stream, track, deadline)
        duration, levels = track.recorder.finished()
        if not track.frames:
            raise UnsupportedAudio(
                "The file holds no sound that can be decoded: it is damaged or cut short."
            )
        info = AudioInfo(
            container=container.format.name,
            codec=stream.codec_context.name,
            duration=duration,
            streams=len(container.streams.audio),
            start=track.start,
            damaged=track.damaged,
        )
    return Decoded(pcm, levels, info)


def cut(pcm: Path, start: int, end: int, to: Path) -> Audio:
    """Write the samples of a ``Decoded`` from ``start`` to ``end`` milliseconds as FLAC."""
    with _errors_mapped(ours=True), pcm.open("rb") as file:
        return encoded(slice_of(file, start, end), to)


def cut_chunk(chunk: Path, start: int, end: int, to: Path) -> Audio:
    """Write a part of what ``cut`` has written; times are milliseconds of the chunk."""
    with _errors_mapped(ours=True), av.open(f"file:{chunk}", format="flac") as container:
        return encoded(_part(container, start * RATE // 1000, end * RATE // 1000), to)


def mapped(error: Exception, *, ours: bool = False) -> ServiceError:
    """Any error of PyAV as one of the table; ``ours`` if it is not the stranger's file."""
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return _too_slow()
    if ours or isinstance(error, _OURS):
        return Internal("A file of our own could not be read or written.")
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
def _errors_mapped(*, ours: bool = False) -> Iterator[None]:
    try:
        yield
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        raise mapped(error, ours=ours) from error
    except OSError as error:
        if error.errno != ENOMEM:
            raise
        raise mapped(MemoryError(), ours=ours) from error


def _too_slow() -> AudioTooLarge:
    return AudioTooLarge(
        "The audio could not be decoded in the time that is given to it; send it in parts."
    )


# Demuxing and decoding --------------------------------------------------------------------------


def _opened(path: Path, deadline: Deadline) -> InputContainer:
    left = deadline.left()
    return av.open(
        f"file:{path}",
        "r",
        container_options={
            "protocol_whitelist": "file",
            "format_whitelist": _DEMUXERS,
            # Nothing is decoded to find out how large a stranger's video is.
            "codec_whitelist": _decoders_of_sound(),
        },
        metadata_errors="ignore",
        timeout=(left, left),
    )


@cache
def _decoders_of_sound() -> str:
    found = []
    for name in sorted(av.codecs_available):
        try:
            codec = av.Codec(name, "r")
        except ValueError:  # an encoder only
            continue
        if codec.type == "audio":
            found.append(name)
    return ",".join(found)


def _first_sound(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise UnsupportedAudio("The file has no audio stream; there is nothing to translate.")
    sound = container.streams.audio[0]
    if sound.codec_context is None:
        raise UnsupportedAudio("The file's audio is coded in a way that cannot be decoded.")
    for stream in container.streams:
        if stream is not sound:
            stream.discard = Discard.all
    sound.codec_context.thread_count = 1
    return sound


class _Track:
    """Puts decoded frames where their times say, and counts."""

    def __init__(self, recorder: Recorder, epoch: int) -> None:
        """``epoch`` is the file's first moment in microseconds, as its packets count."""
        self.recorder = recorder
        self.frames = self.damaged = self.start = 0
        self._mono = Mono()
        self._epoch = epoch * RATE // 1_000_000
        self._skip = 0  # samples that come next and are there already

    def add(self, frame: AudioFrame) -> None:
        if not frame.samples or not frame.sample_rate:
            return
        self._place(frame)
        self._write(self._mono.add(frame))
        self.frames += 1

    def end(self) -> None:
        self._write(self._mono.end())

    def _write(self, data: bytes) -> None:
        left_out = min(self._skip, len(data) // 2)
        self._skip -= left_out
        self.recorder.write(data[2 * left_out :])

    def _place(self, frame: AudioFrame) -> None:
        """Bring the samples together with the time of the frame that follows them."""
        if frame.time is None:
            return
        at = round(frame.time * RATE) - self._epoch
        ahead = at - (self.recorder.samples + self._mono.held - self._skip)
        if abs(ahead) <= _FROM_THE_CLOCK * RATE // 1000:
            return
        if ahead > self.recorder.room or ahead < (-_BACKWARDS * RATE // 1000 if self.frames else 0):
            self._epoch += ahead  # no clock to go by: what comes next follows what was before
            return
        self.end()
        if not self.frames:
            self.start = at * 1000 // RATE
        self._skip = max(0, self.recorder.samples - at)
        self.recorder.silence(max(0, at - self.recorder.samples))


def _read(
    container: InputContainer, stream: AudioStream, track: _Track, deadline: Deadline
) -> None:
    """Decode to the end, or to where the file cannot be read any more."""
    in_a_row = 0
    for packet in _packets(container, stream, track, deadline):
        try:
            for frame in packet.decode() if packet else stream.codec_context.decode(None):
                if isinstance(frame, AudioFrame):
                    track.add(frame)
                    in_a_row = 0
        except av.error.FFmpegError:
            track.damaged += 1
            in_a_row += 1
            if in_a_row > _MOST_DAMAGED:
                break
    track.end()


def _packets(
    container: InputContainer, stream: AudioStream, track: _Track, deadline: Deadline
) -> "Iterator[Packet[Stream] | None]":
    """Yield the packets of the stream, and None to end with."""
    try:
        # All streams, so that a file without a packet of sound cannot outlast the deadline.
        for packet in container.demux():
            if not deadline.left():
                raise _too_slow()
            if packet.stream is stream and packet.size:  # without a size it would end the decoder
                yield packet
    except IndexError:
        pass  # PyAV's own end of a file in which a stream has turned up late
    except av.error.FFmpegError as error:
        if not track.frames or isinstance(error, av.error.ExitError):
            raise
        track.damaged += 1
    yield None


def _part(container: InputContainer, first: int, after: int) -> Iterator[bytes]:
    at = 0
    for frame in container.decode(audio=0):
        data = bytes(frame.planes[0])[: 2 * frame.samples]
        yield data[2 * max(0, first - at) : 2 * max(0, after - at)]
        at += frame.samples
        if at >= after:
            return
