"""An engine that is made at first use, or shortly before, in a thread."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Engine, Task


class LazyEngine:
    """Engine around one that is slow to make: ``openai`` is the slowest import of all.

    Safe to use from several threads. If making the engine fails, the next use makes it again.
    """

    def __init__(self, make: Callable[[], Engine]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._making: Future[Engine] | None = None

    def begin(self) -> "Future[Engine]":
        """Start to make the engine in a thread, while the audio is downloaded."""
        with self._lock:
            if self._making is None or (self._making.done() and self._making.exception()):
                pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
                self._making = pool.submit(self._make)
                pool.shutdown(wait=False)
            return self._making

    def warm_up(self) -> None:
        """Make the engine and wait for it."""
        self.begin().result()

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate; raises what the engine raises, and what making it raised."""
        return self.begin().result().translate(audio, task, deadline=deadline)
