"""The duration in a file's headers, read without decoding."""

from pathlib import Path

from tinytag import TinyTag, TinyTagException

from audio_translation.transcript import milliseconds

_LONGEST_SECONDS = 1e9
"""A longer duration is a wrong header; infinity cannot be converted to milliseconds."""


def stated_duration(path: Path) -> int | None:
    """Return the audio's duration in integer milliseconds, None if its headers do not have it.

    It is a hint: headers may state too much or too little.
    """
    try:
        found = TinyTag.get(path, tags=False).duration
    except TinyTagException:
        return None
    return milliseconds(found) if found and 0 < found < _LONGEST_SECONDS else None
