"""Sound out of any file, and slices of it, as engines and use cases need it."""

from pathlib import Path
from typing import Protocol

from audio_translation.domain.audio import Audio, Decoded
from audio_translation.domain.deadline import Deadline


class Media(Protocol):
    """What ``adapters/media.py`` does. Times are integer milliseconds."""

    def decode(self, path: Path, folder: Path, *, max_duration: int, deadline: Deadline) -> Decoded:
        """Decode a file into ``folder``; raises UnsupportedAudio and AudioTooLarge."""
        ...

    def cut(self, pcm: Path, start: int, end: int, to: Path) -> Audio:
        """Make a FLAC file of a part of decoded audio."""
        ...

    def cut_chunk(self, chunk: Path, start: int, end: int, to: Path) -> Audio:
        """Make a FLAC file of a part of another one."""
        ...
