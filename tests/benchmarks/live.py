"""``python -m tests.benchmarks.live``: how long after an utterance its text is there.

The service as `make serve` starts it, a provider that takes half a second. Told is what comes on
top of that, from the first byte sent to the last one read, and the target for 95 of 100.
"""

import json
import logging
import statistics
import sys
import tempfile
import time
from pathlib import Path

import requests

from tests.audio.tones import spoken
from tests.fakes.provider.answers import Answer, verbose_json
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.service_process import service_process

UTTERANCES = 100
WARM_UP = 10
"""More than there are sandboxes; the first utterance of each imports and connects."""
PROVIDER_SECONDS = 0.5
TARGET = 150
"""Milliseconds."""


def main(count: int = UTTERANCES) -> None:
    logging.disable(logging.WARNING)
    with (
        tempfile.TemporaryDirectory() as folder,
        SpeechProvider(keeps_requests=False) as provider,
        service_process(
            provider.base_url, log=Path(folder) / "log", time_limit_seconds=120
        ) as service,
    ):
        provider.default = Answer(verbose_json("Good morning."), delay=PROVIDER_SECONDS)
        session = requests.post(f"{service.url}/live", json={}, timeout=60).json()["id"]
        url = f"{service.url}/live/{session}/utterances"
        took = [_added(url, seq) for seq in range(WARM_UP + count)][WARM_UP:]
    p95 = statistics.quantiles(took, n=20)[-1]
    figures = {
        "utterances": count,
        "provider_ms": round(1000 * PROVIDER_SECONDS),
        "added_ms": {
            "median": round(statistics.median(took)),
            "p95": round(p95),
            "most": round(max(took)),
            "target of p95": TARGET,
        },
    }
    print(json.dumps(figures, indent=2))  # noqa: T201
    if p95 > TARGET:
        sys.exit("Texts come later than they should.")


def _added(url: str, seq: int) -> float:
    """Return the milliseconds that an utterance takes on top of the provider's time."""
    headers = {"Content-Type": "audio/wav", "Seq": str(seq), "Start": str(4_000 * seq)}
    audio = spoken([seq % 20])
    began = time.monotonic()
    response = requests.post(url, data=audio, headers=headers, timeout=60)
    seconds = time.monotonic() - began
    assert response.json()["text"] == "Good morning.", response.text
    return 1000 * (seconds - PROVIDER_SECONDS)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
