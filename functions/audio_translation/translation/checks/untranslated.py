"""Segments that are still in the source language, and their second translations.

Whisper sometimes transcribes instead of translating, mostly for a whole window of 30 seconds. It
translates if it gets only that interval, with a temperature of 0.2 at least.

Times are integer milliseconds from the chunk's start, as in an engine's answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.formats.line_breaking import amount
from audio_translation.formats.writing.columns import columns
from audio_translation.scripts import joined
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.stitching import filled

TEMPERATURE = 0.2
"""Least temperature of second calls; with 0, a third of them return the same text."""

_FEWEST_COLUMNS = 10  # of letters; the language of less text cannot be told


@dataclass(frozen=True)
class UntranslatedRun:
    """Consecutive segments that are not translated, and the interval of their speech."""

    span: Span
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The text of all segments, on one line."""
        return joined(segment.text for segment in self.segments)


def untranslated_runs(
    chunk: Chunk, translation: Translation, is_foreign: Callable[[str], bool]
) -> list[UntranslatedRun]:
    """Return the runs of segments that are foreign, or that the engine has marked.

    A run's ``span`` is empty if the engine gave its segments no duration.
    """
    runs: list[list[Segment]] = [[]]
    for segment in sorted(translation.segments, key=lambda segment: segment.start):
        if not segment.text.strip():
            continue
        if segment.untranslated or is_foreign(segment.text):
            runs[-1].append(segment)
        elif runs[-1]:
            runs.append([])
    found = [UntranslatedRun(_speech_of(chunk, run), tuple(run)) for run in runs if run]
    return [run for run in found if _is_certain(run)]


def replace_if_better(
    translation: Translation,
    run: UntranslatedRun,
    answer: Translation,
    is_foreign: Callable[[str], bool],
) -> Translation:
    """Return the chunk's translation, with ``answer`` in place of the run if it is better.

    It is better if it is not foreign and has at least half as many words as the run, so that no
    speech is lost. The times of ``answer`` count from the start of the run's span.
    """
    translated = sum(amount(s.text) for s in answer.segments if not s.untranslated)
    if is_foreign(answer.text) or 2 * translated < amount(run.text):
        return translation
    rest = tuple(s for s in translation.segments if s not in run.segments)
    return filled(replace(translation, segments=rest), run.span, answer)


def mark_untranslated(
    chunk: Chunk, translation: Translation, is_foreign: Callable[[str], bool]
) -> Translation:
    """Return the translation with ``untranslated`` set for segments that are foreign."""
    untranslated = {
        segment
        for run in untranslated_runs(chunk, translation, is_foreign)
        for segment in run.segments
    }
    segments = tuple(
        replace(segment, untranslated=True) if segment in untranslated else segment
        for segment in translation.segments
    )
    return replace(translation, segments=segments)


def _is_certain(run: UntranslatedRun) -> bool:
    """Return whether there is enough text to tell its language, or a segment is marked."""
    letters = "".join(filter(str.isalpha, run.text))
    return columns(letters) >= _FEWEST_COLUMNS or any(s.untranslated for s in run.segments)


def _speech_of(chunk: Chunk, segments: Sequence[Segment]) -> Span:
    """Return the interval of the segments without silence at its ends."""
    start = min(max(0, segments[0].start), chunk.length)
    end = min(max(start, *(segment.end for segment in segments)), chunk.length)
    about = [span for span in chunk.speech_from_start if span.start < end and span.end > start]
    if not about:
        return Span(start, end)
    return Span(max(start, about[0].start), min(end, about[-1].end))
