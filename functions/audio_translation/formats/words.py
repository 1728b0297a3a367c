"""Words and their times: OpenAI's ``timestamp_granularities[]=word``, and ``include: ["words"]``.

The words are those of the segments, whose times are the speech's. A word that the provider gave a
time of, near its segment, has that time; the others share what is left by their lengths, and are
marked as estimated.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate, chain
from typing import Any

from audio_translation.scripts import words_of
from audio_translation.transcript import Segment, Translation, Word, seconds

_NEAR = 1_000
"""Milliseconds by which a provider's word may lie outside of its segment."""
_MOST_COMPARED = 10_000_000
"""Pairs of words, of all segments: two seconds at worst. Ten hours of speech have seven million in
segments of half a minute. What is more has times by its lengths alone."""


@dataclass(frozen=True)
class TimedWord(Word):
    """A word; ``estimated`` if its times follow from its length alone."""

    estimated: bool = False


def with_words(body: Mapping[str, Any], translation: Translation) -> dict[str, Any]:
    """Return a ``json`` or ``verbose_json`` object with its words, also within its segments."""
    found = words_of_segments(translation)
    segments = {}
    if "segments" in body:
        pairs = zip(body["segments"], found, strict=True)
        segments["segments"] = [{**segment, "words": as_json(words)} for segment, words in pairs]
    return {**body, "words": as_json(_in_order(found, translation)), **segments}


def as_json(words: Iterable[TimedWord]) -> list[dict[str, Any]]:
    """Return OpenAI's objects; ``estimated`` and ``channel`` are ours, where they are known."""
    return [
        {"word": word.text, "start": seconds(word.start), "end": seconds(word.end)}
        | ({"estimated": True} if word.estimated else {})
        | ({"channel": word.channel} if word.channel is not None else {})
        for word in words
    ]


def words(translation: Translation) -> list[TimedWord]:
    """Return the words of all segments in the order of their starts, see ``words_of_segments``."""
    return _in_order(words_of_segments(translation), translation)


def words_of_segments(translation: Translation) -> list[list[TimedWord]]:
    """Return each segment's words without the punctuation around them.

    They are in order, and none of a segment begins before the end of another one's of its channel.
    """
    heard = sorted(_parts(translation.words), key=lambda word: word.start)
    starts = [word.start for word in heard]
    found: list[list[TimedWord]] = []
    left = _MOST_COMPARED
    for segment in translation.segments:
        texts = _plain(segment.text)
        first = bisect_left(starts, segment.start - _NEAR)
        last = bisect_right(starts, segment.end + _NEAR)
        compared = len(texts) * (last - first)
        near = heard[first:last] if compared <= left else []
        left -= len(texts) * len(near)
        near = [word for word in near if word.channel == segment.channel]
        timed = _timed(texts, segment, near)
        found.append([replace(word, channel=segment.channel) for word in timed])
    return found


def _in_order(found: Sequence[Sequence[TimedWord]], translation: Translation) -> list[TimedWord]:
    every = list(chain.from_iterable(found))
    return sorted(every, key=lambda word: word.start) if translation.channel_names else every


def _timed(
    texts: Sequence[str], segment: Segment, heard: Sequence[TimedWord]
) -> Iterator[TimedWord]:
    times: list[TimedWord | None] = [None] * len(texts)
    for number, word in _matches(texts, heard):
        times[number] = word
    start = segment.start
    number = 0
    while number < len(texts):
        known = next((n for n in range(number, len(texts)) if times[n] is not None), len(texts))
        told = times[known] if known < len(texts) else None
        end = segment.end if told is None else min(max(start, told.start), segment.end)
        yield from _shared(texts[number:known], start, end)
        start = end
        if told is not None:
            end = min(max(start, told.end), segment.end)
            yield TimedWord(start, end, texts[known], estimated=told.estimated)
            start = end
        number = known + 1


def _matches(texts: Sequence[str], heard: Sequence[TimedWord]) -> Iterator[tuple[int, TimedWord]]:
    """Yield the numbers of words that the provider has, too, each with the provider's."""
    matcher = SequenceMatcher(
        None,
        [text.casefold() for text in texts],
        [word.text.casefold() for word in heard],
        autojunk=False,
    )
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            yield block.a + offset, heard[block.b + offset]


def _parts(heard: Sequence[Word]) -> Iterator[TimedWord]:
    """Yield the provider's words, of which some are several of ours, as ours."""
    for word in heard:
        texts = _plain(word.text)
        if len(texts) == 1:
            yield TimedWord(word.start, word.end, texts[0], channel=word.channel)
        else:
            for part in _shared(texts, word.start, word.end):
                yield replace(part, channel=word.channel)


def _shared(texts: Sequence[str], start: int, end: int) -> Iterator[TimedWord]:
    """Yield words, one after the other, with times in proportion to their lengths."""
    lengths = list(accumulate(map(len, texts), initial=0))
    for number, text in enumerate(texts):
        edges = [start + (end - start) * at // lengths[-1] for at in lengths[number : number + 2]]
        yield TimedWord(edges[0], edges[1], text, estimated=True)


def _plain(text: str) -> list[str]:
    return [word for word in map(_bare, words_of(text)) if word]


def _bare(word: str) -> str:
    """Return a word without what is around its letters and digits."""
    inside = [at for at, sign in enumerate(word) if sign.isalnum()]
    return word[inside[0] : inside[-1] + 1] if inside else ""
