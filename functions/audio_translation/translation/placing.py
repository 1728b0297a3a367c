"""Placing a chunk's segments on its speech: what an engine states as their times is only a hint.

- Whisper often starts a segment at the end of the one before, seconds before anybody speaks. A
  start or end in a pause is moved to the nearest speech of the segment.
- A segment that lies in a pause as a whole belongs to the nearest speech that has no text.
- A segment of several sentences with pauses between them becomes several segments.

Times are integer milliseconds on the source's clock.
"""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.scripts import joined
from audio_translation.transcript import Segment

# Speech of the span before or after that a segment may cover by mistake, in milliseconds:
_TAIL = 300  # always
_LONGEST_TAIL = 1_000  # if the pause between them is at least twice as long

_MOST_OVER_SILENCE = 1 / 3  # of the text
_FARTHEST = 4_000  # milliseconds from a segment in a pause to the speech that it may belong to
_PAUSE = 500  # milliseconds; the shortest pause between sentences
_SENTENCE_ENDS = (".", "?", "!", "\u2026", "\u3002", "\uff1f", "\uff01", "\u061f", "\u0964")
_QUOTES = "\"')]\u201d\u2019\u00bb\u300d"  # may follow the end of a sentence
_TOLERANCE = 1_500  # milliseconds between a sentence's time and the one estimated by its letters
_TOLERANCE_OF_PAIRS = 4_000  # the same where there are as many sentences as utterances


def speech_to_place(chunk: Chunk) -> list[Span]:
    """Return the chunk's speech, up to its ends where it goes on in the chunk beside it."""
    speech = list(chunk.speech)
    if speech and chunk.overlap:
        speech[0] = Span(chunk.start, speech[0].end)
    if speech and chunk.goes_on:
        speech[-1] = Span(speech[-1].start, chunk.end)
    return speech


def placed(segments: Sequence[Segment], chunk: Chunk) -> tuple[list[Segment], list[Segment]]:
    """Return the segments, which are in order, at the times of the chunk's speech; and the rest.

    The rest are segments over silence. If they hold much of the text, the engine's times are wrong,
    not its words: then all segments are placed on all of the speech, and none is left.
    """
    speech = speech_to_place(chunk)
    covered = [_covered(segment, chunk, speech) for segment in segments]
    _give_free_speech(segments, covered, speech)
    over_silence = [segment for segment, spans in zip(segments, covered, strict=True) if not spans]
    if speech and _letters(over_silence) > _MOST_OVER_SILENCE * _letters(segments):
        spoken = {segment.spoken for segment in segments}
        speakers = {segment.speaker for segment in segments}
        whole = replace(
            segments[0],
            start=speech[0].start,
            end=speech[-1].end,
            text=joined(segment.text for segment in segments),
            source=_source(segments),
            spoken=spoken.pop() if len(spoken) == 1 else None,
            untranslated=any(segment.untranslated for segment in segments),
            speaker=speakers.pop() if len(speakers) == 1 else None,
            tokens=(),
        )
        return list(_sentences(whole, speech)), []
    return [
        part
        for segment, spans in zip(segments, covered, strict=True)
        if spans
        for part in _sentences(_within(segment, spans), spans)
    ], over_silence


def _source(segments: Sequence[Segment]) -> str | None:
    """Return the source text of all segments; None if no segment has one."""
    if all(segment.source is None for segment in segments):
        return None
    return joined(s.text if s.source is None else s.source for s in segments)


def _letters(segments: Sequence[Segment]) -> int:
    return sum(len(segment.text) for segment in segments)


def _covered(segment: Segment, chunk: Chunk, speech: Sequence[Span]) -> list[Span]:
    """Return the spans that the segment is about; one without a length is about its moment."""
    start = min(segment.start, chunk.end - 1)
    end = max(segment.end, start + 1)
    spans = [
        span
        for span in speech[bisect_right(speech, start, key=lambda span: span.end) :]
        if span.start < end
    ]
    if len(spans) > 1:
        pause = spans[1].start - spans[0].end
        if _is_tail(start - spans[0].start, spans[0].end - start, pause):
            del spans[0]
    if len(spans) > 1:
        pause = spans[-1].start - spans[-2].end
        if _is_tail(spans[-1].end - end, end - spans[-1].start, pause):
            del spans[-1]
    return spans


def _is_tail(outside: int, inside: int, pause: int) -> bool:
    """Return whether so little of a span is inside a segment that it belongs to the neighbour."""
    return inside < max(_TAIL, min(_LONGEST_TAIL, pause // 2)) < outside


def _give_free_speech(
    segments: Sequence[Segment], covered: list[list[Span]], speech: Sequence[Span]
) -> None:
    """Give each segment in a pause the nearest span that is no other segment's, in order."""
    taken = {span for spans in covered for span in spans}
    starts = [min((span.start for span in spans), default=inf) for spans in reversed(covered)]
    following = [*itertools.accumulate([inf, *starts], min)][-2::-1]  # the first start after each
    before = -1
    for segment, spans, after in zip(segments, covered, following, strict=True):
        if not spans:
            first = bisect_left(speech, segment.start - _FARTHEST, key=lambda span: span.end)
            near = itertools.takewhile(
                lambda span: span.start <= segment.end + _FARTHEST,  # noqa: B023  used at once
                itertools.islice(speech, first, None),
            )
            free = [s for s in near if s not in taken and s.start >= before and s.end <= after]
            if free:
                spans.append(min(free, key=lambda span: _distance(segment, span)))
                taken.add(spans[0])
        before = max(before, *(span.end for span in spans), -1)


def _distance(segment: Segment, span: Span) -> int:
    return max(span.start - segment.end, segment.start - span.end, 0)


def _within(segment: Segment, spans: Sequence[Span]) -> Segment:
    start, end = max(segment.start, spans[0].start), min(segment.end, spans[-1].end)
    if start >= end:  # it was in a pause
        start, end = spans[0].start, spans[-1].end
    return replace(segment, start=start, end=end)


def _sentences(segment: Segment, spans: Sequence[Span]) -> Iterator[Segment]:
    """Split a segment of several sentences at the pauses between them.

    ``spans`` are the segment's speech. A segment with a source text is not split, because it is not
    known which part of the source belongs to which sentence.
    """
    if segment.source is not None:
        yield segment
        return
    spans = [Span(max(s.start, segment.start), min(s.end, segment.end)) for s in spans]
    words = segment.text.split()
    pauses = [n for n in range(1, len(spans)) if spans[n].start - spans[n - 1].end >= _PAUSE]
    ends = [
        n for n in range(1, len(words)) if words[n - 1].rstrip(_QUOTES).endswith(_SENTENCE_ENDS)
    ]
    cuts = _cuts(spans, words, pauses, ends)
    if not cuts:
        yield segment
        return
    edges = [(0, 0), *cuts, (len(spans), len(words))]
    for (span, word), (next_span, next_word) in itertools.pairwise(edges):
        part = spans[span:next_span]
        sentence = replace(
            segment, start=part[0].start, end=part[-1].end, text=" ".join(words[word:next_word])
        )
        sentence = replace(sentence, tokens=())
        yield from [sentence] if len(cuts) > 1 else _sentences(sentence, part)


def _cuts(
    spans: Sequence[Span], words: Sequence[str], pauses: Sequence[int], ends: Sequence[int]
) -> list[tuple[int, int]]:
    """Return where to cut, as the numbers of the span and the word after each cut.

    With as many pauses as sentence ends, each pause is one; else the pair that matches best.
    """
    spoken = [0, *itertools.accumulate(span.length for span in spans)]
    letters = [0, *itertools.accumulate(map(len, words))]
    expected = [spoken[-1] * letters[end] / letters[-1] for end in ends]  # rises with the ends

    pairs = list(zip(pauses, ends, strict=False))
    if len(pauses) == len(ends) and all(
        abs(spoken[pause] - time) < _TOLERANCE_OF_PAIRS
        for pause, time in zip(pauses, expected, strict=True)
    ):
        return pairs
    found: list[tuple[float, tuple[int, int]]] = []
    for pause in pauses:
        nearest = bisect_left(expected, spoken[pause])
        for number in range(max(0, nearest - 1), min(len(ends), nearest + 1)):
            found.append((abs(spoken[pause] - expected[number]), (pause, ends[number])))
    deviation, cut = min(found, default=(inf, (0, 0)))
    return [cut] if deviation < _TOLERANCE else []
