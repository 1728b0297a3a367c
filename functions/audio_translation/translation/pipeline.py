"""The one way from an audio file to its translation; requests, jobs and uploads all take it.

    decode ─▶ speech ─▶ chunks, each as soon as its pause is found
                           └─▶ engine, in parallel ─▶ checks ─▶ stitch

The parts that are translated are kept in a ``PartStore``; what is there is not paid again.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Protocol

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.recording import ChunkAudio, Listening, Recording
from audio_translation.deadline import Deadline
from audio_translation.errors import ProviderTimedOut
from audio_translation.translation.engine import Task
from audio_translation.translation.speakers.labels import named
from audio_translation.translation.speakers.line_up import LineUp
from audio_translation.translation.stitching import Finished, Part, PartStore, stitch
from audio_translation.translation.translate_chunk import TranslateChunk
from audio_translation.translation.warnings import about_channels, with_warnings

_LOOK_SECONDS = 0.5


@dataclass
class Progress:
    """How far a run is. Times are milliseconds of audio unless they say seconds.

    - ``streams``: how often the audio is heard; all times but ``started`` are those of all streams.
    - ``decoded``: what is decoded; ``ended``: whether that is all.
    - ``stated``: the duration that the headers state, None if they do not.
    - ``chunks``: those found so far; ``done``: those translated; ``under_way``: those being asked.
    - ``translated``: the audio up to the ends of the chunks that are done, silence included.
    - ``call_seconds``: of the latest chunk.
    """

    started: float = field(default_factory=time.monotonic)
    streams: int = 1
    decoded: int = 0
    ended: bool = False
    stated: int | None = None
    chunks: int = 0
    done: int = 0
    under_way: int = 0
    translated: int = 0
    call_seconds: float = 0.0


class Watch(Protocol):
    """Decides whether a run goes on, from its progress."""

    def look(self, progress: Progress) -> None:
        """Return if the run goes on; what it raises ends the run."""

    def grace_seconds(self, error: Exception) -> float | None:
        """Return how long to wait for calls that are under way when ``error`` ends the run.

        None for the failure of a chunk with which the others go on.
        """


@dataclass(frozen=True)
class Pipeline:
    """Translates audio files.

    ``at_once``: how many chunks are with the provider at a time. ``call_seconds``: the longest time
    for one of them, retries included.
    """

    listening: Listening
    translate: TranslateChunk
    at_once: int
    call_seconds: float = inf

    def run(
        self,
        audio: Audio,
        task: Task,
        *,
        store: PartStore,
        watch: Watch,
        folder: Path,
        deadline: Deadline,
    ) -> Finished:
        """Return the translation of the whole file.

        Raises what decoding and engines raise, and what ``watch`` raises. Parts that were done by
        then are in ``store``.
        """
        recording = Recording(
            audio,
            self.listening,
            folder,
            track=task.track,
            source=task.source,
            separate=task.separate,
        )
        run = _Run(self, task, store, watch, deadline)
        voices = LineUp(self.translate.decoder, self.translate.engine, task, folder)
        try:
            with closing(recording.chunks(deadline)) as chunks:
                for chunk in voices.keeping(chunks):
                    run.begin(chunk, recording)
            run.decoding_ended(recording)
            parts = voices.told_apart(run.parts(), store, deadline.sooner(self.call_seconds))
        except Exception as error:
            grace = watch.grace_seconds(error)
            run.stop(inf if grace is None else grace)
            raise
        finally:
            run.stop(0.0)
        info = recording.info
        whole = stitch(parts, duration=info.duration, model=task.model, apart=recording.streams > 1)
        about = (*info.warnings, *about_channels(info, task, parts))
        whole = with_warnings(named(task.labelled(whole), task), parts, about)
        return Finished(whole, tuple(parts), run.busy_seconds, voices.paid)


class _Run:
    """``busy_seconds``: for how long at least one call was under way."""

    def __init__(
        self, pipeline: Pipeline, task: Task, store: PartStore, watch: Watch, deadline: Deadline
    ) -> None:
        self.progress = Progress()
        self._pipeline, self._task = pipeline, task
        self._store, self._watch, self._deadline = store, watch, deadline
        self._pool = ThreadPoolExecutor(pipeline.at_once, thread_name_prefix="chunk")
        self._changed = threading.Condition()
        self._calls: list[Future[Part]] = []
        self._found: list[Chunk] = []
        self._done: set[int] = set()
        self._failures: list[tuple[int, Exception]] = []
        self._busy_since: float | None = None
        self.busy_seconds = 0.0

    def begin(self, audio: ChunkAudio, recording: Recording) -> None:
        """Have a chunk translated, unless it is already; waits while too many are under way."""
        try:
            self._begin(audio, recording)
        except BaseException:
            audio.discard()
            raise

    def _begin(self, audio: ChunkAudio, recording: Recording) -> None:
        self._tell(recording)
        audio = replace(audio, notes=self._store)
        number = len(self._found)
        self._found.append(audio.chunk)
        self.progress.chunks = len(self._found)
        part = self._store.find(audio.chunk)
        if part is not None:
            audio.discard()
            ready: Future[Part] = Future()
            ready.set_result(part)
            self._calls.append(ready)
            with self._changed:
                self._count(number)
            return
        self._wait(lambda: self.progress.under_way < self._pipeline.at_once)
        with self._changed:
            self.progress.under_way += 1
            if self._busy_since is None:
                self._busy_since = time.monotonic()
        self._calls.append(self._pool.submit(self._translated, number, audio))

    def decoding_ended(self, recording: Recording) -> None:
        """Note that all chunks are found."""
        self.progress.ended = True
        self._tell(recording)

    def parts(self) -> list[Part]:
        """Return all parts when they are there; raises the first failure."""
        self._wait(lambda: not self.progress.under_way)
        if self._failures:
            raise min(self._failures, key=lambda failure: failure[0])[1]
        return [call.result() for call in self._calls]

    def stop(self, grace_seconds: float) -> None:
        """Begin no further call; wait for those under way, because they are paid for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        under_way = [call for call in self._calls if not call.cancelled()]
        wait(under_way, timeout=min(grace_seconds, self._deadline.left()))

    def _tell(self, recording: Recording) -> None:
        self.progress.decoded = recording.decoded
        self.progress.streams = recording.streams
        self.progress.stated = recording.stated
        self._look()

    def _look(self) -> None:
        self._watch.look(self.progress)
        for _, error in sorted(self._failures, key=lambda failure: failure[0]):
            if self._watch.grace_seconds(error) is not None:
                raise error

    def _wait(self, condition: Callable[[], bool]) -> None:
        while True:
            with self._changed:
                left = self._deadline.left()
                if self._changed.wait_for(condition, timeout=min(left, _LOOK_SECONDS)):
                    break
            self._look()
            if not left:
                raise ProviderTimedOut("The provider did not answer in time. Try again later.")
        self._look()

    def _translated(self, number: int, audio: ChunkAudio) -> Part:
        started = time.monotonic()
        try:
            deadline = self._deadline.sooner(self._pipeline.call_seconds)
            part = self._pipeline.translate.translate(audio, self._task, deadline=deadline)
            self._store.keep(part)
        except Exception as error:
            with self._changed:
                self._failures.append((number, error))
            raise
        else:
            with self._changed:
                self.progress.call_seconds = time.monotonic() - started
                self._count(number)
            return part
        finally:
            audio.discard()
            self._ended()

    def _ended(self) -> None:
        with self._changed:
            self.progress.under_way -= 1
            if not self.progress.under_way and self._busy_since is not None:
                self.busy_seconds += time.monotonic() - self._busy_since
                self._busy_since = None
            self._changed.notify_all()

    def _count(self, number: int) -> None:
        self._done.add(number)
        self.progress.done = len(self._done)
        chunk, before = self._found[number], self._found[number - 1]
        follows = number and before.channel == chunk.channel
        self.progress.translated += chunk.end - (before.end if follows else 0)
