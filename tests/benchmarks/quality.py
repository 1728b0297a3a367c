"""``python -m tests.benchmarks.quality [MINUTES] [--languages es,fr] [--models whisper-1,...]``.

How well recordings of people come back through the pipeline, with Whisper base as the provider of
both steps: chrF against the reference, start errors, how many recordings are found. ``--target`` is
the greatest length of a chunk in seconds, ``--at-once`` how many are with Whisper at a time.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import openai

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.type_constants import MP3
from audio_translation.audio.media import decoding
from audio_translation.audio.recording import Listening
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.chain.provider_chain import ProviderChain
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.text_translation import TextTranslation
from audio_translation.engines.transcribe_then_translate import TranscribeThenTranslate
from audio_translation.engines.transcription import Transcription
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Engine, Task
from audio_translation.translation.pipeline import Pipeline, Progress
from audio_translation.translation.stitching import Finished, MemoryStore
from audio_translation.translation.translate_chunk import TranslateChunk
from local.provider.server import create_app
from local.provider.whisper_model import Whisper
from local.provider.whisper_weights import model_to_load
from tests.audio.accuracy import TranslatedFile, accuracy
from tests.audio.long_files import write_all_recordings
from tests.fakes.asgi_server import running_app

_LONGEST_SECONDS = 3_600.0


class Patient:
    """``Watch`` that lets every run come to its end."""

    def look(self, progress: Progress) -> None:
        """See ``Watch``."""

    def grace_seconds(self, error: Exception) -> float | None:
        """See ``Watch``."""
        return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=5)
    parser.add_argument("--languages", default="es,fr,it,ru")
    parser.add_argument("--models", default="whisper-1,gpt-transcribe")
    parser.add_argument("--target", type=int, default=150)
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        running_app(create_app(Whisper(model_to_load({})))) as url,
        openai.OpenAI(api_key="any", base_url=f"{url}/v1", max_retries=0) as client,
    ):
        for language in given.languages.split(","):
            path = Path(name) / f"{language}.mp3"
            spoken = write_all_recordings(given.minutes, path, language)
            for model in given.models.split(","):
                started = time.monotonic()
                done = _translated(client, path, model, given.target, given.at_once)
                seconds = time.monotonic() - started
                chunks = [part.chunk for part in done.parts]
                paid = sum(part.paid for part in done.parts)
                whole = done.translation
                found = TranslatedFile(list(whole.segments), chunks, seconds)
                told = {
                    "language": language,
                    "model": model,
                    "chunks": len(chunks),
                    "seconds": round(seconds, 1),
                    "sent": round(paid / max(1, whole.duration), 2),
                    "warnings": len(whole.warnings),
                }
                print(json.dumps(told | accuracy(found, spoken).as_json()), flush=True)  # noqa: T201


def _translated(
    client: openai.OpenAI, path: Path, model: str, target: int, at_once: int
) -> Finished:
    detector = LanguageDetector()
    pipeline = Pipeline(
        Listening(decoding, target=target * 1000, limit=300_000, max_duration=36_000_000),
        TranslateChunk(_engine(client, model, detector), decoding, detector, Telemetry()),
        at_once=at_once,
    )
    with tempfile.TemporaryDirectory() as folder:
        return pipeline.run(
            Audio(path, MP3, path.stat().st_size),
            Task(model),
            store=MemoryStore(),
            watch=Patient(),
            folder=Path(folder),
            deadline=Deadline.after(_LONGEST_SECONDS),
        )


def _engine(client: openai.OpenAI, model: str, detector: LanguageDetector) -> Engine:
    if model == "whisper-1":
        return OpenAITranslations(
            client,
            refresh_key=lambda: False,
            max_audio_bytes=26_214_400,
            decoder=decoding,
            detector=detector,
        )
    calls = ProviderCalls(client, refresh_key=lambda: False)
    return TranscribeThenTranslate(
        Transcription(calls, decoder=decoding, detector=detector, at_once=2),
        TextTranslation(ProviderChain.of_one(calls), model="gpt-6-luna"),
    )


if __name__ == "__main__":
    main()
