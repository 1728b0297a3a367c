"""What a chain of providers adds to a request while all is well, and when the first one is down.

    python -m tests.benchmarks.provider_chain

One process, moto's DynamoDB, two scripted providers that answer at once.
"""

import contextlib
import io
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.settings import Settings
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Task
from audio_translation.wiring.providers.engines import Engines
from tests.audio.chunk_audio import one_chunk
from tests.audio.tones import recording
from tests.fakes.aws.moto_server import JOB_TABLE, KEY_PARAMETER, Aws, running_aws
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.provider_list import PATH, put_list, server

_CALLS = 300


def _engines(aws: Aws, one: SpeechProvider, *, listed: bool) -> Engines:
    settings = Settings(
        api_key_parameter=KEY_PARAMETER,
        provider_base_url=one.base_url,
        job_table=JOB_TABLE,
        providers_parameter=PATH if listed else "",
    )
    return Engines(
        settings,
        aws.clients,
        decoder=decoding,
        detector=LanguageDetector(),
        telemetry=Telemetry(),
    )


def _milliseconds(engines: Engines, audio: ChunkAudio, model: str) -> Iterator[float]:
    for _ in range(_CALLS):
        began = time.perf_counter()
        engines.translate(audio, Task(model), deadline=Deadline.after(20))
        yield (time.perf_counter() - began) * 1000


def _figures(times: list[float], calls: int) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median_ms": round(statistics.median(times), 1),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)], 1),
        "slowest_ms": round(ordered[-1], 1),
        "calls_to_the_first": calls,
    }


def main() -> None:
    """Print the figures of each case."""
    figures: dict[str, dict[str, float]] = {}
    with (
        running_aws() as aws,
        SpeechProvider(Tones()) as one,
        SpeechProvider(Tones()) as two,
        tempfile.TemporaryDirectory() as name,
        mock.patch.dict(os.environ, {"POWERTOOLS_METRICS_NAMESPACE": "Bench"}),
    ):
        aws.reset()
        folder = Path(name)
        (folder / "speech.wav").write_bytes(recording(1))
        audio = one_chunk(folder / "speech.wav", folder)
        put_list(
            aws,
            providers={"one": server(one), "two": server(two)},
            translation=[{"provider": "one"}, {"provider": "two"}],
        )
        for case, listed, fault in (
            ("one provider", False, None),
            ("two, all is well", True, None),
            ("two, the first one answers 500", True, Answer(envelope("down"), 500)),
            ("two, the first one hangs for 20 s", True, Answer(delay=20)),
        ):
            one.reset()
            two.reset()
            engines = _engines(aws, one, listed=listed)
            if fault is not None:
                one.behaviours.append(lambda _, fault=fault: fault)  # type: ignore[misc]
            with contextlib.redirect_stdout(io.StringIO()):
                times = list(_milliseconds(engines, audio, f"whisper-{len(case)}"))
            figures[case] = _figures(times, len(one.received))
    print(json.dumps(figures, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
