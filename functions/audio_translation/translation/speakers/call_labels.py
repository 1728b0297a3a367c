"""Labels of speakers that one call has given.

They mean something within that call alone: the ``A`` of one chunk may be the ``B`` of the next one,
and so it is with a second call for a part of a chunk. ``line_up`` finds out which are the same.
"""

from dataclasses import replace

from audio_translation.transcript import Segment

_CALL = "-"


def of_another_call(segment: Segment, start: int) -> Segment:
    """Return a segment of the call for what begins at ``start``; its label is no other call's."""
    if segment.speaker is None:
        return segment
    return replace(segment, speaker=f"{start}{_CALL}{segment.speaker}")


def call_of(label: str) -> str:
    """Return which call of a chunk a label is of; that for all of the chunk has no text."""
    return label.rpartition(_CALL)[0]
