"""Where somebody speaks, and which speech Whisper has left out."""

from collections.abc import Sequence

from faster_whisper.vad import (  # type: ignore[import-untyped]
    VadOptions,
    get_speech_timestamps,
)

from local.provider.audio_decoding import RATE, Samples

Span = tuple[float, float]
"""Start and end in seconds."""

_LONG_PAUSE_SECONDS = 10
_MISSED_SECONDS = 3


def speech_spans(audio: Samples) -> list[Span]:
    """Return where somebody speaks, parted by pauses of half a second and more."""
    found = get_speech_timestamps(audio, VadOptions(min_silence_duration_ms=500, speech_pad_ms=0))
    return [(span["start"] / RATE, span["end"] / RATE) for span in found]


def split_at_long_pauses(speech: Sequence[Span]) -> list[list[Span]]:
    """Return speech in groups, with pauses of ``_LONG_PAUSE_SECONDS`` or more between them.

    Whisper gets audio without its silence, so a segment of it may begin before such a pause and end
    minutes later. What is asked for in two calls cannot be one segment.
    """
    groups: list[list[Span]] = []
    for span in speech:
        if groups and span[0] - groups[-1][-1][1] < _LONG_PAUSE_SECONDS:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def missed_speech(speech: Sequence[Span], segments: Sequence[Span]) -> list[Span]:
    """Return the spans with at least ``_MISSED_SECONDS`` of speech and no segment.

    Whisper sometimes skips 20 seconds in the middle; in a call of their own it hears them.
    """
    gaps, covered_until = [], 0.0
    for start, end in [*sorted(segments), (float("inf"), float("inf"))]:
        gaps.append((covered_until, start))
        covered_until = max(covered_until, end)
    spans = []
    for start, end in gaps:
        missed = [(max(a, start), min(b, end)) for a, b in speech if a < end and b > start]
        if sum(b - a for a, b in missed) >= _MISSED_SECONDS:
            spans.append((missed[0][0], missed[-1][1]))
    return spans
