"""Frames of any kind as plain samples, float32 mono at 16 kHz; and such samples as FLAC."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.filter import Graph
from av.filter.context import FilterContext

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.levels import RATE

_READ = RATE // 2  # samples of a frame that is read
_FLAC_BLOCK = 4_608  # samples; the most that every player takes (RFC 9639, 7), and the cheapest


class Mono:
    """Resamples frames of any rate, layout and format to bytes of float32 samples."""

    def __init__(self) -> None:
        self._kind: tuple[str, str, int, str | None] | None = None
        self._graph: Graph | None = None
        self._samples_in = self._samples_out = self._unread = self._trim = 0

    def trim(self, samples: int) -> None:
        """Leave out so many samples of the first frame."""
        self._trim = samples

    @property
    def held(self) -> int:
        """Output samples that ``add`` has not returned yet."""
        rate = self._kind[2] if self._kind else RATE
        return self._samples_in * RATE // rate - self._samples_out

    def add(self, frame: AudioFrame, heard: str | None) -> bytes:
        """Return the next samples; frames may differ in rate, layout and format.

        ``heard``: see ``Channels.heard``.
        """
        kind = frame.format.name, frame.layout.name, frame.sample_rate, heard
        ended = b"" if kind == self._kind else self.end()
        graph = self._graph or _graph(*kind, trim=self._trim)
        self._samples_in -= self._trim
        self._kind, self._graph, self._trim = kind, graph, 0
        frame.pts = None
        graph.push(frame)
        self._samples_in += frame.samples
        self._unread += frame.samples
        # Read about twice a second: for small frames, reading costs more than resampling.
        return ended + (self._read(graph) if self._unread * 2 > frame.sample_rate else b"")

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
        for frame in _pulled(graph):
            self._samples_out += frame.samples
            parts.append(bytes(frame.planes[0])[: 4 * frame.samples])
        return b"".join(parts)


def _pulled(graph: Graph) -> Iterator[AudioFrame]:
    try:
        while isinstance(frame := graph.pull(), AudioFrame):
            yield frame
    except (av.error.BlockingIOError, av.error.EOFError):
        return
    raise TypeError("a graph of sound has given something else")


def _graph(
    name: str,
    layout: str,
    rate: int,
    heard: str | None,
    *,
    trim: int,
) -> Graph:
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=rate, format=name, layout=layout, time_base=Fraction(1, rate)
    )
    filters = [graph.add("atrim", f"start_sample={trim}")] if trim else []
    if heard is not None:
        filters.append(graph.add("pan", f"mono|c0={heard}"))
    filters += [
        # A shorter filter than FFmpeg's own: speech sounds the same, for less work.
        graph.add("aresample", f"{RATE}:filter_size=16:rematrix_maxval=1.0"),
        graph.add("aformat", f"sample_fmts=flt:sample_rates={RATE}:channel_layouts=mono"),
        graph.add("asetnsamples", f"n={_READ}:p=0"),  # few large frames cost less to read
        graph.add("abuffersink"),
    ]
    _linked(graph, source, filters)
    return graph


def _linked(graph: Graph, source: FilterContext, filters: Iterable[FilterContext]) -> None:
    """Link the filters in order, the first one to ``source``."""
    for following in filters:
        source.link_to(following)
        source = following
    graph.configure()


def encoded(samples: Iterable[bytes], to: Path, *, gain: float) -> Audio:
    """See ``Decoder.encoded``: lossless, and the fastest to encode."""
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=RATE, format="flt", layout="mono", time_base=Fraction(1, RATE)
    )
    filters = [graph.add("volume", f"{gain:.6f}:precision=float")] if gain != 1 else []
    filters += [
        graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=mono"),
        graph.add("abuffersink"),
    ]
    _linked(graph, source, filters)

    def frames() -> Iterator[AudioFrame]:
        for block in samples:
            if block:
                graph.push(_frame("flt", block, 4))
                yield from _pulled(graph)
        graph.push(None)
        yield from _pulled(graph)

    return written(frames(), to)


def written(frames: Iterable[AudioFrame], to: Path) -> Audio:
    """Write frames of 16-bit mono samples at ``RATE`` as FLAC."""
    with av.open(f"file:{to}", "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono", format="s16")
        stream.codec_context.options = {"compression_level": "3", "frame_size": str(_FLAC_BLOCK)}
        at = 0
        for frame in frames:
            frame.pts, frame.time_base = at, Fraction(1, RATE)
            at += frame.samples
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return Audio(path=to, type=FLAC, size=to.stat().st_size)


def cut(flac: Path, first: int, after: int, to: Path) -> Audio:
    """Write the samples from number ``first`` up to ``after`` of a FLAC file of ours as FLAC."""
    with av.open(f"file:{flac}", format="flac") as container:
        return written(_framed(_slice(container, first, after)), to)


def _slice(container: InputContainer, first: int, after: int) -> Iterator[bytes]:
    """Yield the samples from number ``first`` up to ``after`` as bytes."""
    at = 0
    for frame in container.decode(audio=0):
        data = bytes(frame.planes[0])[: 2 * frame.samples]
        yield data[2 * max(0, first - at) : 2 * max(0, after - at)]
        at += frame.samples
        if at >= after:
            return


def _framed(blocks: Iterable[bytes]) -> Iterator[AudioFrame]:
    """Yield 16-bit samples as frames."""
    for block in blocks:
        if block:
            yield _frame("s16", block, 2)


def _frame(name: str, block: bytes, width: int) -> AudioFrame:
    frame = AudioFrame(name, "mono", len(block) // width)
    frame.sample_rate = RATE
    frame.time_base = Fraction(1, RATE)
    frame.planes[0].update(block)
    return frame
