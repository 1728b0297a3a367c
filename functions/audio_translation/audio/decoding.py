"""Decoding of any audio file to plain samples on disk, and slices of them as FLAC.

PyAV (FFmpeg) reads the file once, in constant memory; ``gap_filling`` puts the samples at their
times. The files cannot be trusted. So only demuxers of media files and audio decoders are enabled,
no other file or address can be opened, and time, duration and memory are limited.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOMEM
from functools import cache
from pathlib import Path

import av
import av.error
import av.subtitles.codeccontext  # PyAV imports it late, when there may be no memory left
import av.subtitles.stream
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import AudioInfo, Decoded
from audio_translation.audio.gap_filling import Timeline
from audio_translation.audio.memory_limit import bounded
from audio_translation.audio.pcm import RATE, Recorder, encoded, slice_of
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
"""Demuxers that never open another file or address, as those of playlists do (hls, concat)."""

_MOST_DAMAGED = 10_000
"""Packets in a row that cannot be decoded; after so many, decoding ends."""

MOST_MEMORY = 500_000_000
"""Bytes; hours of video need a tenth. A malicious header may ask for gigabytes."""

_LOCAL_FILE_ERRORS = (
    av.error.FileNotFoundError,
    av.error.PermissionError,
    av.error.IsADirectoryError,
    av.error.NotADirectoryError,
)


def decode(path: Path, folder: Path, *, max_duration: int, deadline: Deadline) -> Decoded:
    """Decode the first audio track into a file in ``folder`` (115 MB for an hour).

    ``max_duration`` is in milliseconds. Damaged packets become silence. Raises UnsupportedAudio
    if nothing can be decoded, and AudioTooLarge if the audio is longer than ``max_duration`` or
    is not decoded by the deadline.
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
        stream = _first_audio(container)
        timeline = Timeline(Recorder(file, max_duration), container.start_time or 0)
        _read(container, stream, timeline, deadline)
        duration, levels = timeline.recorder.finished()
        if not timeline.frames:
            raise UnsupportedAudio(
                "The file holds no sound that can be decoded: it is damaged or cut short."
            )
        info = AudioInfo(
            container=container.format.name,
            codec=stream.codec_context.name,
            duration=duration,
            streams=len(container.streams.audio),
            start=timeline.start,
            damaged=timeline.damaged,
        )
    return Decoded(pcm, levels, info)


def cut(pcm: Path, start: int, end: int, to: Path) -> Audio:
    """Write the samples in the file ``pcm`` from ``start`` to ``end`` milliseconds as FLAC."""
    with _errors_mapped(ours=True), pcm.open("rb") as file:
        return encoded(slice_of(file, start, end), to)


def cut_chunk(chunk: Path, start: int, end: int, to: Path) -> Audio:
    """Write a slice of a FLAC file that ``cut`` has written; milliseconds from its beginning."""
    with _errors_mapped(ours=True), av.open(f"file:{chunk}", format="flac") as container:
        return encoded(_slice(container, start * RATE // 1000, end * RATE // 1000), to)


def mapped(error: Exception, *, ours: bool = False) -> ServiceError:
    """Return the ServiceError for an error of PyAV.

    ``ours`` is whether the file is one that this service has written.
    """
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return _too_slow()
    if ours or isinstance(error, _LOCAL_FILE_ERRORS):
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
    """Open a file that cannot be trusted; reading fails after the deadline."""
    left = deadline.left()
    return av.open(
        f"file:{path}",
        "r",
        container_options={
            "protocol_whitelist": "file",
            "format_whitelist": _DEMUXERS,
            # Without this, FFmpeg decodes video frames to learn their size.
            "codec_whitelist": _audio_decoders(),
        },
        options={"max_size": "65536"},  # bytes of a wav packet: 4096 are many calls from Python
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


def _first_audio(container: InputContainer) -> AudioStream:
    """Return the first audio stream and discard all others; raises UnsupportedAudio."""
    if not container.streams.audio:
        raise UnsupportedAudio("The file has no audio stream; there is nothing to translate.")
    audio = container.streams.audio[0]
    if audio.codec_context is None:
        raise UnsupportedAudio("The file's audio is coded in a way that cannot be decoded.")
    for stream in container.streams:
        if stream is not audio:
            stream.discard = Discard.all
    audio.codec_context.thread_count = 1
    return audio


def _read(
    container: InputContainer, stream: AudioStream, timeline: Timeline, deadline: Deadline
) -> None:
    """Decode the file to its end, or up to where it cannot be read."""
    in_a_row = 0
    for packet in _packets(container, stream, timeline, deadline):
        try:
            for frame in packet.decode() if packet else stream.codec_context.decode(None):
                if isinstance(frame, AudioFrame):
                    timeline.add(frame)
                    in_a_row = 0
        except av.error.FFmpegError:
            timeline.damaged += 1
            in_a_row += 1
            if in_a_row > _MOST_DAMAGED:
                break
    timeline.end()


def _packets(
    container: InputContainer, stream: AudioStream, timeline: Timeline, deadline: Deadline
) -> "Iterator[Packet[Stream] | None]":
    """Yield the packets of the stream, and at last None, with which the decoder is flushed."""
    try:
        # All streams: the deadline must be checked even if no packet is one of audio.
        for packet in container.demux():
            if not deadline.left():
                raise _too_slow()
            if packet.stream is stream and packet.size:  # an empty packet would flush the decoder
                yield packet
    except IndexError:
        pass  # PyAV raises it at the end of a file in which a stream begins late
    except av.error.FFmpegError as error:
        if not timeline.frames or isinstance(error, av.error.ExitError):
            raise
        timeline.damaged += 1
    yield None


def _slice(container: InputContainer, first: int, after: int) -> Iterator[bytes]:
    """Yield the samples from number ``first`` up to ``after`` as bytes."""
    at = 0
    for frame in container.decode(audio=0):
        data = bytes(frame.planes[0])[: 2 * frame.samples]
        yield data[2 * max(0, first - at) : 2 * max(0, after - at)]
        at += frame.samples
        if at >= after:
            return
