"""Every translation says which model served, and until when the one that was asked for is there."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from audio_translation.aws.bucket_keys import translation_key
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.transcript import Segment, ServedBy, Translation, to_json
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.http_api import BACKENDLESS_ROUTE, ROUTE, ApiWorld

NOTICE = datetime(2026, 8, 26, tzinfo=UTC)
END = datetime(2027, 2, 26, tzinfo=UTC)
KEY = {"x-api-key": "mine"}


def check_ending(response: requests.Response) -> None:
    """As RFC 9745 (a date of structured fields) and RFC 8594 (a date of HTTP) want it."""
    assert response.headers["Deprecation"] == f"@{int(NOTICE.timestamp())}"
    assert parsedate_to_datetime(response.headers["Sunset"]) == END
    assert response.headers["Sunset"] == "Fri, 26 Feb 2027 00:00:00 GMT"


@pytest.mark.parametrize(
    ("route", "response_format"),
    [
        (ROUTE, "json"),
        (ROUTE, "text"),
        (BACKENDLESS_ROUTE, "verbose_json"),
        (BACKENDLESS_ROUTE, "vtt"),
    ],
)
def test_a_translation_names_its_model_and_its_end(
    world: ApiWorld, audio_url: str, route: str, response_format: str
) -> None:
    response = world.post({"audioFileUrl": audio_url, "responseFormat": response_format}, route)
    assert response.status_code == 200, response.text
    assert response.headers["X-Model"] == "whisper-1"
    check_ending(response)


def test_a_model_without_a_known_end_has_none(world: ApiWorld, audio_url: str) -> None:
    response = world.post({"audioFileUrl": audio_url, "model": "Systran/whisper-large-v3"})
    assert response.headers["X-Model"] == "Systran/whisper-large-v3"
    assert not {"Deprecation", "Sunset"} & set(response.headers)


def test_the_model_that_is_asked_for_by_default_has_its_end_told_too(
    world: ApiWorld, audio_url: str
) -> None:
    with world.settings(DEFAULT_MODEL="of-some-server"):
        response = world.post({"audioFileUrl": audio_url})
        assert response.headers["X-Model"] == "of-some-server"
        assert "Sunset" not in response.headers
        check_ending(world.post({"audioFileUrl": audio_url, "model": "whisper-1"}))


def test_the_end_that_the_provider_tells_is_listed_and_sent(
    world: ApiWorld, audio_url: str
) -> None:
    world.provider.shutdown_dates = {"whisper-1": "2027-08-31", "gpt-transcribe": None}
    with world.settings(TRANSCRIPTION_MODEL="gpt-transcribe"):
        listed = {m["id"]: m["shutdown_date"] for m in world.get("/v1/models").json()["data"]}
        assert listed["whisper-1"] == "2027-08-31"
        assert listed["gpt-transcribe"] is None
        one = world.get("/v1/models/whisper-1").json()
        assert one["shutdown_date"] == "2027-08-31"
        response = world.post({"audioFileUrl": audio_url})
        assert response.headers["Sunset"] == "Tue, 31 Aug 2027 00:00:00 GMT"
    assert world.provider.models_listed == 1, "asked once for all"


def test_a_provider_that_tells_no_models_keeps_nobody_from_ours(
    world: ApiWorld, audio_url: str
) -> None:
    world.provider.no_models = Answer(envelope("Not here"), 404)
    with world.settings(DEFAULT_MODEL="whisper-1"):
        assert "whisper-1" in {m["id"] for m in world.get("/v1/models").json()["data"]}
        assert world.post({"audioFileUrl": audio_url}).status_code == 200


def test_a_name_is_nothing_but_a_name_in_the_header(world: ApiWorld, audio_url: str) -> None:
    response = world.post({"audioFileUrl": audio_url, "model": "a\r\nX-Evil: 1 é 模"})
    assert response.status_code == 200
    assert response.headers["X-Model"] == "a%0D%0AX-Evil: 1 %C3%A9 %E6%A8%A1"
    assert "X-Evil" not in response.headers


def test_an_answer_that_is_repeated_names_its_model_again(jobs: ApiWorld, audio_url: str) -> None:
    headers = {**KEY, "Idempotency-Key": "once"}
    first, again = (jobs.post({"audioFileUrl": audio_url}, headers=headers) for _ in range(2))
    assert len(jobs.provider.received) == 1
    for name in ("X-Model", "Deprecation", "Sunset"):
        assert first.headers[name] == again.headers[name]


def test_an_error_names_no_model(world: ApiWorld) -> None:
    response = world.post({"audioFileUrl": "https://private.test/a.mp3"})
    assert response.status_code == 400
    assert not {"X-Model", "Deprecation", "Sunset"} & set(response.headers)


@pytest.mark.parametrize("response_format", ["json", "vtt"])
def test_a_jobs_translation_names_what_served_it(jobs: ApiWorld, response_format: str) -> None:
    job_id = ended_job(jobs, "whisper-1, gpt-transcribe")
    job = jobs.get(f"/jobs/{job_id}", headers=KEY).json()
    assert (job["status"], job["model"]) == ("succeeded", "whisper-1, gpt-transcribe")
    response = jobs.get(f"/jobs/{job_id}/translation?format={response_format}", headers=KEY)
    assert response.status_code == 200
    assert response.headers["X-Model"] == "whisper-1, gpt-transcribe"
    check_ending(response)


def ended_job(world: ApiWorld, model: str) -> str:
    """Make a job over HTTP and end it as the job function does."""
    asked = {"audioFileUrl": "https://example.com/a.mp3"}
    made = world.post(asked, headers={**KEY, "Prefer": "respond-async"})
    assert "X-Model" not in made.headers, "nothing has served yet"
    job_id = str(made.json()["id"])
    table = JobTable(world.aws.clients, table=JOB_TABLE)
    table.begin(job_id)
    table.progress(job_id, chunks=1, chunks_done=1, audio=2000, audio_done=2000)
    translation = Translation((Segment(0, 2000, "Hello."),), "english", 2000, model)
    world.aws.client("s3").put_object(
        Bucket=BUCKET, Key=translation_key(job_id), Body=to_json(translation).encode()
    )
    assert table.succeed(job_id, served=ServedBy(model)) is not None
    return job_id


def test_the_log_names_the_model_that_served(world: ApiWorld, audio_url: str) -> None:
    assert world.post({"audioFileUrl": audio_url}).status_code == 200
    lines = [
        json.loads(line) for line in world.log.getvalue().splitlines() if '"Translated"' in line
    ]
    assert [line["model"] for line in lines] == ["whisper-1"]


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (ROUTE, "post"),
        (BACKENDLESS_ROUTE, "post"),
        ("/v1/audio/translations", "post"),
        ("/jobs/{job_id}/translation", "get"),
    ],
)
def test_openapi_describes_the_headers(world: ApiWorld, path: str, method: str) -> None:
    described: dict[str, Any] = world.get("/openapi.json").json()
    headers = described["paths"][path][method]["responses"]["200"]["headers"]
    assert {"X-Model", "Deprecation", "Sunset"} <= set(headers)
