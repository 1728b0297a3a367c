"""The run from a file to its translation: in parallel, in order, nothing paid twice."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.type_constants import WAV
from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio, Listening
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    ProviderRejected,
    ProviderTimedOut,
    ProviderUnavailable,
    UnsupportedAudio,
)
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Task
from audio_translation.translation.pipeline import Pipeline, Progress
from audio_translation.translation.stitching import Finished, MemoryStore
from audio_translation.translation.translate_chunk import TranslateChunk
from tests.audio.tones import PAUSE, SPOKEN, english, heard, recording

SENTENCES = 60
DURATION = PAUSE + SENTENCES * (SPOKEN + PAUSE)


class Engine:
    """Hears tones; ``before`` is called with what it hears, and may raise."""

    def __init__(self, before: Callable[[list[int]], None] = lambda _: None) -> None:
        self.before = before
        self.paid: list[list[int]] = []
        self.under_way = self.most_at_once = 0
        self._lock = threading.Lock()

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        found = heard(audio.flac.path.read_bytes())
        numbers = [sentence.number for sentence in found]
        with self._lock:
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            self.before(numbers)
        finally:
            with self._lock:
                self.under_way -= 1
        self.paid.append(numbers)
        segments = tuple(Segment(s.start, s.end, english(s.number)) for s in found)
        return Translation(segments, "english", audio.chunk.length, task.model)


class Watch:
    """Goes on after errors that pass, and waits for what is under way."""

    def __init__(
        self,
        stop_when: Callable[[Progress], bool] = lambda _: False,
        error: type[Exception] = InterruptedError,
    ) -> None:
        self.stop_when, self.error = stop_when, error
        self.seen: list[Progress] = []

    def look(self, progress: Progress) -> None:
        self.seen.append(Progress(**vars(progress)))
        if self.stop_when(progress):
            raise self.error

    def grace_seconds(self, error: Exception) -> float | None:
        return None if isinstance(error, ProviderUnavailable | ConnectionError) else 5.0


class English(LanguageDetector):
    def is_foreign(self, text: str, target: str = "en") -> bool:
        return False


@pytest.fixture(scope="module")
def wav(tmp_path_factory: pytest.TempPathFactory) -> Audio:
    path = tmp_path_factory.mktemp("audio") / "tones.wav"
    path.write_bytes(recording(SENTENCES))
    return Audio(path, WAV, path.stat().st_size)


def run(
    audio: Audio,
    folder: Path,
    engine: Engine,
    *,
    store: MemoryStore | None = None,
    watch: Watch | None = None,
    at_once: int = 4,
    seconds: float = 30,
    **options: Any,
) -> Finished:
    pipeline = Pipeline(
        Listening(decoding, target=10_000, limit=30_000, max_duration=3_600_000),
        TranslateChunk(engine, decoding, English(), Telemetry()),
        at_once=at_once,
        **options,
    )
    return pipeline.run(
        audio,
        Task("m"),
        store=store or MemoryStore(),
        watch=watch or Watch(),
        folder=folder,
        deadline=Deadline.after(seconds),
    )


def pause(seconds: float, event: threading.Event | None = None) -> Callable[[list[int]], None]:
    """Wait so long, or for the event."""

    def wait(_: list[int]) -> None:
        (event or threading.Event()).wait(seconds)

    return wait


def test_every_sentence_comes_back_once_in_order_whoever_is_first(
    wav: Audio, tmp_path: Path
) -> None:
    first = threading.Event()

    def wait(numbers: list[int]) -> None:
        if 0 in numbers:
            first.wait(5)  # the first chunk is done last
        elif SENTENCES - 1 in numbers:
            first.set()

    engine = Engine(wait)
    done = run(wav, tmp_path, engine)
    assert [s.text for s in done.translation.segments] == [english(n) for n in range(SENTENCES)]
    assert done.translation.duration == DURATION
    assert sorted(n for numbers in engine.paid for n in numbers) == list(range(SENTENCES))
    assert all(part.paid == part.chunk.length for part in done.parts)
    assert list(tmp_path.iterdir()) == []


def test_no_more_chunks_are_with_the_provider_than_may(wav: Audio, tmp_path: Path) -> None:
    engine = Engine(pause(0.02))
    run(wav, tmp_path, engine, at_once=2)
    assert engine.most_at_once <= 2


def test_a_chunk_is_asked_before_the_file_is_decoded_to_its_end(wav: Audio, tmp_path: Path) -> None:
    begun = threading.Event()

    def is_begun(progress: Progress) -> bool:
        if progress.under_way and not progress.ended:
            begun.set()
        return False

    watch = Watch(is_begun)
    run(wav, tmp_path, Engine(pause(5, begun)), watch=watch)
    assert begun.is_set()
    last = watch.seen[-1]
    assert last.ended
    assert last.chunks == last.done > 3
    assert last.decoded == DURATION
    assert last.translated >= DURATION - 2_000


def test_what_is_in_the_store_is_not_paid_again(wav: Audio, tmp_path: Path) -> None:
    store, engine = MemoryStore(), Engine()
    whole = run(wav, tmp_path, engine, store=store)
    kept = store.parts[1:3]
    again = MemoryStore()
    again.parts += kept
    second = Engine()
    assert run(wav, tmp_path, second, store=again).translation == whole.translation
    assert len(second.paid) == len(engine.paid) - 2


@pytest.mark.parametrize("error", [InterruptedError, ConnectionError])
def test_a_run_that_is_ended_keeps_what_is_paid(
    wav: Audio, tmp_path: Path, error: type[Exception]
) -> None:
    store, engine = MemoryStore(), Engine(pause(0.05))
    watch = Watch(lambda p: p.done >= 2, error)
    with pytest.raises(error):
        run(wav, tmp_path, engine, store=store, watch=watch, at_once=2)
    assert not engine.under_way
    assert 2 <= len(store.parts) == len(engine.paid) < 8
    assert list(tmp_path.iterdir()) == []


def test_after_a_failure_that_passes_the_others_are_translated(wav: Audio, tmp_path: Path) -> None:
    def fail(numbers: list[int]) -> None:
        if 0 in numbers:
            raise ProviderUnavailable("Not now.")

    store = MemoryStore()
    with pytest.raises(ProviderUnavailable, match="Not now"):
        run(wav, tmp_path, Engine(fail), store=store)
    assert len(store.parts) >= 3


def test_after_one_that_lasts_no_further_chunk_is_begun(wav: Audio, tmp_path: Path) -> None:
    def fail(numbers: list[int]) -> None:
        raise ProviderRejected("No.")

    engine = Engine(fail)
    with pytest.raises(ProviderRejected, match=r"No\. It is about the audio from 0:00:00"):
        run(wav, tmp_path, engine, at_once=1)
    assert engine.paid == []


def test_nothing_outlasts_the_deadline_whatever_an_engine_waits_for(
    wav: Audio, tmp_path: Path
) -> None:
    let_go = threading.Event()
    try:
        with pytest.raises(ProviderTimedOut):
            run(wav, tmp_path, Engine(pause(10, let_go)), seconds=3)
    finally:
        let_go.set()


def test_each_call_has_a_deadline_of_its_own(wav: Audio, tmp_path: Path) -> None:
    left = []

    class Noting(Engine):
        def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
            left.append(deadline.left())
            return super().translate(audio, task, deadline=deadline)

    run(wav, tmp_path, Noting(), call_seconds=7)
    assert all(seconds <= 7 for seconds in left)


def test_what_cannot_be_decoded_is_told_and_nothing_is_paid(tmp_path: Path) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(b"no audio at all")
    engine = Engine()
    with pytest.raises(UnsupportedAudio):
        run(Audio(path, WAV, 15), tmp_path, engine)
    assert engine.paid == []
