"""Many chunks' translations become one: nothing doubled, nothing lost, no time before another.

An engine's times count from the chunk's start. Whatever it says, a segment stays in its chunk.
Whisper often lets a segment begin where the one before has ended, seconds before anybody speaks:
a start or an end in a pause goes to the speech that the segment is about, and where one holds the
end of a sentence and the next one with a pause between them, it becomes two.
Where two chunks overlap, both have heard the same words: the longest run of words that both have
at about the same time is the seam. Where there is none, each side keeps what lies on its side of
the middle, and what the other has not heard.

Times are integer milliseconds.
"""

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.seam import near, seam

UNHEARD = 3_000
"""Speech that no segment covers for so long is asked for again."""

_TAIL = 300  # speech of the neighbour that a segment may have at its ends by mistake;
_LONGEST_TAIL = 1_000  # up to this, if the pause between them is twice as long
_PAUSE = 500  # between sentences; a comma's is shorter
_ENDS = (".", "?", "!", "\u2026")  # of English sentences
_QUOTES = "\"')]\u201d\u2019"  # and what may come after them
_OFF = 1_500  # how much longer or shorter a sentence may be than its letters tell
_SEEK = 10  # milliseconds; OpenAI counts ``seek`` in them


def stitch(
    parts: Iterable[tuple[Chunk, Translation]],
    *,
    duration: int,
    model: str,
    language: str = "english",
) -> Translation:
    """Return the translation of the whole audio from those of its chunks, given in order.

    ``model`` and ``language`` count where there are no chunks; else the language of the first part
    does, and the models of all, separated by commas.
    """
    segments: list[Segment] = []
    models: dict[str, None] = {}
    for number, (chunk, translation) in enumerate(parts):
        models[translation.model] = None
        if not number:
            language = translation.language
        moved = _moved(translation, chunk.start, chunk.length)
        found = [part for s, about in _on_speech(moved, chunk) for part in _sentences(s, about)]
        if chunk.overlap:
            zone = Span(chunk.start, chunk.start + chunk.overlap)
            first = near(segments, zone)
            segments[first:], found = seam(segments[first:], found, zone)
        segments += found
    return Translation(tuple(_in_turn(segments)), language, duration, ", ".join(models) or model)


def missed(chunk: Chunk, translation: Translation) -> list[Span]:
    """Return what to ask for again: speech of ``UNHEARD`` or more that no segment covers.

    The spans are on the clock of the chunk, like the translation: they begin and end with speech.
    """
    speech = [Span(s.start - chunk.start, s.end - chunk.start) for s in chunk.speech]
    gaps, heard = [], 0
    for segment in _moved(translation, 0, chunk.length):
        gaps.append(Span(heard, segment.start))
        heard = max(heard, segment.end)
    gaps.append(Span(heard, chunk.length))
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
    """Return a chunk's translation with what the second question about ``span`` brought.

    ``answer`` counts from the span's start; its segments stay in the span.
    """
    segments = sorted(
        [*translation.segments, *_moved(answer, span.start, span.length)],
        key=lambda segment: segment.start,
    )
    return replace(translation, segments=tuple(segments))


def _moved(translation: Translation, start: int, length: int) -> list[Segment]:
    """The segments that say something, in order, at their place between start and end."""
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
    """Take the pauses off both ends of segments, and the last sound of the speech before.

    With each segment comes the speech that it is about.
    """
    speech = list(chunk.speech)
    if chunk.overlap:
        speech[0] = Span(chunk.start, speech[0].end)
    speech[-1] = Span(speech[-1].start, chunk.end)
    for segment in segments:
        start, end = segment.start, segment.end
        about = [
            span
            for span in speech[bisect_right(speech, start, key=lambda span: span.end) :]
            if span.start < end
        ]
        if len(about) > 1:
            pause = about[1].start - about[0].end
            if _is_tail(start - about[0].start, about[0].end - start, pause):
                del about[0]
        if len(about) > 1:
            pause = about[-1].start - about[-2].end
            if _is_tail(about[-1].end - end, end - about[-1].start, pause):
                del about[-1]
        if about:
            start, end = max(start, about[0].start), min(end, about[-1].end)
        yield replace(segment, start=start, end=end), about


def _is_tail(outside: int, inside: int, pause: int) -> bool:
    """Whether so little of a span is inside of a segment that it belongs to the neighbour."""
    return inside < max(_TAIL, min(_LONGEST_TAIL, pause // 2)) < outside


def _sentences(segment: Segment, about: Sequence[Span]) -> Iterator[Segment]:
    """Part a segment at the pauses that sentences end at, as far as their lengths tell.

    One whose source is known is left whole, because nothing tells which part is of which.
    """
    if segment.source is not None:
        yield segment
        return
    spans = [Span(max(s.start, segment.start), min(s.end, segment.end)) for s in about]
    words = segment.text.split()
    pauses = [n for n in range(1, len(spans)) if spans[n].start - spans[n - 1].end >= _PAUSE]
    ends = [n for n in range(1, len(words)) if words[n - 1].rstrip(_QUOTES).endswith(_ENDS)]
    speech, letters = sum(span.length for span in spans), sum(map(len, words))

    def off(cut: tuple[int, int]) -> float:
        spoken = sum(span.length for span in spans[: cut[0]])
        return abs(spoken - speech * sum(map(len, words[: cut[1]])) / letters)

    cuts = [cut for cut in itertools.product(pauses, ends) if off(cut) < _OFF]
    if not cuts:
        yield segment
        return
    pause, end = min(cuts, key=off)
    for text, part in ((words[:end], spans[:pause]), (words[end:], spans[pause:])):
        said = replace(segment, start=part[0].start, end=part[-1].end, text=" ".join(text))
        yield from _sentences(replace(said, tokens=()), part)


def _in_turn(segments: Sequence[Segment]) -> list[Segment]:
    """No start before the one before, no end after the next start."""
    turn: list[Segment] = []
    for segment in segments:
        start = segment.start
        if turn:
            last = turn[-1]
            start = max(start, last.start)
            turn[-1] = replace(last, end=min(last.end, start))
        turn.append(replace(segment, start=start, end=max(start, segment.end)))
    return turn
