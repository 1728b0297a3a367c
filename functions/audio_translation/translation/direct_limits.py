"""The limits of direct translation; audio over them needs a job."""

from dataclasses import dataclass

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.stated_duration import stated_duration
from audio_translation.audio.type_detection.window import refused
from audio_translation.errors import NeedsJob

_BITS_PER_SECOND = 32_000
"""About the lowest bit rate of recorded speech."""


@dataclass(frozen=True)
class DirectLimits:
    """Limits of size, type and duration.

    - ``max_bytes``: the largest file that the provider accepts in one call.
    - ``max_duration``: in milliseconds.
    - ``jobs``: whether there are jobs for audio over the limits. If not, size and duration are not
      checked here.
    """

    max_bytes: int
    max_duration: int
    jobs: bool

    def check(self, audio: Audio) -> None:
        """Raise NeedsJob for audio over the limits.

        Without jobs, raise UnsupportedAudio for types that have to be decoded first.
        """
        if not self.jobs:
            if not audio.type.direct:
                raise refused(
                    f"The file is {audio.type.extension}, which is not accepted; convert it."
                )
        elif not self._fits(audio):
            raise NeedsJob(f"{audio.size} bytes of {audio.type.extension} are more than one call.")

    def _fits(self, audio: Audio) -> bool:
        """Return whether type, size and duration allow one call while the caller waits.

        If the headers have no duration, it is estimated from the size at 32 kbit/s.
        """
        if not audio.type.direct or audio.size > self.max_bytes:
            return False
        duration = stated_duration(audio.path) or audio.size * 8000 // _BITS_PER_SECOND
        return duration <= self.max_duration
