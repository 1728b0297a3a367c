"""Where somebody speaks, and which speech Whisper has left out."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from faster_whisper.vad import get_vad_model  # type: ignore[import-untyped]

from local.provider.audio_decoding import RATE, Samples

Span = tuple[float, float]
"""Start and end in seconds."""

WINDOW = 512
"""Samples for which there is one probability that somebody speaks."""

_LONG_PAUSE_SECONDS = 10
_MISSED_SECONDS = 3
_BEGINS, _ENDS = 0.5, 0.35
"""Probabilities with which speech begins and, when it stays below, ends."""


def speech_probabilities(audio: Samples) -> npt.NDArray[np.float32]:
    """Return for each ``WINDOW`` of samples the probability that somebody speaks in it.

    It is a twentieth of the time that Whisper takes, so it should be asked once.
    """
    whole = np.pad(audio, (0, -len(audio) % WINDOW))
    found = get_vad_model()(whole) if len(whole) else np.zeros(0)
    return np.asarray(found, np.float32).reshape(-1)


def speech_spans(
    probabilities: Iterable[float], *, min_pause: float = 0.5, pad: float = 0
) -> list[Span]:
    """Return where somebody speaks, parted by pauses of ``min_pause`` seconds and more.

    ``pad`` seconds are added before and after each, as far as there are any. As faster-whisper's
    ``get_speech_timestamps``.
    """
    spans: list[tuple[int, int]] = []
    start = silent_since = None
    count = 0
    for count, probability in enumerate(probabilities, 1):
        at = count - 1
        if probability >= _BEGINS:
            silent_since = None
            start = at if start is None else start
        elif start is not None and (probability < _ENDS or silent_since is not None):
            silent_since = at if silent_since is None else silent_since
            if probability < _ENDS and (at - silent_since) * WINDOW >= min_pause * RATE:
                spans.append((start, silent_since))
                start = silent_since = None
    if start is not None:
        spans.append((start, count))
    return _padded([(a * WINDOW / RATE, b * WINDOW / RATE) for a, b in spans], pad, count)


def _padded(spans: Sequence[Span], pad: float, windows: int) -> list[Span]:
    bounds = [0.0, *(bound for span in spans for bound in span), windows * WINDOW / RATE]
    halves = [pause / 2 for pause in (after - before for before, after in _pauses(bounds))]
    padded = []
    for number, (start, end) in enumerate(spans):
        before = halves[number] * (2 if number == 0 else 1)
        after = halves[number + 1] * (2 if number == len(spans) - 1 else 1)
        padded.append((start - min(pad, before), end + min(pad, after)))
    return padded


def _pauses(bounds: Sequence[float]) -> list[Span]:
    return list(zip(bounds[::2], bounds[1::2], strict=True))


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
