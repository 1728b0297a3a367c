"""Plain samples, 16-bit mono at 16 kHz: resampled from frames, written, sliced and encoded."""

from array import array
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import log10
from operator import mul
from pathlib import Path
from typing import BinaryIO

import av
import av.error
from av.audio.frame import AudioFrame
from av.filter import Graph

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.speech import WINDOW
from audio_translation.audio.type_detection.type_constants import FLAC
from audio_translation.errors import AudioTooLarge

RATE = 16_000
"""Samples a second."""

_PER_WINDOW = RATE * WINDOW // 1000
_BLOCK = 20 * _PER_WINDOW  # samples that are measured or read in one step
_SAMPLE_STEP = 4  # every fourth sample is enough for a level, at a sixth of the cost
_NO_SOUND = -128  # dBFS
_FULL_SCALE = 32768.0


class Mono:
    """Resamples frames of any rate, layout and format to bytes of 16-bit mono samples at 16 kHz."""

    def __init__(self) -> None:
        self._kind: tuple[str, str, int, int] | None = None  # format, layout, rate, channels
        self._graph: Graph | None = None
        self._samples_in = self._samples_out = self._unread = 0

    @property
    def held(self) -> int:
        """Output samples that ``add`` has not returned yet."""
        rate = self._kind[2] if self._kind else RATE
        return self._samples_in * RATE // rate - self._samples_out

    def add(self, frame: AudioFrame) -> bytes:
        """Return the next samples; frames may differ in rate, layout and format."""
        kind = (frame.format.name, frame.layout.name, frame.sample_rate, frame.layout.nb_channels)
        ended = b"" if kind == self._kind else self.end()
        graph = self._graph or _graph(*kind)
        self._kind, self._graph = kind, graph
        frame.pts = None
        graph.push(frame)
        self._samples_in += frame.samples
        self._unread += frame.samples
        # Read about four times a second: for small frames, reading costs more than resampling.
        return ended + (self._read(graph) if self._unread * 4 > frame.sample_rate else b"")

    def end(self) -> bytes:
        """Return the held samples; ``add`` then starts a new resampler."""
        rest = b""
        if self._graph:
            self._graph.push(None)
            rest = self._read(self._graph)
        self._kind = self._graph = None
        self._samples_in = self._samples_out = 0
        return rest

    def _read(self, graph: Graph) -> bytes:
        parts = []
        self._unread = 0
        try:
            while isinstance(frame := graph.pull(), AudioFrame):
                self._samples_out += frame.samples
                parts.append(bytes(frame.planes[0])[: 2 * frame.samples])
        except (av.error.BlockingIOError, av.error.EOFError):
            return b"".join(parts)
        raise TypeError("a graph of sound has given something else")


def _graph(name: str, layout: str, rate: int, channels: int) -> Graph:
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=rate, format=name, layout=layout, time_base=Fraction(1, rate)
    )
    filters = [
        graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=mono"),
        graph.add("abuffersink"),
    ]
    if layout.endswith("channels") and channels > 2:
        # The positions of the channels are not known, so each gets the same weight.
        share = "+".join(f"{1 / channels:.6f}*c{channel}" for channel in range(channels))
        filters.insert(0, graph.add("pan", f"mono|c0={share}"))
    for following in filters:
        source.link_to(following)
        source = following
    graph.configure()
    return graph


class Recorder:
    """Writes samples to a file and measures the level of each window."""

    def __init__(self, file: BinaryIO, max_duration: int) -> None:
        """``max_duration`` is in milliseconds."""
        self.samples = 0
        self._file = file
        self._max_duration = max_duration
        self._unmeasured = bytearray()
        self._levels = array("b")

    @property
    def room(self) -> int:
        """The number of samples that may still be written."""
        return self._max_duration * RATE // 1000 - self.samples

    def write(self, data: bytes) -> None:
        """Write samples; raises AudioTooLarge over ``max_duration``."""
        if not data:
            return
        self._count(len(data) // 2)
        self._file.write(data)
        self._unmeasured += data
        if len(self._unmeasured) >= 2 * _BLOCK:
            self._measure(len(self._unmeasured) // (2 * _PER_WINDOW))

    def silence(self, samples: int) -> None:
        """Append so many samples of silence; whole windows become a hole in a sparse file."""
        fill = min(samples, -(self.samples % -_PER_WINDOW))
        self.write(bytes(2 * fill))
        windows, rest = divmod(samples - fill, _PER_WINDOW)
        if windows > 0:
            self._measure(len(self._unmeasured) // (2 * _PER_WINDOW))
            self._count(windows * _PER_WINDOW)
            self._file.seek(2 * windows * _PER_WINDOW, 1)
            self._levels.extend(array("b", [_NO_SOUND]) * windows)
        self.write(bytes(2 * rest))

    def finished(self) -> tuple[int, "array[int]"]:
        """Return the duration in milliseconds and the level of each window in dBFS."""
        self._measure(-(len(self._unmeasured) // (-2 * _PER_WINDOW)))
        self._file.truncate(2 * self.samples)
        return self.samples * 1000 // RATE, self._levels

    def _count(self, samples: int) -> None:
        if samples > self.room:
            raise AudioTooLarge(
                f"The audio is longer than {self._max_duration / 60_000:g} minutes, which is the"
                " most that is translated at once; send it in parts."
            )
        self.samples += samples

    def _measure(self, windows: int) -> None:
        data = bytes(self._unmeasured[: 2 * windows * _PER_WINDOW])
        del self._unmeasured[: len(data)]
        if not data.strip(b"\0"):  # a shortcut for hours of silence
            self._levels.extend(array("b", [_NO_SOUND]) * windows)
            return
        samples = memoryview(data).cast("h")
        for start in range(0, len(samples), _PER_WINDOW):
            self._levels.append(_level(samples[start : start + _PER_WINDOW : _SAMPLE_STEP]))


def _level(samples: memoryview) -> int:
    """Return the level in dBFS without the DC offset, which is no sound."""
    mean = sum(samples) / len(samples)
    power = sum(map(mul, samples, samples)) / len(samples) - mean * mean
    if power < 1e-3:
        return _NO_SOUND
    return max(_NO_SOUND, round(10 * log10(power / _FULL_SCALE**2)))


def slice_of(pcm: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield the samples from ``start`` to ``end`` milliseconds in blocks of bytes."""
    at, after = (2 * (time * RATE // 1000) for time in (start, end))
    pcm.seek(at)
    while at < after and (data := pcm.read(min(2 * _BLOCK, after - at))):
        at += len(data)
        yield data


def encoded(blocks: Iterable[bytes], to: Path) -> Audio:
    """Write blocks of samples as FLAC: lossless, and the fastest to encode."""
    with av.open(f"file:{to}", "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono", format="s16")
        stream.codec_context.options = {"compression_level": "3"}  # below, blocks are short
        at = 0
        for block in blocks:
            if block:
                frame = AudioFrame("s16", "mono", len(block) // 2)
                frame.sample_rate, frame.pts = RATE, at
                frame.time_base = Fraction(1, RATE)
                frame.planes[0].update(block)
                at += frame.samples
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return Audio(path=to, type=FLAC, size=to.stat().st_size)
