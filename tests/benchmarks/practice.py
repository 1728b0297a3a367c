"""``python -m tests.benchmarks.practice``: how far the flags of practice can be believed.

The bundled recordings are heard by Whisper base once each, with their language as a hint, and
compared with

- what they say: all flags are the engine's errors, so this is its word error rate, too;
- the same with one word changed, at every place in turn: exchanged for a word of another recording,
  left out of the text (so it is said in addition), or added to it;
- the text of another recording of the language.

Of changed texts, recall is the share of changes that are flagged, with the right verdict at the
right place; precision the share of flags that are a change, the others being the engine's errors.
The last column leaves out recordings that the engine did not hear right. Prints a table.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openai

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.type_constants import MP3
from audio_translation.audio.media import decoding
from audio_translation.audio.recording import Listening
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.practice.comparison import compared
from audio_translation.practice.practice import ShortEnough
from audio_translation.practice.result import Verdict
from audio_translation.practice.written_words import written_words
from audio_translation.transcript import Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Task
from audio_translation.translation.pipeline import Pipeline
from audio_translation.translation.stitching import MemoryStore
from audio_translation.translation.translate_chunk import TranslateChunk
from local.provider.server import create_app
from local.provider.whisper_model import Whisper
from local.provider.whisper_weights import model_to_load
from tests.audio.recordings import ALL, FOLDER, Recording, recordings
from tests.fakes.asgi_server import running_app

KINDS = ("exchanged", "left out", "added")
_SECONDS = 120.0


@dataclass
class Flags:
    """Counts over changed texts."""

    changes: int = 0
    found: int = 0
    flags: int = 0

    @property
    def recall(self) -> str:
        return _percent(self.found, self.changes)

    @property
    def precision(self) -> str:
        return _percent(self.found, self.flags)


@dataclass
class Figures:
    """Of one language, or of all."""

    recordings: int = 0
    words: int = 0
    errors: int = 0
    not_heard: int = 0
    others_words: int = 0
    others_flagged: int = 0
    kinds: dict[str, Flags] = field(default_factory=lambda: {kind: Flags() for kind in KINDS})
    heard_right: Flags = field(default_factory=Flags)


def main() -> None:
    heard = list(_heard_by_whisper())
    lines = [
        "| | recordings, words | engine's word errors | said and flagged | "
        + " | ".join(f"{kind}: recall, precision" for kind in KINDS)
        + " | another text's words flagged | precision where heard right |",
        "|---" * (6 + len(KINDS)) + "|",
    ]
    languages = sorted({recording.language for recording, _ in heard})
    for language in (*languages, "all"):
        some = [pair for pair in heard if language in {pair[0].language, "all"}]
        lines.append(_row(language, figures(some)))
    print("\n".join(lines))  # noqa: T201


def figures(heard: Sequence[tuple[Recording, Translation]]) -> Figures:
    """Compare all recordings with true, changed and other texts."""
    told = Figures(recordings=len(heard))
    for recording, translation in heard:
        language = recording.language
        others = [o for o, _ in heard if o.language == language and o != recording]
        after = [o for o, _ in heard if o.language == language]
        other = after[(after.index(recording) + 1) % len(after)]
        words = _words(recording.source, language)
        true = compared(recording.source, translation, language)
        verdicts = [word.verdict for word in true.words]
        errors = len(verdicts) - verdicts.count(Verdict.HEARD)
        told.words += len(words)
        told.errors += errors
        told.not_heard += errors - verdicts.count(Verdict.EXTRA)
        for kind in KINDS:
            for text, place, verdict, word in _changed(kind, words, others, language):
                flags, found = _flags(text, place, verdict, word, translation, language)
                for count in (told.kinds[kind], *([told.heard_right] if not errors else [])):
                    count.changes += 1
                    count.found += found
                    count.flags += flags
        said = set(written_words(recording.source, language).keys)
        for one in compared(other.source, translation, language).words:
            if one.verdict is not Verdict.EXTRA and not said & set(
                written_words(one.word, language).keys
            ):
                told.others_words += 1
                told.others_flagged += one.verdict is not Verdict.HEARD
    return told


def _changed(
    kind: str, words: Sequence[str], others: Sequence[Recording], language: str
) -> Iterator[tuple[str, int, Verdict, str]]:
    """Yield texts, the number of the changed word, its right verdict, and the word it is about."""
    known = set(written_words(" ".join(words), language).keys)
    foreign = [
        word
        for other in others
        for word in _words(other.source, language)
        if len(word) > 3 and not known & set(written_words(word, language).keys)
    ]
    for place, word in enumerate(words):
        strange = foreign[(7 * place) % len(foreign)]
        if kind == "exchanged":
            text = [*words[:place], strange, *words[place + 1 :]]
            yield " ".join(text), place, Verdict.DIFFERENT, strange
        elif kind == "added":
            text = [*words[:place], strange, *words[place:]]
            yield " ".join(text), place, Verdict.MISSING, strange
        elif len(words) > 1:
            text = [*words[:place], *words[place + 1 :]]
            yield " ".join(text), place, Verdict.EXTRA, word


def _words(text: str, language: str) -> list[str]:
    """Return a text's words as they are written, without dashes that stand alone."""
    written = written_words(text, language)
    return [written.shown(number) for number in range(len(written.words))]


def _flags(
    text: str, place: int, verdict: Verdict, word: str, heard: Translation, language: str
) -> tuple[int, bool]:
    """Return how many flags a text has, and whether the change is one of them."""
    compared_words = compared(text, heard, language).words
    wanted = written_words(word, language).keys
    flags, found, number = 0, False, 0
    for one in compared_words:
        flags += one.verdict is not Verdict.HEARD
        same = written_words(one.word, language).keys == wanted
        found = found or (one.verdict is verdict and number == place and same)
        number += one.verdict is not Verdict.EXTRA
    return flags, found


def _heard_by_whisper() -> Iterator[tuple[Recording, Translation]]:
    detector = LanguageDetector()
    with (
        running_app(create_app(Whisper(model_to_load({})))) as url,
        openai.OpenAI(api_key="any", base_url=f"{url}/v1", max_retries=0) as client,
    ):
        engine = OpenAITranslations(
            client,
            refresh_key=lambda: False,
            max_audio_bytes=26_214_400,
            decoder=decoding,
            detector=detector,
        )
        pipeline = Pipeline(
            Listening(decoding, target=150_000, limit=300_000, max_duration=300_000),
            TranslateChunk(engine, decoding, detector, Telemetry()),
            at_once=2,
        )
        for recording in recordings(FOLDER, ALL):
            with tempfile.TemporaryDirectory() as folder:
                finished = pipeline.run(
                    Audio(recording.path, MP3, recording.path.stat().st_size),
                    Task("whisper-1", source=recording.language, transcribe=True, with_words=True),
                    store=MemoryStore(),
                    watch=ShortEnough(),
                    folder=Path(folder),
                    deadline=Deadline.after(_SECONDS),
                )
            yield recording, finished.translation


def _row(name: str, told: Figures) -> str:
    cells = [
        name,
        f"{told.recordings}, {told.words}",
        _percent(told.errors, told.words),
        _percent(told.not_heard, told.words),
        *(f"{flags.recall}, {flags.precision}" for flags in told.kinds.values()),
        _percent(told.others_flagged, told.others_words),
        told.heard_right.precision,
    ]
    return f"| {' | '.join(cells)} |"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "—"


if __name__ == "__main__":
    main()
