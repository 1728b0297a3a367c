"""Odd, broken and hostile media through whole jobs: each a right answer or a clear error."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audio_translation.errors import UnsupportedAudio
from audio_translation.jobs.job import JobStatus
from audio_translation.translation.warnings import NO_SPEECH
from tests.audio.long_files import RATE
from tests.audio.media_files import (
    announcing_mp4,
    browser_webm,
    cut_short,
    encode,
    late_avi,
    lying_mp3,
    many_channels,
    matroska,
    without_moov,
    without_sound,
)
from tests.audio.tones import PAUSE, SPOKEN, recording
from tests.fakes.aws.moto_server import Aws
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.jobs import JobWorld, run, sentences

SENTENCES = 4
SOUND = recording(SENTENCES)[44:]
MINUTE = bytes(2 * RATE * 60)
NEAR = 0.06  # seconds; half a window of the listener, and what codecs add
FRAMES = [0, 0.1, 0.35, 0.4, 1.2, 3.3, 3.4, 7, 10.5]  # of a film, in seconds

Make = Callable[[Path], object]


@pytest.fixture(scope="module")
def listener() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones()) as provider:
        yield provider


@pytest.fixture(scope="module")
def all_jobs(
    aws_server: Aws, listener: SpeechProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JobWorld]:
    """One function for all files, as in Lambda: what one leaves behind would harm the next."""
    aws_server.reset()
    with Source() as source:
        world = JobWorld(aws_server, listener, source, tmp_path_factory.mktemp("work"))
        with world.settings():
            yield world


@pytest.fixture
def world(all_jobs: JobWorld) -> JobWorld:
    all_jobs.provider.reset()
    return all_jobs


def job_for(world: JobWorld, path: Path, make: Make, *, seconds: int = 60) -> dict[str, Any]:
    """Run a job for a file, and return it as its caller sees it."""
    make(path)
    url = world.source.stored(f"/{path.name}", path)
    job_id = world.job(url, str(uuid.uuid4()), responseFormat="verbose_json")
    run(job_id, seconds=seconds)
    assert list(world.work_folder.iterdir()) == []
    return world.view(job_id)


RIGHT: dict[str, tuple[str, Make]] = {
    "webm without a duration": ("webm", lambda path: browser_webm(path, SOUND)),
    "mp3 that says it has one frame": ("mp3", lambda path: lying_mp3(path, SOUND, 1)),
    "mp3 that says it lasts for months": ("mp3", lambda path: lying_mp3(path, SOUND, 10**9)),
    "eight channels": ("wav", lambda path: many_channels(path, SOUND, 8)),
    "5.1": ("ac3", lambda path: encode(path, "ac3", SOUND, rate=48_000, layout="5.1")),
    "96 kHz": (
        "wav",
        lambda path: encode(path, "pcm_s24le", SOUND, rate=96_000, layout="stereo"),
    ),
    "variable frame rate": (
        "mp4",
        lambda path: encode(path, "aac", SOUND, rate=48_000, video=FRAMES),
    ),
    "20,000 tracks of subtitles": ("mkv", lambda path: matroska(path, [SOUND], subtitles=20_000)),
    "20,000 attachments": ("mkv", lambda path: matroska(path, [SOUND], attachments=20_000)),
}


@pytest.mark.parametrize(("extension", "make"), RIGHT.values(), ids=RIGHT)
def test_odd_media_are_translated_with_the_right_times(
    world: JobWorld, tmp_path: Path, extension: str, make: Make
) -> None:
    job = job_for(world, tmp_path / f"odd.{extension}", make)
    assert (job["status"], job["error"], job["warnings"]) == ("succeeded", None, [])
    result = json.loads(world.result(job["id"], "json"))
    assert world.said(job["id"]) == sentences(SENTENCES)
    starts = [segment["start"] for segment in result["segments"]]
    assert starts == pytest.approx(spoken_at(), abs=NEAR)
    assert "warnings" not in result
    assert set(world.provider.paid.values()) == {1}


def spoken_at(late: float = 0) -> list[float]:
    """Seconds at which the sentences begin."""
    return [late + (PAUSE + number * (SPOKEN + PAUSE)) / 1000 for number in range(SENTENCES)]


@pytest.mark.parametrize("extension", ["avi", "mkv", "mov"])
def test_sound_that_starts_later_than_the_film_has_the_times_of_the_film(
    world: JobWorld, tmp_path: Path, extension: str
) -> None:
    def make(path: Path) -> None:
        if extension == "avi":
            late_avi(path, SOUND, 1.5)
        else:
            encode(path, "aac", SOUND, rate=48_000, video=FRAMES, late=1.5)

    job = job_for(world, tmp_path / f"late.{extension}", make)
    assert world.said(job["id"]) == sentences(SENTENCES)
    segments = json.loads(world.result(job["id"], "json"))["segments"]
    assert [s["start"] for s in segments] == pytest.approx(spoken_at(1.5), abs=NEAR)


TOLD: dict[str, tuple[str, Make, int, list[str]]] = {
    "two audio streams": (
        "mkv",
        lambda path: encode(path, "aac", SOUND, rate=48_000, streams=2),
        SENTENCES,
        ["The file has 2 audio tracks; only track 1 was translated, and not track 2."],
    ),
    "20,000 audio streams": (
        "mkv",
        lambda path: matroska(path, [SOUND], tracks=20_000),
        SENTENCES,
        [
            "The file has 1000 audio tracks; only track 1 (en, default) was translated, and not"
            f" {', '.join(f'track {number} (en, default)' for number in range(2, 10))}"
            " and 991 more.",
        ],
    ),
    "mp4 whose end is missing": (
        "mp4",
        lambda path: cut_short(path, SOUND),
        SENTENCES - 1,
        [
            "Parts of the audio are damaged or missing; what cannot be decoded is not in the"
            " translation.",
            "The end of the audio is missing: the file says that it lasts 0:00:11, and its sound"
            " ends at 0:00:07.",
        ],
    ),
}


@pytest.mark.parametrize(("extension", "make", "heard", "warnings"), TOLD.values(), ids=TOLD)
def test_what_is_left_out_is_said_in_the_job_and_in_its_result(
    world: JobWorld, tmp_path: Path, extension: str, make: Make, heard: int, warnings: list[str]
) -> None:
    job = job_for(world, tmp_path / f"odd.{extension}", make)
    assert (job["status"], job["warnings"]) == ("succeeded", warnings)
    assert world.said(job["id"]) == sentences(heard)
    assert json.loads(world.result(job["id"], "json"))["warnings"] == warnings


WRONG: dict[str, tuple[str, Make, str]] = {
    "mp4 without its index": ("mp4", lambda path: without_moov(path, SOUND), "cut short"),
    "film without sound": ("mp4", without_sound, "no audio stream"),
    "no bytes": ("mp3", lambda path: path.write_bytes(b""), "empty"),
    "zeros": ("mp3", lambda path: path.write_bytes(bytes(100_000)), "decoded"),
    "mp4 that announces 20,000 tracks": (
        "mp4",
        lambda path: announcing_mp4(path, tracks=20_000, samples=10),
        "more than audio has",
    ),
    "mp4 that announces 320 million samples": (
        "mp4",
        lambda path: announcing_mp4(path, tracks=4, samples=80_000_000),
        "no sound that can be decoded",
    ),
}


@pytest.mark.parametrize(("extension", "make", "reason"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_translated_is_refused_with_the_reason(
    world: JobWorld, tmp_path: Path, extension: str, make: Make, reason: str
) -> None:
    job = job_for(world, tmp_path / f"wrong.{extension}", make)
    assert (job["status"], job["partial"], job["result"]) == (JobStatus.FAILED, False, None)
    assert (job["error"]["code"], job["error"]["param"]) == (UnsupportedAudio.code, "audioFileUrl")
    assert reason in job["error"]["message"]
    assert str(tmp_path) not in job["error"]["message"]
    assert not world.provider.received


def test_hours_of_silence_are_no_captions_and_cost_nothing(world: JobWorld, tmp_path: Path) -> None:
    def make(path: Path) -> None:
        matroska(path, [MINUTE] * 150, compressed=True)

    job = job_for(world, tmp_path / "silence.mkv", make, seconds=250)
    assert (job["status"], job["warnings"]) == ("succeeded", [NO_SPEECH])
    result = json.loads(world.result(job["id"], "json"))
    assert (result["duration"], result["segments"], result["text"]) == (9_000, [], "")
    assert not world.provider.received
