"""What a reader of a translation must know about it: what is lost, odd or not translated."""

from collections.abc import Sequence
from dataclasses import replace

from audio_translation.audio.decoder import AudioInfo
from audio_translation.audio.speech import Span
from audio_translation.languages import name_of
from audio_translation.transcript import Translation, clock
from audio_translation.translation.checks.missed import total, uncovered
from audio_translation.translation.engine import Task
from audio_translation.translation.stitching import Part

_MOST_UNCOVERED = 0.2
"""Of the speech; with more of it without text, the reader is told."""
_LONG = 10_000
"""Milliseconds of speech; one gap with so much is told, whatever its share."""
_MOST_NAMED = 8  # intervals in a sentence
_LONGEST_PAUSE = 10_000
"""Milliseconds between two chunks of a failed job that count as one interval of text."""

REPEATED = (
    "Some text was left out: the provider repeated it again and again, or gave more than can be"
    " said in that time."
)
NOT_ASKED_AGAIN = (
    "Some speech has no text, and the provider could not be asked for it again in time."
)
NOT_CHECKED = (
    "A part of the text could not be checked for what is missing, made up or not translated."
)
NO_WORDS = "No speech was heard: what sounds like it is noise, for which the provider has no words."
WITHOUT_TEXT = " of the speech has no text"
"""In the sentence about speech for which the provider gave none."""
NO_SPEECH = "No speech was heard in the audio; nothing was sent to the provider."

MIXED = (
    "The two sides of the recording hold different speech, and were mixed;"
    ' "channels": "separate" keeps them apart.'
)
ONE_CHANNEL = "The audio has one channel, so there are no two sides to keep separate."
SAME_SOUND = "Both sides of the recording hold the same sound; it was translated once."


def about_channels(info: AudioInfo, task: Task, parts: Sequence[Part]) -> list[str]:
    """Return what a reader has to know of the two sides of a recording."""
    if not task.separate:
        return [MIXED] if info.sides_differ else []
    if info.channels < 2:
        return [ONE_CHANNEL]
    if info.sides_alike:
        return [SAME_SOUND]
    silent = {0, 1} - {part.chunk.channel for part in parts}
    if len(silent) != 1:
        return []
    return [f"No speech was heard on the side {task.channel_names[silent.pop()]!r}."]


def with_warnings(
    translation: Translation, parts: Sequence[Part], about_audio: Sequence[str]
) -> Translation:
    """Return the translation with all warnings, each once; those about the audio come first."""
    found = [*about_audio, *_about_speech(translation, parts), *translation.warnings]
    found += _about_languages(translation) + _about_untranslated(translation)
    return replace(translation, warnings=tuple(dict.fromkeys(found)))


def with_untranslated(translation: Translation, before: Translation) -> Translation:
    """Return a corrected translation with what its warnings say of untranslated segments renewed.

    ``before`` is the translation that was corrected.
    """
    old = _about_untranslated(before)
    kept = [warning for warning in translation.warnings if warning not in old]
    return replace(translation, warnings=(*kept, *_about_untranslated(translation)))


def intervals(spans: Sequence[Span]) -> str:
    """Return the times of the first spans, as ``H:MM:SS``, and how many more there are."""
    named = [f"{clock(span.start)} to {clock(span.end)}" for span in spans[:_MOST_NAMED]]
    more = len(spans) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def there(parts: Sequence[Part], task: Task) -> str:
    """Return of which times there are parts of a run that has failed, for each side by itself."""
    apart = any(part.chunk.channel is not None for part in parts)
    found = []
    for side in (0, 1) if apart else (None,):
        spans: list[Span] = []
        chunks = [part.chunk for part in parts if part.chunk.channel == side]
        for chunk in sorted(chunks, key=lambda chunk: chunk.start):
            if spans and chunk.start - spans[-1].end < _LONGEST_PAUSE:
                spans[-1] = Span(spans[-1].start, max(spans[-1].end, chunk.end))
            else:
                spans.append(Span(chunk.start, chunk.end))
        times = intervals(spans) if spans else "nothing"
        found.append(times if side is None else f"{times} of {task.channel_names[side]}")
    return " and ".join(found)


def _about_speech(translation: Translation, parts: Sequence[Part]) -> list[str]:
    if not any(part.chunk.speech for part in parts):
        return [] if translation.segments else [NO_SPEECH]
    heard = [part.chunk for part in parts if NO_WORDS not in part.translation.warnings]
    lost: list[list[Span]] = []
    for channel in sorted({chunk.channel for chunk in heard}, key=str):
        speech = [span for chunk in heard if chunk.channel == channel for span in chunk.speech]
        lost += uncovered(speech, [s for s in translation.segments if s.channel in {None, channel}])
    said = sum(total(chunk.speech) for chunk in heard)
    share = sum(map(total, lost)) / max(1, said)
    long = [Span(gap[0].start, gap[-1].end) for gap in lost if total(gap) >= _LONG]
    if share <= _MOST_UNCOVERED and not long:
        return []
    percent = f"{round(100 * share)} %" if share >= 0.005 else "Less than 1 %"
    where = f", at {intervals(long)}" if long else ""
    return [f"{percent}{WITHOUT_TEXT}{where}: the provider gave none."]


def _about_languages(translation: Translation) -> list[str]:
    spoken = translation.languages
    if len(spoken) < 2:
        return []
    names = ", ".join(f"{name_of(code)} ({round(100 * share)} %)" for code, share in spoken)
    return [f"Several languages are spoken: {names}."]


def _about_untranslated(translation: Translation) -> list[str]:
    untranslated = translation.untranslated_segments
    if not untranslated:
        return []
    they_are = "it is" if untranslated == 1 else "they are"
    return [
        f"{untranslated} of {len(translation.segments)} segments could not be translated; "
        f"{they_are} in the language spoken."
    ]
