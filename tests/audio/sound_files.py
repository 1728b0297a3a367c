"""Files of phrases at chosen times, in any container; the packets' times can be moved.

A phrase is a tone as in ``tones``: its pitch tells its number. Times are integer milliseconds.
"""

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from tests.audio.tones import SPOKEN

Samples = NDArray[np.float32]
"""Of one channel, or (channels, samples)."""

_LOWEST, _STEP = 200, 25  # Hz, as in ``tones``
_FAST = {"libvpx": {"deadline": "realtime", "cpu-used": "16"}, "libx264": {"preset": "ultrafast"}}
_FADE = 5  # milliseconds


def same(time: int) -> int:
    """Leave the time of a packet as it is."""
    return time


def sound(
    starts: Mapping[int, int],
    length: int,
    *,
    rate: int = 48_000,
    peak: float = 0.25,
    spoken: int = SPOKEN,
    hiss: float = 0,
) -> Samples:
    """Return ``length`` milliseconds in which each phrase lasts ``spoken`` from its start on.

    ``peak`` and ``hiss``, which is noise in all of it, are amplitudes; 1 is full scale.
    """
    chance = np.random.default_rng(7)
    samples = chance.uniform(-hiss, hiss, length * rate // 1000) if hiss else None
    made = np.zeros(length * rate // 1000) if samples is None else samples
    for number, start in starts.items():
        at, count = start * rate // 1000, spoken * rate // 1000
        tone = np.sin(2 * np.pi * (_LOWEST + _STEP * number) / rate * np.arange(count))
        fade = np.minimum(1, np.arange(count) * 1000 / rate / _FADE)
        made[at : at + count] += peak * tone * fade * fade[::-1]
    return made.astype(np.float32)


@dataclass(frozen=True)
class Track:
    """One audio track of a file that is to be written.

    ``moved`` gives each packet's time, in milliseconds; ``language`` is a three-letter code.
    """

    samples: Samples
    codec: str = "aac"
    rate: int = 48_000
    layout: str = "mono"
    bit_rate: int = 0
    language: str = ""
    default: bool = False
    moved: Callable[[int], int] = same
    options: Mapping[str, str] = field(default_factory=dict)
    """Of the codec."""


class _Pipe(io.BytesIO):
    """Cannot go back, so no header is completed at the end."""

    def seekable(self) -> bool:
        return False


def written(
    format: str,  # noqa: A002
    *tracks: Track,
    film: str = "",
    options: Mapping[str, str] | None = None,
    seekable: bool = True,
) -> bytes:
    """Return a file of these tracks; ``film`` is the codec of a small picture from 0 to the end."""
    if not seekable:
        pipe = _Pipe()
        _write(pipe, format, tracks, film, options or {})
        return pipe.getvalue()
    with tempfile.TemporaryDirectory() as folder:  # some options read the file again by its name
        path = Path(folder) / "file"
        _write(str(path), format, tracks, film, options or {})
        return path.read_bytes()


def _write(
    target: str | _Pipe,
    container_format: str,
    tracks: Sequence[Track],
    film: str,
    options: Mapping[str, str],
) -> None:
    with av.open(target, "w", format=container_format, container_options=dict(options)) as file:
        picture: Any = None
        if film:
            picture = file.add_stream(film, rate=_frame_rate(film), options=_FAST.get(film))
            picture.width = picture.height = 64
            picture.pix_fmt = "yuv420p"
            picture.bit_rate = 100_000
        streams = [_stream(file, track, among=tracks) for track in tracks]
        packets = _film(picture, tracks, _frame_rate(film)) if film else []
        for track, stream in zip(tracks, streams, strict=True):
            packets += _encoded(track, stream)
        for packet in sorted(packets, key=lambda one: (one.dts or 0) * (one.time_base or 1)):
            file.mux(packet)


def _stream(file: OutputContainer, track: Track, among: Sequence[Track]) -> Any:
    stream: Any = file.add_stream(
        track.codec, rate=track.rate, layout=track.layout, options=dict(track.options)
    )
    if track.bit_rate:
        stream.bit_rate = track.bit_rate
    if track.language:
        stream.metadata["language"] = track.language
    if any(one.default for one in among):
        stream.disposition = Disposition.default if track.default else Disposition(0)
    return stream


def _frame_rate(film: str) -> int:
    return 2 if film == "libvpx" else 25  # VP8 is slow to encode, and MPEG takes few rates


def _film(picture: Any, tracks: Sequence[Track], rate: int) -> list["Packet[Any]"]:
    """The picture's packets, until the last track has ended."""
    last = max(track.moved(track.samples.shape[-1] * 1000 // track.rate) for track in tracks)
    packets = []
    for number in range(last * rate // 1000):
        frame = VideoFrame(64, 64, picture.pix_fmt)
        frame.pts, frame.time_base = number, Fraction(1, rate)
        packets += picture.encode(frame)
    packets += picture.encode(None)
    return packets


def _encoded(track: Track, stream: Any) -> list["Packet[Any]"]:
    channels = np.atleast_2d(track.samples)
    given = AudioFrame.from_ndarray(
        np.ascontiguousarray(channels),
        format="fltp",
        layout=track.layout,
    )
    given.sample_rate, given.pts, given.time_base = track.rate, 0, Fraction(1, track.rate)
    resampler = av.AudioResampler(
        format=stream.format,
        layout=stream.layout,
        rate=stream.rate,
        frame_size=stream.frame_size or 1024,
    )
    packets = []
    for frame in [*resampler.resample(given), *resampler.resample(None), None]:
        for packet in stream.encode(frame):
            step = packet.time_base or Fraction(1, track.rate)
            for name in ("pts", "dts"):
                at = getattr(packet, name)
                time = at * step * 1000
                setattr(
                    packet, name, at + round((track.moved(int(time)) - int(time)) / 1000 / step)
                )
            packets.append(packet)
    return packets
