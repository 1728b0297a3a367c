"""A file of any length to samples that Whisper can take, in pieces, with bounded memory."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import av
import av.error
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""Mono, from -1 to 1, ``RATE`` a second."""

RATE = 16_000
"""Samples a second that Whisper takes."""

PIECE_SECONDS = 300
"""Most audio that Whisper gets at once: its memory grows with it (29 minutes: 1.7 GB)."""

_CUT_SECONDS = 60  # a piece is cut in its last minute, where it is quietest


class Undecodable(Exception):
    """The file is not audio that FFmpeg can decode."""


def decoded_pieces(file: BinaryIO) -> Iterator[tuple[float, Samples]]:
    """Yield (start in seconds, samples): the whole file in pieces of at most ``PIECE_SECONDS``.

    Starts are counted in samples, because the containers' own timestamps may be wrong. Raises
    Undecodable.
    """
    longest = PIECE_SECONDS * RATE
    start = 0
    waiting = bytearray()
    for block in _decoded(file):
        waiting += block
        while len(waiting) > 2 * longest:
            length = _quietest(waiting, longest - _CUT_SECONDS * RATE, longest)
            yield start / RATE, _as_float(waiting[: 2 * length])
            start += length
            del waiting[: 2 * length]
    if waiting:
        yield start / RATE, _as_float(waiting)


def _decoded(file: BinaryIO) -> Iterator[bytes]:
    """Yield 16-bit mono samples at ``RATE``, block by block; skip packets that are damaged."""
    any_sample = False
    try:
        with av.open(file, "r", metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise Undecodable("no audio stream")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for packet in container.demux(container.streams.audio[0]):
                for block in _decoded_packet(packet, resampler):
                    any_sample = True
                    yield block
            for frame in resampler.resample(None) if any_sample else ():
                yield frame.to_ndarray().tobytes()
    except (av.error.FFmpegError, ValueError, EOFError) as error:
        if not any_sample:
            raise Undecodable(str(error)) from error
    if not any_sample:
        raise Undecodable("no samples")


def _decoded_packet(packet: Any, resampler: av.AudioResampler) -> Iterator[bytes]:
    try:
        frames = packet.decode()
    except av.error.InvalidDataError:
        return
    for frame in frames:
        frame.pts = None  # or the resampler would fill gaps between the container's timestamps
        for mono in resampler.resample(frame):
            yield mono.to_ndarray().tobytes()


def _as_float(pcm: bytearray) -> Samples:
    return np.frombuffer(bytes(pcm), dtype=np.int16).astype(np.float32) / np.float32(32768)


def _quietest(pcm: bytearray, first: int, last: int) -> int:
    """Return the sample, between two, that is in the middle of the quietest half second."""
    step = RATE // 50
    audio = _as_float(pcm[2 * first : 2 * last])
    energy = np.square(audio).reshape(-1, step).mean(axis=1)
    smooth = np.convolve(energy, np.ones(25), mode="valid")
    return first + (int(smooth.argmin()) + 12) * step
