"""Stitching: the translations of all chunks become one, in order, with no word lost or doubled.

- Times of engines count from the chunk's start. They are moved to the source's clock and limited to
  the chunk.
- Whisper often starts a segment at the end of the one before, seconds before anybody speaks. A
  start or end in a pause is moved to the nearest speech of the segment.
- A segment with the end of a sentence, a pause and the next sentence becomes two segments.
- If two chunks overlap, both have the words of the overlap: see ``seam``.

Times are integer milliseconds.
"""

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.seam import Interval, near, seam

UNHEARD = 3_000
"""Milliseconds of speech; if no segment covers so much, it is sent to the engine again."""

# Speech of the span before or after that a segment may cover by mistake, in milliseconds:
_TAIL = 300  # always
_LONGEST_TAIL = 1_000  # if the pause between them is at least twice as long
_PAUSE = 500  # milliseconds; the shortest pause between sentences
_SENTENCE_ENDS = (".", "?", "!", "\u2026")
_QUOTES = "\"')]\u201d\u2019"  # may follow the end of a sentence
_TOLERANCE = 1_500  # milliseconds between a sentence's time and the one estimated by its letters
_SEEK = 10  # milliseconds; the unit of OpenAI's ``seek``


def stitch(
    parts: Iterable[tuple[Chunk, Translation]],
    *,
    duration: int,
    model: str,
    language: str = "english",
) -> Translation:
    """Return the translation of the whole audio from those of its chunks, given in order.

    Times of ``parts`` count from the chunk's start. ``duration`` is in milliseconds. The result has
    the language of the first part and the models of all, with commas between; ``model`` and
    ``language`` are for audio without chunks.
    """
    segments: list[Segment] = []
    models: dict[str, None] = {}
    for number, (chunk, translation) in enumerate(parts):
        models[translation.model] = None
        if not number:
            language = translation.language
        moved = _moved(translation, chunk.start, chunk.length)
        found = [part for s, spans in _on_speech(moved, chunk) for part in _sentences(s, spans)]
        if chunk.overlap:
            overlap = Interval(chunk.start, chunk.start + chunk.overlap)
            first = near(segments, overlap)
            segments[first:], found = seam(segments[first:], found, overlap)
        segments += found
    return Translation(tuple(_in_order(segments)), language, duration, ", ".join(models) or model)


def missed(chunk: Chunk, translation: Translation) -> list[Span]:
    """Return the intervals with ``UNHEARD`` or more of speech that no segment covers.

    They begin and end with speech. Times count from the chunk's start, like the translation's.
    """
    speech = [Span(s.start - chunk.start, s.end - chunk.start) for s in chunk.speech]
    gaps, covered = [], 0
    for segment in _moved(translation, 0, chunk.length):
        gaps.append(Interval(covered, segment.start))
        covered = max(covered, segment.end)
    gaps.append(Interval(covered, chunk.length))
    spans = []
    for gap in gaps:
        unheard = [
            Span(max(gap.start, span.start), min(gap.end, span.end))
            for span in speech
            if span.start < gap.end and span.end > gap.start
        ]
        if sum(span.length for span in unheard) >= UNHEARD:
            spans.append(Span(unheard[0].start, unheard[-1].end))
    return spans


def filled(translation: Translation, span: Span, answer: Translation) -> Translation:
    """Return a chunk's translation with the segments of a second answer about ``span``.

    The times of ``answer`` count from the span's start and are limited to the span.
    """
    segments = sorted(
        [*translation.segments, *_moved(answer, span.start, span.length)],
        key=lambda segment: segment.start,
    )
    return replace(translation, segments=tuple(segments))


def _moved(translation: Translation, start: int, length: int) -> list[Segment]:
    """Return the segments that have text, moved by ``start``, limited to ``length``, in order."""
    segments = []
    for segment in translation.segments:
        if segment.text.strip():
            begin = min(max(0, segment.start), length)
            end = min(max(begin, segment.end), length)
            seek = segment.seek + start // _SEEK
            segments.append(replace(segment, start=start + begin, end=start + end, seek=seek))
    return sorted(segments, key=lambda segment: segment.start)


def _on_speech(
    segments: Sequence[Segment], chunk: Chunk
) -> Iterator[tuple[Segment, Sequence[Span]]]:
    """Yield the segments without pauses and tails of other speech at their ends.

    Each comes with the speech spans that it covers.
    """
    speech = list(chunk.speech)
    if chunk.overlap:
        speech[0] = Span(chunk.start, speech[0].end)
    speech[-1] = Span(speech[-1].start, chunk.end)
    for segment in segments:
        start, end = segment.start, segment.end
        covered_spans = [
            span
            for span in speech[bisect_right(speech, start, key=lambda span: span.end) :]
            if span.start < end
        ]
        if len(covered_spans) > 1:
            pause = covered_spans[1].start - covered_spans[0].end
            if _is_tail(start - covered_spans[0].start, covered_spans[0].end - start, pause):
                del covered_spans[0]
        if len(covered_spans) > 1:
            pause = covered_spans[-1].start - covered_spans[-2].end
            if _is_tail(covered_spans[-1].end - end, end - covered_spans[-1].start, pause):
                del covered_spans[-1]
        if covered_spans:
            start, end = max(start, covered_spans[0].start), min(end, covered_spans[-1].end)
        yield replace(segment, start=start, end=end), covered_spans


def _is_tail(outside: int, inside: int, pause: int) -> bool:
    """Return whether so little of a span is inside a segment that it belongs to the neighbour."""
    return inside < max(_TAIL, min(_LONGEST_TAIL, pause // 2)) < outside


def _sentences(segment: Segment, spans: Sequence[Span]) -> Iterator[Segment]:
    """Split a segment of several sentences at pauses that match the sentences' lengths.

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
    speech, letters = sum(span.length for span in spans), sum(map(len, words))

    def deviation(cut: tuple[int, int]) -> float:
        spoken = sum(span.length for span in spans[: cut[0]])
        return abs(spoken - speech * sum(map(len, words[: cut[1]])) / letters)

    cuts = [cut for cut in itertools.product(pauses, ends) if deviation(cut) < _TOLERANCE]
    if not cuts:
        yield segment
        return
    pause, end = min(cuts, key=deviation)
    for text, part in ((words[:end], spans[:pause]), (words[end:], spans[pause:])):
        sentence = replace(segment, start=part[0].start, end=part[-1].end, text=" ".join(text))
        yield from _sentences(replace(sentence, tokens=()), part)


def _in_order(segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments with starts in order, and ends not after the next start."""
    ordered: list[Segment] = []
    for segment in segments:
        start = segment.start
        if ordered:
            last = ordered[-1]
            start = max(start, last.start)
            ordered[-1] = replace(last, end=min(last.end, start))
        ordered.append(replace(segment, start=start, end=max(start, segment.end)))
    return ordered
