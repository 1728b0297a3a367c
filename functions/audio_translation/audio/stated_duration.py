"""How long a file says that it is, without decoding it."""

from pathlib import Path

from tinytag import TinyTag, TinyTagException

from audio_translation.transcript import milliseconds

_LONGEST_SECONDS = 1e9
"""More is a header that lies; and infinity has no milliseconds."""


def stated_duration(path: Path) -> int | None:
    """Return the audio's length in integer milliseconds, None if its headers do not tell.

    It is a hint: headers may be wrong in either direction.
    """
    try:
        found = TinyTag.get(path, tags=False).duration
    except TinyTagException:
        return None
    return milliseconds(found) if found and 0 < found < _LONGEST_SECONDS else None
