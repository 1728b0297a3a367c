"""How fast somebody speaks, and where they pause, by the sound alone.

Times are integer milliseconds.
"""

from collections.abc import Sequence
from itertools import pairwise

from audio_translation.audio.speech import MIN_PAUSE, Span

_MINUTE = 60_000


def pauses(speech: Sequence[Span]) -> list[Span]:
    """Return the pauses between spans of speech, which are in order."""
    between = (Span(one.end, other.start) for one, other in pairwise(speech))
    return [pause for pause in between if pause.length >= MIN_PAUSE]


def words_per_minute(words: int, speech: Sequence[Span]) -> float | None:
    """Return how many words are said in a minute; None where nobody speaks or nothing is said.

    Counted from the beginning of the first word to the end of the last one, pauses included:
    whoever looks for words is slow.
    """
    length = speech[-1].end - speech[0].start if speech else 0
    return round(words * _MINUTE / length, 1) if words and length else None
