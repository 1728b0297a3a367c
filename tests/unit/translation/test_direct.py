"""What the order of things in a direct translation promises."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from audio_translation.audio import decoding
from audio_translation.audio.audio_file import Audio
from audio_translation.aws.bucket import Bucket
from audio_translation.aws.clients import Clients
from audio_translation.aws.save_source import SavedSources
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import SentFile
from audio_translation.errors import ProviderTimedOut, UnsupportedAudio
from audio_translation.transcript import Segment, Translation
from audio_translation.translation import direct
from audio_translation.translation.direct import DirectTranslation, Outcome
from audio_translation.translation.direct_limits import DirectLimits
from audio_translation.translation.engine import Task
from audio_translation.translation.language_detection import LanguageDetector
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.request import TranslationRequest
from audio_translation.translation.retranslate import Retranslate, RetranslateFile

WAV = (
    b"RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00"
)
WAV += b"\x02\x00\x10\x00data\x08\x00\x00\x00" + bytes(8)


@pytest.fixture(autouse=True)
def _telemetry_has_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Powertools reads them from the environment and raises an error without a namespace."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test-direct")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "AudioTranslation")


class Engine:
    """Answers, or is stuck until ``let_go``."""

    def __init__(self, *, stuck: bool = False) -> None:
        self.let_go = threading.Event()
        if not stuck:
            self.let_go.set()

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        self.let_go.wait(10)
        return Translation((Segment(0, 900, " Hello."),), "english", 1000, task.model)


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
    save: Callable[[Path, str, str], str] | None = None,
) -> Outcome:
    telemetry = telemetry or Telemetry()
    use_case = DirectTranslation(
        engine=LazyEngine(make or (lambda: engine)),
        retranslate=RetranslateFile(decoding, Retranslate(NothingForeign(), telemetry)),
        limits=DirectLimits(max_bytes=1000, max_duration=1000, jobs=False),
        saved_sources=Saving(save or never),
        telemetry=telemetry,
        work_folder=folder,
        default_model="whisper-1",
        default_price_per_minute=0.006,
    )
    request = {"audioFileUrl": "https://a.test/a.wav", "saveSource": save is not None}
    return use_case.translate(
        TranslationRequest.model_validate(request),
        SentFile("a.wav", content),
        request_id="id",
        deadline=Deadline.after(seconds),
    )


def test_an_engine_that_is_stuck_does_not_keep_the_caller_beyond_the_deadline(
    tmp_path: Path,
) -> None:
    engine = Engine(stuck=True)
    try:
        with pytest.raises(ProviderTimedOut):
            run(tmp_path, engine, seconds=0.2)
    finally:
        engine.let_go.set()
    assert list(tmp_path.iterdir()) == []


def test_the_time_of_the_provider_is_without_that_to_make_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, told = [0.0], []

    class SlowEngine(Engine):
        def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
            clock[0] += 2
            return super().translate(audio, task, deadline=deadline)

    class Told(Telemetry):
        def translated(self, *_: Any, provider_time: int, **__: Any) -> None:
            told.append(provider_time)

    def make() -> Engine:
        clock[0] += 5
        return engine

    engine = SlowEngine()
    monkeypatch.setattr(direct, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    run(tmp_path, engine, make=make, telemetry=Told())
    assert told == [2000]


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
    assert (saved, list(tmp_path.iterdir())) == ([], [])
