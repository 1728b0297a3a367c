"""That each odd recording is what it claims: its phrases, played, are where they truly are."""

import io
from collections.abc import Iterator

import av
import av.error
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from tests.audio.odd_recordings import ODD, Phrase
from tests.audio.sound_files import Samples
from tests.fakes.provider.any_file import sentences

RATE = 16_000
NEAR = 45  # milliseconds: two windows of the listener
JITTER = 15  # milliseconds; containers round the times of frames, and players let them be
PLAYED_TRACK = dict.fromkeys(("two tracks mkv", "two tracks mp4", "silent first track"), 1)
PLAYED_TRACK["unknown first track"] = 1
LATER = {"mpegts", "mpeg"}
"""Containers whose clock begins anywhere; a player begins with the first packet."""


def played(content: bytes, track: int = 0) -> Samples:
    """The left channel of a track as a player plays it: every frame at its time."""
    sound, after = np.zeros(150 * RATE, np.float32), 0
    with av.open(io.BytesIO(content), "r", metadata_errors="ignore") as container:
        begins = (container.start_time or 0) / 1e6 if container.format.name in LATER else 0.0
        for frame in _frames(container, track):
            raw = container.format.name == "aac"  # its times are guessed from the first rate
            at = after if raw or frame.time is None else round((frame.time - begins) * RATE)
            at = after if abs(at - after) < JITTER * RATE // 1000 else at
            block, at = _left(frame)[max(0, -at) :], max(0, at)
            sound[at : at + len(block)] = block
            after = at + len(block)
    return sound[:after]


def _frames(container: InputContainer, track: int) -> Iterator[AudioFrame]:
    stream = container.streams.audio[track]
    try:
        for packet in container.demux(stream):
            if packet.size:
                yield from _decoded(packet)
    except av.error.FFmpegError:
        pass  # where the file is cut off
    yield from stream.codec_context.decode(None)


def _decoded(packet: "Packet[AudioStream]") -> list[AudioFrame]:
    try:
        return packet.decode()
    except av.error.FFmpegError:
        return []


def _left(frame: AudioFrame) -> Samples:
    """At 16 kHz; the tones are far below what that could distort."""
    rate = frame.sample_rate
    plain = av.AudioResampler(format="fltp", layout=frame.layout, rate=rate)
    frame.pts = None
    parts = [one.to_ndarray()[0] for one in [*plain.resample(frame), *plain.resample(None)]]
    samples = np.concatenate(parts)
    at = np.arange(0, len(samples), rate / RATE)
    left: Samples = np.interp(at, np.arange(len(samples)), samples).astype(np.float32)
    return left


def check(found: Samples, truly: tuple[Phrase, ...]) -> None:
    heard = sentences(found)
    assert [one.number for one in heard] == [one.number for one in truly]
    assert [one.start for one in heard] == pytest.approx([p.start for p in truly], abs=NEAR)
    assert [one.end for one in heard] == pytest.approx([p.end for p in truly], abs=NEAR)


@pytest.mark.parametrize("name", ODD)
def test_phrases_are_where_they_truly_are(name: str) -> None:
    odd = ODD[name]()
    found = played(odd.content, PLAYED_TRACK.get(name, 0))
    check(found, odd.phrases)
    if not name.startswith("cut off"):
        assert len(found) / 16 == pytest.approx(odd.duration, abs=120)


@pytest.mark.parametrize("name", [name for name in ODD if "track" in name])
def test_every_track_says_what_it_claims(name: str) -> None:
    odd = ODD[name]()
    with av.open(io.BytesIO(odd.content)) as container:
        assert len(container.streams.audio) == len(odd.tracks)
        known = [stream.codec_context is not None for stream in container.streams.audio]
    for number, spoken in enumerate(odd.tracks):
        if known[number]:
            check(played(odd.content, number), spoken)
    assert known[0] is (name != "unknown first track")
