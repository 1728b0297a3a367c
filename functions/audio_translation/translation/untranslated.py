"""What came back in the language that was spoken, and what is said there in the one asked for.

Whisper sometimes writes down what it hears instead of translating it, then mostly for the whole
half minute that it listens to at once. Asked for that alone, and a little less bound to what seems
likeliest, it translates.

Times are integer milliseconds on the chunk's clock, as in an engine's answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.formats.line_breaking import amount, columns
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.stitching import filled

TEMPERATURE = 0.2
"""What an run is asked for again with: with 0 a third of them come back as they were."""

_FEWEST = 10  # columns of letters; less tells no language


@dataclass(frozen=True)
class UntranslatedRun:
    """Segments, one after the other, that are not translated, and the speech that they are of."""

    span: Span
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        return " ".join(" ".join(segment.text.split()) for segment in self.segments)


def untranslated_runs(
    chunk: Chunk, translation: Translation, is_foreign: Callable[[str], bool]
) -> list[UntranslatedRun]:
    """Return where a chunk's translation is in another language, or its engine says so.

    A span may be empty, of an engine that gave its segments no time.
    """
    runs: list[list[Segment]] = [[]]
    for segment in sorted(translation.segments, key=lambda segment: segment.start):
        if not segment.text.strip():
            continue
        if segment.untranslated or is_foreign(segment.text):
            runs[-1].append(segment)
        elif runs[-1]:
            runs.append([])
    found = [UntranslatedRun(_spoken(chunk, run), tuple(run)) for run in runs if run]
    return [run for run in found if _is_told(run)]


def replace_if_better(
    translation: Translation,
    run: UntranslatedRun,
    answer: Translation,
    is_foreign: Callable[[str], bool],
) -> Translation:
    """Return the chunk's translation with the second answer, if that is better than the run.

    It is if it is not foreign, too, and translates half as many words at least: an engine that is
    asked twice must not lose what it had heard. ``answer`` counts from the run's start.
    """
    translated = sum(amount(s.text) for s in answer.segments if not s.untranslated)
    if is_foreign(answer.text) or 2 * translated < amount(run.text):
        return translation
    rest = tuple(s for s in translation.segments if s not in run.segments)
    return filled(replace(translation, segments=rest), run.span, answer)


def mark_untranslated(
    chunk: Chunk, translation: Translation, is_foreign: Callable[[str], bool]
) -> Translation:
    """Return the translation with ``untranslated`` set where it is still in another language."""
    left = {
        segment
        for run in untranslated_runs(chunk, translation, is_foreign)
        for segment in run.segments
    }
    segments = tuple(
        replace(segment, untranslated=True) if segment in left else segment
        for segment in translation.segments
    )
    return replace(translation, segments=segments)


def _is_told(run: UntranslatedRun) -> bool:
    """Whether there is enough to tell a language by, if the engine does not say it itself."""
    letters = "".join(filter(str.isalpha, run.text))
    return columns(letters) >= _FEWEST or any(s.untranslated for s in run.segments)


def _spoken(chunk: Chunk, segments: Sequence[Segment]) -> Span:
    """From the first word to the last: the silence around them is left out."""
    start = min(max(0, segments[0].start), chunk.length)
    end = min(max(start, *(segment.end for segment in segments)), chunk.length)
    speech = [Span(s.start - chunk.start, s.end - chunk.start) for s in chunk.speech]
    about = [span for span in speech if span.start < end and span.end > start]
    if not about:
        return Span(start, end)
    return Span(max(start, about[0].start), min(end, about[-1].end))
