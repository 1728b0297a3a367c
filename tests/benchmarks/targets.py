"""``python -m tests.benchmarks.targets [MINUTES] [--language es]``: how long a chunk should be.

One file, translated by Whisper base in chunks of several target lengths, two at once; what a job
asks for a second time is asked here, too. ``hosted_hour`` are the seconds that an
hour takes 24 at once with a provider that answers after 1 s and a thirtieth of the audio's length.
"""

import argparse
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from audio_translation.audio import decoding as media
from audio_translation.audio.chunk_plan import Chunk, plan
from audio_translation.audio.speech import Span, speech_spans
from audio_translation.deadline import Deadline
from audio_translation.transcript import Segment, Translation, milliseconds
from audio_translation.translation.language_detection import LanguageDetector
from audio_translation.translation.stitching import filled, missed, stitch
from audio_translation.translation.untranslated import (
    TEMPERATURE,
    replace_if_better,
    untranslated_runs,
)
from local.provider.audio_decoding import decoded_pieces
from local.provider.whisper_model import Whisper
from local.provider.whisper_weights import model_to_load
from tests.audio.accuracy import TranslatedFile, accuracy
from tests.audio.long_files import write_all_recordings

TARGETS = (30, 60, 120, 150, 300)
AT_ONCE = 24
LIMIT = 300_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=5)
    parser.add_argument("--language", default="es")
    given = parser.parse_args()
    whisper = Whisper(model_to_load({}))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "speech.mp3"
        spoken = write_all_recordings(given.minutes, source, given.language)
        deadline = Deadline.after(600)
        decoded = media.decode(source, folder, max_duration=36_000_000, deadline=deadline)
        duration = decoded.info.duration
        spans = speech_spans(decoded.levels, duration)
        for target in TARGETS:
            chunks = plan(spans, duration=duration, target=target * 1000, limit=LIMIT)
            started = time.monotonic()
            one = partial(translated, whisper, decoded.pcm, folder)
            with ThreadPoolExecutor(2) as threads:
                answers = list(threads.map(one, chunks))
            parts = [(chunk, answer) for chunk, (answer, _) in zip(chunks, answers, strict=True)]
            whole = stitch(parts, duration=duration, model="base")
            seconds = time.monotonic() - started
            told = {
                "chunks": len(chunks),
                "asked_again": sum(again for _, again in answers),
                "seconds": round(seconds),
                "hosted_hour": _hosted_hour(target),
            }
            answer = TranslatedFile(list(whole.segments), chunks, seconds)
            print(f"{target} s", json.dumps(told | accuracy(answer, spoken).as_json()), flush=True)  # noqa: T201


def translated(whisper: Whisper, pcm: Path, folder: Path, chunk: Chunk) -> tuple[Translation, int]:
    """A chunk's translation, and how often it was asked for a second time."""
    audio = media.cut(pcm, chunk.start, chunk.end, folder / f"{chunk.start}-{chunk.end}.flac")
    answer, again = _heard(whisper, audio.path), 0

    def second(span: Span, temperature: float) -> Translation:
        to = audio.path.with_suffix(f".{span.start}.flac")
        media.cut_chunk(audio.path, span.start, span.end, to)
        return _heard(whisper, to, temperature)

    for span in missed(chunk, answer):
        again += 1
        answer = filled(answer, span, second(span, 0))
    is_foreign = LanguageDetector().is_foreign
    for run in untranslated_runs(chunk, answer, is_foreign):
        again += 1
        answer = replace_if_better(answer, run, second(run.span, TEMPERATURE), is_foreign)
    return answer, again


def _heard(whisper: Whisper, path: Path, temperature: float = 0) -> Translation:
    with path.open("rb") as file:
        found = whisper.transcribe(decoded_pieces(file), "translate", temperature=temperature)
    segments = tuple(
        Segment(milliseconds(s.start), milliseconds(s.end), s.text) for s in found.segments
    )
    return Translation(segments, "english", milliseconds(found.duration), "base")


def _hosted_hour(target: int) -> float:
    """Chunks of the target's length, in as many rounds as they need."""
    rounds = -(-3_600 // (target * AT_ONCE))
    return round(rounds * (1 + target / 30), 1)


if __name__ == "__main__":
    main()
