"""``media.py``, imported when it is first used: few requests need FFmpeg, and a start none."""

from pathlib import Path

from audio_translation.domain.audio import Audio, Decoded
from audio_translation.domain.deadline import Deadline


def decode(path: Path, folder: Path, *, max_duration: int, deadline: Deadline) -> Decoded:
    """See ``media.decode``."""
    from audio_translation.adapters import media

    return media.decode(path, folder, max_duration=max_duration, deadline=deadline)


def cut(pcm: Path, start: int, end: int, to: Path) -> Audio:
    """See ``media.cut``."""
    from audio_translation.adapters import media

    return media.cut(pcm, start, end, to)


def cut_chunk(chunk: Path, start: int, end: int, to: Path) -> Audio:
    """See ``media.cut_chunk``."""
    from audio_translation.adapters import media

    return media.cut_chunk(chunk, start, end, to)
