"""What is translated while its caller waits; all other audio needs a job."""

from dataclasses import dataclass

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.window import refused
from audio_translation.audio.stated_duration import stated_duration
from audio_translation.errors import NeedsJob

_BITS_PER_SECOND = 32_000
"""About the least that speech is sent with."""


@dataclass(frozen=True)
class DirectLimits:
    """``max_bytes`` is what one call of the provider takes, ``max_duration`` is in milliseconds.

    ``jobs`` is whether longer audio can become a job. Without them any length is tried.
    """

    max_bytes: int
    max_duration: int
    jobs: bool

    def check(self, audio: Audio) -> None:
        """Raise NeedsJob, or UnsupportedAudio where there are no jobs to decode the file first."""
        if not self.jobs:
            if not audio.type.direct:
                raise refused(
                    f"The file is {audio.type.extension}, which is not accepted; convert it."
                )
        elif not self._fits(audio):
            raise NeedsJob(f"{audio.size} bytes of {audio.type.extension} are more than one call.")

    def _fits(self, audio: Audio) -> bool:
        """Return whether the audio fits one call in type and size and leaves time to answer.

        A duration that no header tells is taken for that of the same bytes at 32 kbit/s.
        """
        if not audio.type.direct or audio.size > self.max_bytes:
            return False
        duration = stated_duration(audio.path) or audio.size * 8000 // _BITS_PER_SECOND
        return duration <= self.max_duration
