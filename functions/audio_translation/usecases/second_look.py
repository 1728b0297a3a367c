"""What came back in another language than the one asked for is asked for once more, then marked.

The first answer is paid for: whatever goes wrong here, it is handed out.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from audio_translation.domain.audio import Audio, Decoded
from audio_translation.domain.chunking import Chunk
from audio_translation.domain.containers import FLAC
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.echoes import TEMPERATURE, corrected, echoes, marked
from audio_translation.domain.engine import Engine, Task
from audio_translation.domain.errors import ServiceError
from audio_translation.domain.media import Media
from audio_translation.domain.silence import Span, speech_spans
from audio_translation.domain.transcript import Translation

IsForeign = Callable[[str, str], bool]
"""Whether a text is not in the language of a BCP 47 tag."""

Ask = Callable[[Sequence[Span]], Iterable[Translation | None]]
"""Has spans of a chunk translated once more; None for what cannot be had."""

_LEAST_SECONDS = 3.0
"""With less time left nothing is asked again."""
_MOST_SECONDS = 60.0
_LONGEST = 3_600_000
"""Milliseconds of audio that are decoded for this; they take 115 MB of disk."""
_AT_ONCE = 4


def looked_again(
    chunk: Chunk, translation: Translation, is_foreign: Callable[[str], bool], ask: Ask
) -> Translation:
    """Return a chunk's translation with second answers where they are better, the rest marked."""
    found = [echo for echo in echoes(chunk, translation, is_foreign) if echo.span.length > 0]
    for echo, answer in zip(found, ask([echo.span for echo in found]), strict=True):
        if answer is not None:
            translation = corrected(translation, echo, answer, is_foreign)
    return marked(chunk, translation, is_foreign)


def once_more(task: Task) -> Task:
    """Return the task as it is asked a second time: a little less bound to what seems likeliest."""
    return replace(task, temperature=max(TEMPERATURE, task.temperature))


@dataclass(frozen=True)
class SecondLook:
    """A second look at the translation of a whole file.

    ``media`` is asked for only when something is foreign; ``crashed`` hears of what nobody
    expected.
    """

    is_foreign: IsForeign
    media: Callable[[], Media]
    crashed: Callable[[Exception], None]

    def at(
        self,
        translation: Translation,
        audio: Audio,
        task: Task,
        *,
        engine: Engine,
        deadline: Deadline,
    ) -> Translation:
        """Return the translation, better where it can be had; raises nothing.

        The audio is decoded into a folder of its own beside it. What the engine has not answered
        by the deadline counts as not answered.
        """
        is_foreign = partial(self._is_foreign, task.target)
        duration = max([translation.duration, *(s.end for s in translation.segments)])
        whole = Chunk(0, duration, ())
        if not echoes(whole, translation, is_foreign):
            return translation
        if deadline.left() >= _LEAST_SECONDS:
            deadline = deadline.sooner(_MOST_SECONDS)
            try:
                return self._asked(translation, audio, once_more(task), engine, deadline)
            except ServiceError:  # the provider could read the audio, and we cannot
                pass
            except Exception as error:  # noqa: BLE001  see the module
                self.crashed(error)
        return marked(whole, translation, is_foreign)

    def _is_foreign(self, target: str, text: str) -> bool:
        try:
            return self.is_foreign(text, target)
        except Exception as error:  # noqa: BLE001  see the module
            self.crashed(error)
            return False

    def _asked(
        self,
        translation: Translation,
        audio: Audio,
        task: Task,
        engine: Engine,
        deadline: Deadline,
    ) -> Translation:
        with tempfile.TemporaryDirectory(
            dir=audio.path.parent, ignore_cleanup_errors=True
        ) as folder:
            media = self.media()
            decoded = media.decode(
                audio.path, Path(folder), max_duration=_LONGEST, deadline=deadline
            )
            speech = tuple(speech_spans(decoded.levels, decoded.info.duration))
            chunk = Chunk(0, decoded.info.duration, speech)

            def ask(span: Span) -> Translation:
                part = _cut(media, decoded, span, Path(folder))
                return engine.translate(part, task, deadline=deadline)

            return looked_again(
                chunk,
                translation,
                partial(self._is_foreign, task.target),
                partial(_answers, ask, deadline),
            )


def _cut(media: Media, decoded: Decoded, span: Span, folder: Path) -> Audio:
    """A part of the audio in a folder of its own, where an engine may work."""
    own = folder / str(span.start)
    own.mkdir()
    return media.cut(decoded.pcm, span.start, span.end, own / f"part.{FLAC.extension}")


def _answers(
    ask: Callable[[Span], Translation], deadline: Deadline, spans: Sequence[Span]
) -> Iterable[Translation | None]:
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        for call in [pool.submit(ask, span) for span in spans]:
            try:
                yield call.result(timeout=deadline.left())
            except (ServiceError, TimeoutError):
                yield None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
