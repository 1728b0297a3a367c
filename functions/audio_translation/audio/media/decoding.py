"""Decoding of any audio file to plain samples as a stream, and chunks of it as FLAC.

PyAV (FFmpeg) reads the file in constant memory; ``gap_filling`` puts the samples at their
times. The files cannot be trusted. So only demuxers of media files and audio decoders are enabled,
no other file or address can be opened, and time, duration and memory are limited.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import AudioInfo, too_slow
from audio_translation.audio.levels import RATE
from audio_translation.audio.media import pcm
from audio_translation.audio.media.gap_filling import Placed, Timeline
from audio_translation.audio.media.media_file import (
    MOST_MEMORY,
    MemoryLimit,
    errors_mapped,
    opened,
)
from audio_translation.audio.media.stated_duration import missing, stated
from audio_translation.audio.media.tracks import chosen, in_order, tracks_of
from audio_translation.audio.media.two_sides import TwoSides
from audio_translation.deadline import Deadline
from audio_translation.errors import UnsupportedAudio

__all__ = ["cut_chunk", "encoded", "sound", "tracks"]

_WITHOUT_TIMES = {"aac", "ac3", "amr", "amrnb", "amrwb", "dts", "eac3", "gsm", "loas", "mp3"}
"""Demuxers of formats without timestamps: FFmpeg makes them up from the first frame's rate."""

_LONGEST_BEFORE_SOUND = 60_000_000
"""Microseconds; a file that begins later than this is a piece of a longer one."""

_MOST_TRIED = 8  # tracks
_CHECKED_EVERY = 32  # packets

_LEAD = RATE
_SETTLED = RATE // 4
"""Samples that are decoded, and decoded and resampled, before the one that is sought."""

_MOST_DAMAGED = 10_000
"""Packets in a row that cannot be decoded; after so many, decoding ends."""


def tracks(path: Path, *, wish: str | None, source: str | None, deadline: Deadline) -> list[int]:
    """See ``Decoder.tracks``."""
    if not path.stat().st_size:
        raise UnsupportedAudio("The file is empty.")
    with MemoryLimit().while_reading(), errors_mapped(), opened(path, deadline) as container:
        if not container.streams.audio:
            raise UnsupportedAudio("The file has no audio stream; there is nothing to translate.")
        ordered = in_order(tracks_of(container), wish=wish, source=source)
        return [track.number for track in ordered[:_MOST_TRIED]]


@contextmanager
def sound(
    path: Path,
    *,
    track: int,
    max_duration: int,
    deadline: Deadline,
    channel: int | None = None,
    most_memory: int = MOST_MEMORY,
) -> Iterator["TrackSound"]:
    """See ``Decoder.sound``. Memory and errors are the file's only while it is read itself."""
    limit = MemoryLimit(most_memory)
    with limit.while_reading(), errors_mapped():
        container = opened(path, deadline)
    with closing(container):
        with limit.while_reading(), errors_mapped():
            found = TrackSound(
                container,
                path,
                track,
                channel,
                max_duration=max_duration,
                deadline=deadline,
                limit=limit,
            )
        yield found


class TrackSound:
    """``Sound`` of one track of an open file. ``timeline`` is that of what is read.

    ``limit``: that of the memory which reading it takes.
    """

    info: AudioInfo

    def __init__(
        self,
        container: InputContainer,
        path: Path,
        track: int,
        channel: int | None,
        *,
        max_duration: int,
        deadline: Deadline,
        limit: MemoryLimit,
    ) -> None:
        """``path`` is that of the container. Raises UnsupportedAudio."""
        self._path, self.limit = path, limit
        self._container, self._number, self._deadline = container, track, deadline
        self._stream = chosen(container, track)
        self.container = container.format.name
        timed = self.container not in _WITHOUT_TIMES
        self.timeline = Timeline(_beginning(container), max_duration, timed=timed, channel=channel)
        self.stated = stated(container, self._stream, path)
        self.faintest = -120 if _is_fine(self._stream) else -90

    def blocks(self) -> Generator[bytes | int, None, None]:
        """See ``Sound``. Damaged packets become silence."""
        yield from self._limited(self._read())
        self.info = self.told(self.timeline.placed)

    def blocks_from(self, sample: int) -> Generator[bytes | int, None, None]:
        """Yield the blocks from a sample on, as ``blocks`` has them; some must have been read.

        Raises NotReached or UnsupportedAudio before the first one if the file cannot be read from
        there, and what ``blocks`` raises.
        """
        yield from self._limited(self._sought(sample))

    def told(self, placed: Placed) -> AudioInfo:
        """Return what is known of the file when all of it is read."""
        sides = TwoSides(placed.sides)
        return AudioInfo(
            duration=placed.duration,
            start=placed.start,
            track=self._number,
            tracks=tracks_of(self._container),
            damaged=placed.damaged,
            missing=missing(self._container, self._path, self.stated, placed),
            gaps=placed.gaps,
            inverted=placed.inverted,
            channels=placed.channels,
            sides_alike=sides.are_alike,
            sides_differ=sides.differ,
        )

    def _limited(self, blocks: Iterator[bytes | int]) -> Iterator[bytes | int]:
        while True:
            if not self._deadline.left():
                raise too_slow()
            with self.limit.while_reading(), errors_mapped():
                block = next(blocks, None)
            if block is None:
                return
            yield block

    def _sought(self, sample: int) -> Iterator[bytes | int]:
        begin = sample - _SETTLED
        self.timeline = self.timeline.beginning_with(begin)
        time = self.timeline.time_of(begin - _LEAD)
        self._container.seek(int(time / (self._stream.time_base or 1)), stream=self._stream)
        unsettled = _SETTLED
        for block in self._read():
            length = block if isinstance(block, int) else len(block) // 4
            dropped = min(unsettled, length)
            unsettled -= dropped
            if dropped < length:
                yield block - dropped if isinstance(block, int) else block[4 * dropped :]

    def _read(self) -> Iterator[bytes | int]:
        timeline = self.timeline
        in_a_row = 0
        for packet in _packets(self._container, self._stream, timeline, self._deadline):
            try:
                for frame in packet.decode() if packet else self._flushed():
                    if isinstance(frame, AudioFrame):
                        timeline.add(frame)
                        in_a_row = 0
            except av.error.FFmpegError:
                timeline.lost()
                in_a_row += 1
                if in_a_row > _MOST_DAMAGED:
                    break
            yield from timeline.ready()
        timeline.end()
        yield from timeline.ready(ended=True)
        if not timeline.frames:
            raise UnsupportedAudio(
                "The file holds no sound that can be decoded: it is damaged or cut short."
            )

    def _flushed(self) -> "list[AudioFrame]":
        return self._stream.codec_context.decode(None)


def encoded(samples: Iterable[bytes], to: Path, *, gain: float) -> Audio:
    """See ``Decoder.encoded``; a full disk is no fault of the file's."""
    with errors_mapped(ours=True):
        return pcm.encoded(samples, to, gain=gain)


def cut_chunk(chunk: Path, start: int, end: int, to: Path) -> Audio:
    """See ``Decoder.cut_chunk``; milliseconds from the chunk's beginning."""
    with errors_mapped(ours=True):
        return pcm.cut(chunk, start * RATE // 1000, end * RATE // 1000, to)


def _beginning(container: InputContainer) -> int:
    """Return the timestamp, in microseconds, at which a media player's clock shows 0."""
    start = container.start_time or 0
    begin_at_zero = set(container.format.name.split(",")) & {"mov", "matroska"}
    return 0 if begin_at_zero and 0 <= start <= _LONGEST_BEFORE_SOUND else start


def _is_fine(stream: AudioStream) -> bool:
    """Return whether the track's samples hold more than 16 bits."""
    name = stream.codec_context.format.name if stream.codec_context.format else ""
    wide = name.removesuffix("p") in {"flt", "dbl", "s32", "s64"}
    return wide and stream.codec_context.name.startswith(("pcm_", "flac", "alac", "wavpack"))


def _packets(
    container: InputContainer, stream: AudioStream, timeline: Timeline, deadline: Deadline
) -> "Iterator[Packet[Stream] | None]":
    """Yield the packets of the stream, and at last None, with which the decoder is flushed."""
    try:
        # All streams: the deadline must be checked even if no packet is one of audio.
        for number, packet in enumerate(container.demux()):
            if number % _CHECKED_EVERY == 0 and not deadline.left():
                raise too_slow()
            if packet.stream is stream and packet.size:  # an empty packet would flush the decoder
                yield packet
    except IndexError:
        pass  # PyAV raises it at the end of a file in which a stream begins late
    except av.error.FFmpegError as error:
        if not timeline.frames or isinstance(error, av.error.ExitError):
            raise
        timeline.damaged += 1
    yield None
