"""What the order of things in a direct translation promises."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio, Listening
from audio_translation.aws.bucket import Bucket
from audio_translation.aws.clients import Clients
from audio_translation.aws.save_source import SavedSources
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import SentFile
from audio_translation.errors import ProviderTimedOut, UnsupportedAudio
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.cost.cost_limits import CostLimits
from audio_translation.translation.cost.prices import Prices
from audio_translation.translation.direct import DirectTranslation, Outcome
from audio_translation.translation.direct_estimate import DoesNotFit, NotInTime
from audio_translation.translation.engine import Task
from audio_translation.translation.kept.kept_answers import KeptAnswers
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.pipeline import Pipeline
from audio_translation.translation.request import TranslationRequest
from audio_translation.translation.translate_chunk import TranslateChunk
from tests.audio.tones import spoken

WAV = spoken([1])


@pytest.fixture(autouse=True)
def _telemetry_has_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Powertools reads them from the environment and raises an error without a namespace."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test-direct")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "AudioTranslation")


class Engine:
    """Answers, or is stuck until ``let_go``."""

    def __init__(self, *, stuck: bool = False) -> None:
        self.let_go = threading.Event()
        self.asked = 0
        if not stuck:
            self.let_go.set()

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        self.asked += 1
        self.let_go.wait(10)
        return Translation((Segment(0, 3500, " Hello."),), "english", 1000, task.model)


class Saving(SavedSources):
    """Does what a test wants with a source that is to be kept."""

    def __init__(self, save: Callable[[Path, str, str], str]) -> None:
        super().__init__(Bucket(Clients(), "a-bucket"), folder="/audio/")
        self._save = save

    def save(self, path: Path, *, key: str, mime: str) -> str:
        return self._save(path, key, mime)


def never(*_: object) -> str:
    raise AssertionError("nothing was to be saved")


class NothingForeign(LanguageDetector):
    def is_foreign(self, text: str, target: str = "en") -> bool:
        return False


def run(
    folder: Path,
    engine: Engine,
    *,
    make: Callable[[], Engine] | None = None,
    telemetry: Telemetry | None = None,
    content: bytes = WAV,
    seconds: float = 5,
    jobs: bool = False,
    save: Callable[[Path, str, str], str] | None = None,
) -> Outcome:
    telemetry = telemetry or Telemetry()
    lazy = LazyEngine(make or (lambda: engine))
    use_case = DirectTranslation(
        engine=lazy,
        pipeline=Pipeline(
            Listening(decoding, target=150_000, limit=300_000, max_duration=3_600_000),
            TranslateChunk(lazy, decoding, NothingForeign(), telemetry),
            at_once=4,
        ),
        max_duration=10_000,
        estimates=jobs,
        saved_sources=Saving(save or never),
        kept=KeptAnswers(None, "", telemetry),
        telemetry=telemetry,
        default_model="whisper-1",
        costs=CostLimits(Prices(), telemetry),
    )
    request = {"audioFileUrl": "https://a.test/a.wav", "saveSource": save is not None}
    return use_case.translate(
        TranslationRequest.model_validate(request),
        SentFile("a.wav", content),
        owner="somebody",
        folder=folder,
        request_id="id",
        deadline=Deadline.after(seconds),
    )


def test_an_engine_that_is_stuck_does_not_keep_the_caller_beyond_the_deadline(
    tmp_path: Path,
) -> None:
    engine = Engine(stuck=True)
    try:
        with pytest.raises(ProviderTimedOut):
            run(tmp_path, engine, seconds=0.5)
    finally:
        engine.let_go.set()


def test_with_jobs_the_audio_and_its_parts_go_to_whoever_makes_one(tmp_path: Path) -> None:
    engine = Engine(stuck=True)
    try:
        with pytest.raises(NotInTime) as late:
            run(tmp_path, engine, seconds=0.5, jobs=True)
    finally:
        engine.let_go.set()
    assert isinstance(late.value.reason, ProviderTimedOut)
    assert late.value.audio.path.read_bytes() == WAV
    assert (late.value.name, late.value.parts) == ("a.wav", ())


def test_audio_over_the_longest_is_given_up_before_anything_is_paid(tmp_path: Path) -> None:
    engine = Engine()
    with pytest.raises(NotInTime) as late:
        run(tmp_path, engine, content=spoken(range(8)), jobs=True)
    assert isinstance(late.value.reason, DoesNotFit)
    assert engine.asked == 0
    assert run(tmp_path, engine, content=spoken(range(8))).served.model == "whisper-1"


def test_the_time_of_the_provider_is_without_that_to_make_the_engine(tmp_path: Path) -> None:
    told: list[int] = []

    class SlowEngine(Engine):
        def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
            time.sleep(0.2)
            return super().translate(audio, task, deadline=deadline)

    class Told(Telemetry):
        def translated(self, *_: Any, provider_time: int, **__: Any) -> None:
            told.append(provider_time)

    def make() -> Engine:
        time.sleep(1)
        return SlowEngine()

    run(tmp_path, SlowEngine(), make=make, telemetry=Told())
    (provider_time,) = told
    assert 200 <= provider_time < 1_000


def test_the_source_is_saved_while_the_engine_works(tmp_path: Path) -> None:
    engine = Engine(stuck=True)

    def save(path: Path, key: str, mime: str) -> str:
        engine.let_go.set()  # only a saving beside it sets the engine free
        return f"{key} {mime} {path.read_bytes() == WAV}"

    today = datetime.now(UTC)
    outcome = run(tmp_path, engine, save=save)
    assert outcome.source_location == f"{today:audio/%Y/%m/%d}/id-a.wav audio/wav True"


def test_whatever_goes_wrong_in_saving_the_translation_is_handed_out(tmp_path: Path) -> None:
    def save(path: Path, key: str, mime: str) -> str:
        raise KeyError("secret")

    outcome = run(tmp_path, Engine(), save=save)
    assert (outcome.rendered.body, outcome.source_error) == ({"text": "Hello."}, "KeyError")


def test_what_is_no_audio_is_neither_sent_nor_saved(tmp_path: Path) -> None:
    saved: list[Path] = []

    def save(path: Path, key: str, mime: str) -> str:
        saved.append(path)
        return key

    with pytest.raises(UnsupportedAudio):
        run(tmp_path, Engine(), content=b"<html>", save=save)
    assert saved == []
