"""``python -m tests.benchmarks.targets [MINUTES] [--speech FOLDER]``: how long a chunk should be.

Spanish recordings in one file, translated by Whisper base in one call and in chunks of several
target lengths: chrF of the whole text, how far segments start from the recordings' true starts,
and how many recordings have a segment at all.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sacrebleu import CHRF

from audio_translation.adapters import media
from audio_translation.domain.chunking import Chunk, plan
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.silence import Span, speech_spans
from audio_translation.domain.stitching import filled, missed, stitch
from audio_translation.domain.transcript import Segment, Translation, milliseconds
from local.speech import Whisper
from local.weights import model_to_load
from tests.e2e.recordings import FOLDER
from tests.long_audio import Spoken, arranged, write

TARGETS = (30, 60, 120, 300)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=5)
    parser.add_argument("--speech", type=Path, default=FOLDER)
    given = parser.parse_args()
    whisper = Whisper(model_to_load({}))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spoken = arranged(given.minutes, languages=["es"], folder=given.speech)
        source = folder / "speech.flac"
        write(spoken, source, folder=given.speech)
        decoded = media.decode(
            source, folder, max_duration=36_000_000, deadline=Deadline.after(600)
        )
        duration = decoded.info.duration
        spans = speech_spans(decoded.levels, duration)
        plans = {"one call": [Chunk(0, duration, tuple(spans))]}
        for target in TARGETS:
            plans[f"{target} s"] = plan(
                spans, duration=duration, target=target * 1000, limit=2_500 * target
            )
        for title, chunks in plans.items():
            started = time.monotonic()
            translation, again = translated(whisper, decoded.pcm, chunks, folder, duration)
            figures = measured(translation, spoken)
            figures |= {"chunks": len(chunks), "asked_again": again}
            figures["seconds"] = round(time.monotonic() - started, 1)
            print(title, json.dumps(figures), flush=True)  # noqa: T201


def translated(
    whisper: Whisper, pcm: Path, chunks: list[Chunk], folder: Path, duration: int
) -> tuple[Translation, int]:
    parts, again = [], 0
    for chunk in chunks:
        audio = media.cut(pcm, chunk.start, chunk.end, folder / "chunk.flac")
        answer = heard(whisper, audio.path)
        for span in missed(chunk, answer):
            again += 1
            short = media.cut_chunk(audio.path, span.start, span.end, folder / "again.flac")
            answer = filled(answer, span, heard(whisper, short.path))
        parts.append((chunk, answer))
    return stitch(parts, duration=duration, model="base"), again


def heard(whisper: Whisper, path: Path) -> Translation:
    with path.open("rb") as file:
        found = whisper.hear(file, "translate")
    segments = tuple(
        Segment(milliseconds(s.start), milliseconds(s.end), s.text) for s in found.segments
    )
    return Translation(segments, "english", milliseconds(found.duration), "base")


def measured(translation: Translation, spoken: list[Spoken]) -> dict[str, Any]:
    reference = " ".join(" ".join(one.english.split()) for one in spoken)
    off, found = [], 0
    for one in spoken:
        off.append(min(abs(s.start - one.start) for s in translation.segments) / 1000)
        found += any(
            Span(max(s.start, one.start), min(s.end, one.end)).length > 0
            for s in translation.segments
        )
    return {
        "chrf": round(CHRF().corpus_score([translation.text], [[reference]]).score, 1),
        "start_error_median": round(statistics.median(off), 2),
        "start_error_p90": round(statistics.quantiles(off, n=10)[8], 2),
        "found": f"{found}/{len(spoken)}",
    }


if __name__ == "__main__":
    main()
