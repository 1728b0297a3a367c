"""What a start and a plain request import: nothing that only few requests need."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from local import REPOSITORY
from tests.worlds.http_api import ApiWorld

_PROGRAM = """
import json, sys, time
from local.aws.api_gateway import LambdaContext
from audio_translation.wiring.request_functions import request_functions
from audio_translation.handlers import http

FEW_NEED = {"av", "audio_translation.audio.media.decoding", "audio_translation.audio.media.pcm"}
OWN = ("encodings", "stringprep")  # Python's own, which a name that is not ASCII may need
found = {"start": sorted(FEW_NEED & set(sys.modules))}
request_functions().warm_up()
found["warm_up"] = sorted(FEW_NEED & set(sys.modules))
warm = set(sys.modules)
event = json.loads(sys.argv[1])
answer = http.handler(event, LambdaContext("request-1", time.time() + 25))
found["request"] = sorted(FEW_NEED & set(sys.modules))
late = [name for name in sorted(set(sys.modules) - warm) if not name.startswith(OWN)]
found["late"] = late
print(json.dumps({**found, "status": answer["statusCode"], "body": answer["body"]}))
"""


def test_a_start_imports_no_ffmpeg_and_a_request_does(world: ApiWorld, audio_url: str) -> None:
    ran = _ran(world, {"audioFileUrl": audio_url})
    assert (ran["status"], ran["body"]) == (200, '{"text": "Hello there."}')
    assert ran["start"] == []
    assert "av" in ran["warm_up"]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "a-key"}])
def test_what_is_made_for_a_snapshot_leaves_nothing_to_import_for_the_first_request(
    world: ApiWorld, audio_url: str, headers: dict[str, str]
) -> None:
    with world.with_jobs():
        ran = _ran(world, {"audioFileUrl": audio_url}, headers)
    assert (ran["status"], ran["late"]) == (200, [])


def test_nor_for_the_first_request_of_two_steps(world: ApiWorld, audio_url: str) -> None:
    ran = _ran(world, {"audioFileUrl": audio_url, "include": ["source"]})
    assert (ran["status"], ran["late"]) == (200, [])


def _ran(world: ApiWorld, body: object, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Run one request in a process of its own, in the environment of the world's sandbox."""
    event = json.loads((REPOSITORY / "events" / "http-translate.json").read_text())
    event["headers"] |= headers or {}
    event["multiValueHeaders"] |= {name: [value] for name, value in (headers or {}).items()}
    with world.sandbox():
        ran = subprocess.run(
            [sys.executable, "-c", _PROGRAM, json.dumps({**event, "body": json.dumps(body)})],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": "functions:.", "FETCH_TOTAL_SECONDS": "20"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return answer
