"""Whether a translation fits the time of a request, estimated from the run itself."""

import time
from dataclasses import dataclass

from audio_translation.deadline import Deadline
from audio_translation.errors import AudioTooLarge, ProviderTimedOut
from audio_translation.translation.pipeline import Progress

_FIRST_LOOK_SECONDS = 1.0
"""Before that, the pace of decoding is not known."""
_DOUBT = 1.15
"""An estimate must be over the time left by this factor before it is believed."""
_GRACE_SECONDS = 8.0
"""How long calls that are under way are waited for when the rest becomes a job."""
_RESERVE_SECONDS = 4.0
"""Kept back from that: the job has to be made and the file to be stored."""


class DoesNotFit(Exception):
    """The audio is too long for one request, or the provider too slow; the text says which."""


@dataclass(frozen=True)
class DirectEstimate:
    """``Watch`` of a request. ``max_duration`` is in milliseconds.

    With ``gives_up`` it ends a run as soon as it will not fit the time that is left; without, the
    run goes on to the deadline.
    """

    deadline: Deadline
    max_duration: int
    at_once: int
    gives_up: bool

    def look(self, progress: Progress) -> None:
        """See ``Watch``; raises DoesNotFit."""
        if not self.gives_up:
            return
        longest = max(progress.decoded, progress.stated or 0) // progress.streams
        if longest > self.max_duration:
            raise DoesNotFit(f"{longest // 1000} s of audio are more than one request translates.")
        needed = seconds_needed(progress, self.at_once)
        if needed > _DOUBT * self.deadline.left():
            raise DoesNotFit(f"About {needed:.0f} s more are needed.")

    def grace_seconds(self, error: Exception) -> float | None:
        """See ``Watch``: every failure ends the run."""
        if isinstance(error, DoesNotFit):
            return max(0.0, min(_GRACE_SECONDS, self.deadline.left() - _RESERVE_SECONDS))
        return 0.0

    def is_about_time(self, error: Exception) -> bool:
        """Return whether a job may succeed with what failed here."""
        return self.gives_up and isinstance(error, DoesNotFit | AudioTooLarge | ProviderTimedOut)


def seconds_needed(progress: Progress, at_once: int) -> float:
    """Return how many more seconds the run will take, 0 while that cannot be told."""
    elapsed = time.monotonic() - progress.started
    decoding = 0.0
    if not progress.ended and progress.stated and progress.decoded:
        if elapsed < _FIRST_LOOK_SECONDS:
            return 0.0
        rest = max(0, progress.stated - progress.decoded)
        decoding = rest * elapsed / progress.decoded
    if not progress.call_seconds:
        return decoding
    chunks = progress.under_way
    if not progress.ended and progress.stated and progress.chunks:
        average = max(1, progress.decoded // progress.chunks)
        chunks += max(0, progress.stated - progress.decoded) // average
    calls = chunks / at_once * progress.call_seconds
    return max(decoding + (0 if progress.ended else progress.call_seconds), calls)
