"""Jobs for recordings of people in files of any length: every one of them is in the result once.

The provider is scripted: it finds the sound that it is sent in the source, sample by sample, and
answers what the manifest says is spoken there.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from audio_translation.audio.chunk_plan import Chunk, longest
from audio_translation.jobs.job import JobStatus
from tests.audio.known_file import KnownFile, Slice
from tests.audio.long_files import Spoken, arranged, samples, write
from tests.fakes.aws.moto_server import Aws
from tests.fakes.provider.hearing import KnownRecordings
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.integration.audio.tone import decode
from tests.worlds.jobs import JobWorld, run

NEAR = 50  # milliseconds


@dataclass(frozen=True)
class LongFile:
    """A file, and what is known of it."""

    path: Path
    known: KnownFile

    @property
    def spoken(self) -> list[Spoken]:
        return self.known.spoken


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[float], LongFile]]:
    """Files of so many minutes, each made once and gone in the end."""
    folder = tmp_path_factory.mktemp("recorded")
    files: dict[float, LongFile] = {}

    def of(minutes: float) -> LongFile:
        if minutes not in files:
            path = folder / f"{minutes}.wav"
            spoken = arranged(minutes)
            write(spoken, path)
            files[minutes] = LongFile(path, KnownFile(path, spoken, head=head_of(path)))
        return files[minutes]

    yield of
    for file in files.values():
        file.path.unlink()


def head_of(wav: Path) -> int:
    """Bytes before the first sample."""
    with wav.open("rb") as file:
        return file.read(1000).index(b"data") + 8


@pytest.fixture(scope="module")
def provider() -> Iterator[SpeechProvider]:
    with SpeechProvider(keeps_requests=False) as provider:
        yield provider


@pytest.fixture
def world(aws: Aws, provider: SpeechProvider, tmp_path: Path) -> Iterator[JobWorld]:
    provider.reset()
    with Source() as source:
        yield JobWorld(aws, provider, source, tmp_path / "work")
    aws.reset()  # hours of audio


@dataclass(frozen=True)
class Outcome:
    """What a job has left behind."""

    chunks: list[Chunk]
    sent: list[Slice]
    segments: list[dict[str, Any]]
    text: str


def translated(
    world: JobWorld,
    file: LongFile,
    target: int,
    *,
    deaf: frozenset[int] = frozenset(),
    **settings: str,
) -> Outcome:
    """Run a whole job for the file, with chunks of about ``target`` seconds."""
    world.provider.hears = heard = KnownRecordings(file.known, deaf)
    url = world.source.stored(f"/{file.path.name}", file.path)
    job_id = world.job(url, responseFormat="verbose_json")
    with world.settings(
        CHUNK_TARGET_SECONDS=str(target), FETCH_TOTAL_SECONDS="120", JOB_CONCURRENCY="3", **settings
    ):
        run(job_id, seconds=200)
    job = world.find(job_id)
    assert job.status is JobStatus.SUCCEEDED, job.error
    assert job.audio_done == job.audio
    result = json.loads(world.result(job_id, "json"))
    assert result["duration"] == job.audio / 1000
    return Outcome(world.plan(job_id), sorted(heard.sent), result["segments"], result["text"])


def check(outcome: Outcome, spoken: list[Spoken]) -> None:
    """Every recording once, in order, at its time; a chunk may end in a pause of its speaker."""
    segments = list(outcome.segments)
    for one in spoken:
        english = " ".join(one.english.split())
        found = [segments.pop(0)]
        while len(text := " ".join(s["text"].strip() for s in found)) < len(english):
            found.append(segments.pop(0))
        assert text == english
        assert abs(1000 * found[0]["start"] - one.start) <= NEAR
        assert abs(1000 * found[-1]["end"] - one.end) <= NEAR
    assert not segments
    assert all(a["end"] <= b["start"] for a, b in itertools.pairwise(outcome.segments))


def check_paid_once(outcome: Outcome) -> None:
    """One call for each chunk and none besides."""
    assert outcome.sent == [(chunk.start, chunk.end) for chunk in outcome.chunks]


def check_silence(outcome: Outcome, spoken: list[Spoken]) -> None:
    """Of a silence that lasts no more is sent than what lies around speech."""
    sent = sum(end - start for start, end in outcome.sent)
    assert sent <= spoken[-1].end + 1_000 - lasting(spoken) + 1_000


def lasting(spoken: list[Spoken]) -> int:
    """Milliseconds in the middle of long pauses."""
    pauses = [b.start - a.end for a, b in itertools.pairwise(spoken)]
    return sum(pause - 1_000 for pause in pauses if pause > 10_500)


Recorded = Callable[[float], LongFile]


@pytest.mark.parametrize(
    ("minutes", "target"),
    [(1, 30), (1, 300), (5, 120), (30, 30), (30, 300)],
)
def test_every_recording_is_there_once_whatever_the_length_and_the_chunks(
    world: JobWorld, recorded: Recorded, minutes: float, target: int
) -> None:
    file = recorded(minutes)
    outcome = translated(world, file, target)
    check(outcome, file.spoken)
    check_paid_once(outcome)
    check_silence(outcome, file.spoken)
    assert len(outcome.chunks) >= 0.7 * minutes * 60 / target


@pytest.mark.parametrize("extension", ["flac", "mp3", "m4a", "webm"])
def test_a_minute_in_any_container_is_the_same(
    world: JobWorld, tmp_path: Path, extension: str
) -> None:
    path = tmp_path / f"minute.{extension}"
    spoken = arranged(1)
    write(spoken, path, rate=16_000, layout="mono")
    pcm = tmp_path / "minute.pcm"
    pcm.write_bytes(decode(path).plain)
    file = LongFile(path, KnownFile(pcm, spoken))
    outcome = translated(world, file, 30)
    check(outcome, spoken)
    check_paid_once(outcome)
    assert len(outcome.chunks) >= 2


def test_speech_that_is_cut_by_the_clock_comes_back_whole(
    world: JobWorld, recorded: Recorded
) -> None:
    """A limit so low that recordings are cut in the middle of their sentences."""
    file = recorded(5)
    size = 10_000 + 33 * 9_000
    assert longest(size) == 9_000
    outcome = translated(world, file, 9, PROVIDER_MAX_AUDIO_BYTES=str(size))
    assert sum(1 for chunk in outcome.chunks if chunk.overlap) >= 3
    assert outcome.text == " ".join(" ".join(r.english.split()) for r in file.spoken)
    assert len(outcome.sent) == len(outcome.chunks)


def test_what_a_provider_missed_is_asked_for_once_more(world: JobWorld, recorded: Recorded) -> None:
    file = recorded(5)
    deaf = [r.start for r in file.spoken if 3_300 < r.end - r.start < 8_000][1::4]
    assert len(deaf) > 2
    outcome = translated(world, file, 60, deaf=frozenset(deaf))
    check(outcome, file.spoken)
    assert len(outcome.sent) == len(outcome.chunks) + len(deaf)


def test_the_files_are_the_same_each_time(tmp_path: Path) -> None:
    assert arranged(1) == arranged(1) != arranged(1, seed=2)
    assert lasting(arranged(30)) > 60_000
    spoken = arranged(1)
    pcm = b"".join(samples(spoken))
    path = tmp_path / "a.wav"
    write(spoken, path)
    assert decode(path).plain == pcm
    assert len(pcm) // 32 == spoken[-1].end + 1_000
