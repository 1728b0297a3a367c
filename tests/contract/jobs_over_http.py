"""Jobs as a client asks for them, and what runs them played by the tests."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from audio_translation.aws.bucket_keys import (
    part_key,
    result_key,
    translation_key,
)
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.transcript import Segment, ServedBy, Translation, to_json
from local.aws.lambda_context import LambdaContext
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE
from tests.worlds.http_api import BACKENDLESS_ROUTE, ROUTE, ApiWorld

ASYNC = {"Prefer": "respond-async"}
MINE = {"x-api-key": "mine"}
THEIRS = {"x-api-key": "theirs"}
ROUTES = pytest.mark.parametrize("route", [ROUTE, BACKENDLESS_ROUTE])
ERROR = {"message": "No.", "type": "provider_error", "param": None, "code": "provider_rejected"}
TRANSLATION = Translation(
    segments=(
        Segment(1000, 3000, " Hello there.", tokens=(1, 2), avg_logprob=-0.5),
        Segment(3_600_500, 3_602_000, " Señor — 你好."),
    ),
    language="english",
    duration=3_700_000,
    model="whisper-1",
)


def error(response: requests.Response) -> tuple[int, str, str | None]:
    found = response.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return response.status_code, found["code"], found["param"]


def submit(world: ApiWorld, key: dict[str, str] = MINE, **fields: Any) -> str:
    body = {"audioFileUrl": "https://example.com/a.mp3", **fields}
    response = world.post(body, headers={**ASYNC, **key})
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def table(world: ApiWorld) -> JobTable:
    return JobTable(world.aws.clients, table=JOB_TABLE)


def put(world: ApiWorld, key: str, content: str | bytes = b"x") -> None:
    body = content.encode() if isinstance(content, str) else content
    world.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def finished(world: ApiWorld, **fields: Any) -> str:
    """Make a job and end it well, as the job function does."""
    job_id = submit(world, **fields)
    succeed(world, job_id, ResponseFormat(fields.get("responseFormat", "json")))
    return job_id


def succeed(world: ApiWorld, job_id: str, asked: ResponseFormat = ResponseFormat.JSON) -> None:
    """End a job well."""
    jobs = table(world)
    jobs.begin(job_id)
    for start, end in ((0, 1_800_000), (1_800_000, 3_700_000)):
        put(world, part_key(job_id, start, end))
    jobs.progress(job_id, chunks=2, chunks_done=2, audio=3_700_000, audio_done=3_700_000)
    jobs.translated(job_id, duration=3_700_000, chunks=2, paid=3_700_000)
    put(world, translation_key(job_id), to_json(TRANSLATION))
    put(world, result_key(job_id, asked.extension), f"result as {asked}")
    jobs.succeed(job_id, served=ServedBy("whisper-1"))


def event(headers: Any, path: str | None = None) -> dict[str, Any]:
    """What API Gateway sends; headers with lists are its multiValueHeaders."""
    one = {k: v[-1] if isinstance(v, list) else v for k, v in headers.items()}
    many = {k: v if isinstance(v, list) else [v] for k, v in headers.items()}
    return {
        "resource": ROUTE,
        "path": ROUTE,
        "httpMethod": "POST",
        "headers": one,
        "multiValueHeaders": many,
        "queryStringParameters": None,
        "requestContext": {"requestId": "r", "path": path, "identity": {"apiKeyId": "abc"}},
        "body": '{"audioFileUrl": "https://example.com/a.mp3"}',
        "isBase64Encoded": False,
    }


def context() -> Any:
    now = datetime.now(UTC).timestamp()
    return LambdaContext(f"request-{now}".replace(".", "-"), ends_at=now + 29)
