"""The texts of a segment that are shown: its translation, or its source and its translation."""

from collections.abc import Sequence
from dataclasses import dataclass

from audio_translation.formats.line_breaking import LINE, Words, words_of_all
from audio_translation.formats.writing.direction import from_right
from audio_translation.languages import name_of
from audio_translation.scripts import blank_between
from audio_translation.transcript import Segment


@dataclass(frozen=True)
class Shown:
    """The words of a segment's texts, spoken from ``start`` to ``end`` in milliseconds."""

    start: int
    end: int
    texts: tuple[Words, ...]


def shown(
    segments: Sequence[Segment], language: str | None = None, line: int = LINE
) -> list[Shown]:
    """Return the segments that have a text, in order; ``language`` is that of the translation.

    No word of them is wider than a ``line`` in columns.

    The first word of a text has a space before it only if one belongs between it and the text of
    the segment before, because both may be shown in one cue.
    """
    ordered = sorted(segments, key=lambda segment: max(0, segment.start))
    above = _row(
        [_source(segment) for segment in ordered],
        [segment.spoken and name_of(segment.spoken) for segment in ordered],
        line,
    )
    below = _row([segment.text for segment in ordered], [language] * len(ordered), line)
    return [
        Shown(max(0, segment.start), segment.end, (source, text) if source else (text,))
        for segment, source, text in zip(ordered, above, below, strict=True)
        if text
    ]


def _source(segment: Segment) -> str:
    """Return the source of a segment, or nothing if it is the same as the translation."""
    source = segment.source or ""
    return "" if source.split() == segment.text.split() else source


def _row(texts: Sequence[str], languages: Sequence[str | None], line: int) -> list[Words]:
    """Return the words of the texts that are shown in the same line of all cues."""
    row = words_of_all(texts, from_right(texts, languages), languages, line)
    before = ""
    for number, (text, words) in enumerate(zip(texts, row, strict=True)):
        if not words:
            continue
        if before and not blank_between(before, text):
            row[number] = (words[0]._replace(space=False), *words[1:])
        before = text
    return row
