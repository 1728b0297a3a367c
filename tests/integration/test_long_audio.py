"""Recordings of people in files of any length: decode, plan, cut, translate, stitch.

The engine is scripted: it finds the sound that it is given in the source, sample by sample, and
answers what the manifest says is spoken there. So whatever is lost, doubled or moved on the way
is seen.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from audio_translation.adapters import media
from audio_translation.domain.audio import Audio, Decoded
from audio_translation.domain.chunking import Chunk, plan
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Engine
from audio_translation.domain.silence import speech_spans
from audio_translation.domain.stitching import filled, missed, stitch
from audio_translation.domain.transcript import Segment, Translation
from tests.long_audio import Spoken, arranged, samples, write

LIMIT = 400_000
NEAR = 50  # milliseconds


class Listener:
    """An engine that knows what is spoken in the source, and tells what is in the sound it gets.

    A recording that is there only in part is told in part: those of its words that have their
    middle in that time. What begins at a time in ``deaf`` is not heard in a chunk of over 15 s.
    """

    def __init__(self, pcm: Path, spoken: list[Spoken], deaf: frozenset[int] = frozenset()) -> None:
        self._pcm = pcm.read_bytes()
        self._spoken = spoken
        self._deaf = deaf
        self.asked: list[tuple[int, int]] = []

    def translate(
        self,
        audio: Audio,
        *,
        model: str,
        prompt: str | None,
        temperature: float,
        deadline: Deadline,
    ) -> Translation:
        at, length = self._found(plain(audio.path))
        start, end = at // 32, (at + length) // 32
        self.asked.append((start, end))
        segments = [self._segment(one, start, end) for one in self._spoken]
        told = tuple(segment for segment in segments if segment)
        return Translation(told, "english", end - start, model)

    def _found(self, data: bytes) -> tuple[int, int]:
        """Where the sound is in the source, in bytes; recordings occur many times, pauses once."""
        middle = len(data) // 4 * 2
        mark = data[middle : middle + 3_200]
        at = self._pcm.find(mark)
        while at >= 0 and self._pcm[at - middle : at - middle + len(data)] != data:
            at = self._pcm.find(mark, at + 1)
        assert at >= 0, "a chunk that is no part of the source"
        return at - middle, len(data)

    def _segment(self, one: Spoken, start: int, end: int) -> Segment | None:
        if one.start in self._deaf and end - start > 15_000:
            return None
        words = one.english.split()
        each = (one.end - one.start) / len(words)
        within = [
            number
            for number in range(len(words))
            if start <= one.start + each * (number + 0.5) < end
        ]
        if not within:
            return None
        first, after = one.start + each * within[0], one.start + each * (within[-1] + 1)
        text = " ".join(words[number] for number in within)
        return Segment(round(first - start), round(after - start), text)


@dataclass
class Source:
    """A file, decoded, and what is spoken in it."""

    decoded: Decoded
    spoken: list[Spoken]


def source(folder: Path, minutes: float, extension: str = "flac") -> Source:
    spoken = arranged(minutes)
    path = folder / f"{minutes}.{extension}"
    write(spoken, path, rate=16_000, layout="mono")
    deadline = Deadline.after(120)
    return Source(media.decode(path, folder, max_duration=7_300_000, deadline=deadline), spoken)


def planned(decoded: Decoded, target: int, limit: int = LIMIT) -> list[Chunk]:
    duration = decoded.info.duration
    spans = speech_spans(decoded.levels, duration)
    return plan(spans, duration=duration, target=target * 1000, limit=limit)


def translated(decoded: Decoded, chunks: list[Chunk], engine: Engine, folder: Path) -> Translation:
    folder.mkdir()
    parts = []
    for number, chunk in enumerate(chunks):
        audio = media.cut(decoded.pcm, chunk.start, chunk.end, folder / f"{number}.flac")
        answer = asked(engine, audio)
        for again in missed(chunk, answer):
            to = folder / f"{number}-{again.start}.flac"
            short = media.cut_chunk(audio.path, again.start, again.end, to)
            answer = filled(answer, again, asked(engine, short))
        parts.append((chunk, answer))
    return stitch(parts, duration=decoded.info.duration, model="scripted")


def asked(engine: Engine, audio: Audio) -> Translation:
    deadline = Deadline.after(60)
    return engine.translate(audio, model="scripted", prompt=None, temperature=0, deadline=deadline)


def plain(flac: Path) -> bytes:
    with av.open(str(flac)) as container:
        frames = container.decode(audio=0)
        return b"".join(bytes(frame.planes[0])[: 2 * frame.samples] for frame in frames)


def check(translation: Translation, spoken: list[Spoken]) -> None:
    """Every recording once, in order, at its time; a chunk may end in a pause of its speaker."""
    segments = list(translation.segments)
    for one in spoken:
        found = [segments.pop(0)]
        while len(text := " ".join(s.text for s in found)) < len(" ".join(one.english.split())):
            found.append(segments.pop(0))
        assert text == " ".join(one.english.split())
        assert abs(found[0].start - one.start) <= NEAR
        assert abs(found[-1].end - one.end) <= NEAR
    assert not segments
    assert all(a.end <= b.start for a, b in itertools.pairwise(translation.segments))


@pytest.fixture(scope="module")
def five_minutes(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return source(tmp_path_factory.mktemp("five"), 5)


@pytest.fixture(scope="module")
def thirty_minutes(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return source(tmp_path_factory.mktemp("thirty"), 30)


@pytest.mark.parametrize("target", [30, 60, 120, 300])
def test_every_recording_of_five_minutes_is_there_once(
    five_minutes: Source, tmp_path: Path, target: int
) -> None:
    one = five_minutes
    listener = Listener(one.decoded.pcm, one.spoken)
    chunks = planned(one.decoded, target)
    check(translated(one.decoded, chunks, listener, tmp_path / "chunks"), one.spoken)
    assert listener.asked == [(chunk.start, chunk.end) for chunk in chunks]


@pytest.mark.parametrize("target", [30, 60, 120, 300])
def test_every_recording_of_half_an_hour_is_there_once(
    thirty_minutes: Source, tmp_path: Path, target: int
) -> None:
    one = thirty_minutes
    listener = Listener(one.decoded.pcm, one.spoken)
    chunks = planned(one.decoded, target)
    check(translated(one.decoded, chunks, listener, tmp_path / "chunks"), one.spoken)
    assert listener.asked == [(chunk.start, chunk.end) for chunk in chunks]


@pytest.mark.parametrize("extension", ["wav", "mp3", "m4a", "webm"])
def test_a_minute_in_any_container_is_the_same(tmp_path: Path, extension: str) -> None:
    one = source(tmp_path, 1, extension)
    listener = Listener(one.decoded.pcm, one.spoken)
    chunks = planned(one.decoded, 30)
    assert len(chunks) >= 2
    check(translated(one.decoded, chunks, listener, tmp_path / "chunks"), one.spoken)


def test_no_chunk_has_silence_that_lasts(thirty_minutes: Source) -> None:
    chunks = planned(thirty_minutes.decoded, 120)
    covered = sum(chunk.length for chunk in chunks)
    pauses = [b.start - a.end for a, b in itertools.pairwise(thirty_minutes.spoken)]
    long = sum(pause - 1_000 for pause in pauses if pause > 10_500)
    assert long > 60_000
    assert covered <= thirty_minutes.decoded.info.duration - long + 1_000


def test_speech_that_is_cut_by_the_clock_comes_back_whole(
    five_minutes: Source, tmp_path: Path
) -> None:
    """A limit so short that recordings are cut in the middle of their sentences."""
    one = five_minutes
    listener = Listener(one.decoded.pcm, one.spoken)
    chunks = planned(one.decoded, 9, limit=9_000)
    assert sum(1 for chunk in chunks if chunk.overlap) >= 3
    translation = translated(one.decoded, chunks, listener, tmp_path / "chunks")
    assert translation.text == " ".join(" ".join(r.english.split()) for r in one.spoken)


def test_what_an_engine_missed_is_asked_for_once_more(five_minutes: Source, tmp_path: Path) -> None:
    one = five_minutes
    deaf = [r.start for r in one.spoken if 3_300 < r.end - r.start < 8_000][1::4]
    assert len(deaf) > 2
    listener = Listener(one.decoded.pcm, one.spoken, frozenset(deaf))
    chunks = planned(one.decoded, 60)
    check(translated(one.decoded, chunks, listener, tmp_path / "chunks"), one.spoken)
    assert len(listener.asked) == len(chunks) + len(deaf)


def test_the_files_are_the_same_each_time(tmp_path: Path) -> None:
    assert arranged(1) == arranged(1) != arranged(1, seed=2)
    spoken = arranged(1)
    pcm = b"".join(samples(spoken))
    path = tmp_path / "a.wav"
    write(spoken, path)
    decoded = media.decode(path, tmp_path, max_duration=LIMIT, deadline=Deadline.after(20))
    assert decoded.pcm.read_bytes() == pcm
    assert len(pcm) // 32 == spoken[-1].end + 1_000
