"""Whether a translation fits the time of a request, estimated from the run itself."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline
from audio_translation.errors import AudioTooLarge, ProviderTimedOut
from audio_translation.translation.pipeline import Progress
from audio_translation.translation.stitching import Part

_FIRST_LOOK_SECONDS = 1.0
"""Before that, the pace of decoding is not known."""
_DOUBT = 1.15
"""An estimate must be over the time left by this factor before it is believed."""
_GRACE_SECONDS = 8.0
"""How long calls that are under way are waited for when the rest becomes a job."""
_RESERVE_SECONDS = 4.0
"""Kept back from that: the job has to be made and the file to be stored."""


_CAREFUL_SECONDS = 60.0
"""For so long after calls were lost few are made at a time."""


class DoesNotFit(Exception):
    """The audio is too long for one request, or the provider too slow; the text says which."""


class NotInTime(Exception):
    """The translation does not fit the request's time; ``reason`` is why.

    ``audio`` and ``name`` are the file, which may still arrive, and what it is called, ``parts``
    and ``notes`` what is translated of it, and heard, and paid.
    """

    def __init__(
        self,
        reason: Exception,
        audio: Audio,
        name: str,
        parts: tuple[Part, ...] = (),
        notes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(str(reason))
        self.reason, self.audio, self.name = reason, audio, name
        self.parts, self.notes = parts, notes


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


class Caution:
    """How many calls a request may have under way, after calls of an earlier one were lost.

    What is under way when a request's time is over is thrown away, and its job pays it again. Where
    a call takes longer than a request may, that would be all calls of every request. So for a while
    after one has lost its calls, and until others come back in time, there is one at a time.
    """

    def __init__(self) -> None:
        self._until = 0.0

    def at_once(self, most: int) -> int:
        """Return how many calls may be made at a time, ``most`` as a rule."""
        return 1 if time.monotonic() < self._until else most

    def lost(self) -> None:
        """Note that calls did not come back in a request's time."""
        self._until = time.monotonic() + _CAREFUL_SECONDS

    def came_back(self) -> None:
        """Note that a request had all of its calls in time."""
        self._until = 0.0
