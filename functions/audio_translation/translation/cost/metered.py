"""A run with a budget: its engine asks before each call, its watch before the first one."""

from dataclasses import dataclass, replace

from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.errors import CostLimitExceeded, UnusableAnswer
from audio_translation.transcript import Translation
from audio_translation.translation.cost.budget import Budget
from audio_translation.translation.engine import Engine, Task
from audio_translation.translation.models import price_of
from audio_translation.translation.pipeline import Pipeline, Progress, Watch

_GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class MeteredEngine:
    """Engine that pays from a budget; raises CostLimitExceeded, too, and then asks nobody.

    ``again``: its calls are further ones about the same. ``default_price``: see ``price_of``. A
    call that fails costs nothing, but for an answer that came and cannot be used.
    """

    engine: Engine
    budget: Budget
    default_price: float
    again: bool = False

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        """See ``Engine``."""
        length, budget = audio.chunk.length, self.budget
        reserved = budget.reserve_again(length) if self.again else budget.reserve(length)
        dollars = 0.0
        try:
            answer = self.engine.translate(audio, task, deadline=deadline)
            dollars = price_of(length, answer.served, self.default_price)
        except UnusableAnswer:
            dollars = reserved
            raise
        finally:
            budget.settle(length, reserved, dollars, again=self.again)
        return answer


@dataclass(frozen=True)
class MeteredWatch:
    """``Watch`` around another one that refuses audio which will cost too much.

    That is said as soon as the duration is known, and not of audio without speech.
    """

    watch: Watch
    budget: Budget

    def look(self, progress: Progress) -> None:
        """See ``Watch``; raises CostLimitExceeded."""
        if not progress.ended and progress.stated:
            self.budget.expect(progress.stated)
        self.watch.look(progress)

    def grace_seconds(self, error: Exception) -> float | None:
        """See ``Watch``; after it, what the calls that are under way cost is known."""
        grace = self.watch.grace_seconds(error)
        if isinstance(error, CostLimitExceeded):
            return max(grace or 0.0, _GRACE_SECONDS)
        return grace


def metered(pipeline: Pipeline, budget: Budget, default_price: float) -> Pipeline:
    """Return the same pipeline with an engine that pays from a budget."""
    translate = pipeline.translate
    first = MeteredEngine(translate.engine, budget, default_price)
    return replace(
        pipeline,
        translate=replace(translate, engine=first, engine_again=replace(first, again=True)),
    )
