"""``python -m tests.benchmarks.span_targets [MINUTES] [--languages es,ru] [--targets 4,8]``.

How long the spans of the engine with two steps should be: one file of each language, in one call
of the engine with one step, and in two steps with spans of several lengths (seconds). Whisper base
transcribes and translates, so it is the times and the differences that tell something.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openai

from audio_translation.audio import decoding
from audio_translation.audio.audio_file import Audio, AudioType
from audio_translation.deadline import Deadline
from audio_translation.engines.provider_calls import ProviderCalls
from audio_translation.engines.transcribe_then_translate import TranscribeThenTranslate
from audio_translation.transcript import Segment, milliseconds
from audio_translation.translation.engine import Task
from local.provider.audio_decoding import decoded_pieces
from local.provider.server import create_app
from local.provider.whisper_model import Whisper
from local.provider.whisper_weights import model_to_load
from tests.audio.accuracy import TranslatedFile, accuracy
from tests.audio.long_files import write_all_recordings
from tests.fakes.asgi_server import running_app

TARGETS = "4,8,12,20"
AT_ONCE = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=1)
    parser.add_argument("--languages", default="es,fr,it,ru")
    parser.add_argument("--targets", default=TARGETS)
    given = parser.parse_args()
    whisper = Whisper(model_to_load({}))
    with (
        tempfile.TemporaryDirectory() as name,
        running_app(create_app(whisper)) as url,
        openai.OpenAI(api_key="any", base_url=f"{url}/v1", max_retries=0) as client,
    ):
        calls = ProviderCalls(client, refresh_key=lambda: False)
        for language in given.languages.split(","):
            path = Path(name) / f"{language}.mp3"
            spoken = write_all_recordings(given.minutes, path, language)

            def tell(by: str | int, ask: Callable[[Path], list[Segment]]) -> None:
                started = time.monotonic()
                segments = ask(path)  # noqa: B023 used before the next round
                figures = accuracy(TranslatedFile(segments, [], 0), spoken)  # noqa: B023
                told = {
                    "language": language,  # noqa: B023
                    "by": by,
                    "seconds": round(time.monotonic() - started),
                    "segments": len(segments),
                    "untranslated": sum(segment.untranslated for segment in segments),
                }
                print(json.dumps(told | figures.as_json()), flush=True)  # noqa: T201

            tell("one call", lambda path: one_step(whisper, path))
            for target in map(int, given.targets.split(",")):
                tell(target, lambda path: two_steps(calls, path, target))  # noqa: B023


def one_step(whisper: Whisper, path: Path) -> list[Segment]:
    with path.open("rb") as file:
        found = whisper.transcribe(decoded_pieces(file), "translate").segments
    return [Segment(milliseconds(s.start), milliseconds(s.end), s.text.strip()) for s in found]


def two_steps(calls: ProviderCalls, path: Path, target: int) -> list[Segment]:
    engine = TranscribeThenTranslate(
        calls, calls, text_model="gpt-6-luna", decoder=decoding, at_once=AT_ONCE
    )
    engine._chunks = replace(engine._chunks, target=target * 1000)
    audio = Audio(path, AudioType("mp3", "audio/mpeg"), path.stat().st_size)
    task = Task(model="gpt-transcribe")
    return list(engine.translate(audio, task, deadline=Deadline.after(3_600)).segments)


if __name__ == "__main__":
    main()
