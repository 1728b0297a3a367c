"""POST /translate with a form: a file that is sent, or fields alone."""

from typing import Any

import pytest
import requests

from audio_translation.formats.response_format import ResponseFormat
from tests.audio.tones import spoken
from tests.fakes.aws.moto_server import BUCKET
from tests.fakes.provider.answers import verbose_json
from tests.worlds.http_api import BACKENDLESS_ROUTE, ROUTE, ApiWorld

ROUTES = [ROUTE, BACKENDLESS_ROUTE]


def send(
    world: ApiWorld, content: bytes, route: str = ROUTE, headers: Any = None, **fields: str
) -> requests.Response:
    files = {"file": ("señor.wav", content)}
    return requests.post(world.url + route, files=files, data=fields, headers=headers, timeout=60)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", ResponseFormat)
def test_a_file_is_answered_as_its_url_would_be(
    world: ApiWorld, wav: bytes, audio_url: str, route: str, name: ResponseFormat
) -> None:
    by_url = world.post({"audioFileUrl": audio_url, "responseFormat": name}, route)
    answer = send(world, wav, route, responseFormat=name, temperature="0")
    assert (answer.status_code, answer.text) == (200, by_url.text)
    assert answer.headers["content-type"] == by_url.headers["content-type"] == name.content_type
    assert answer.headers["x-model"] == by_url.headers["x-model"]


def test_a_form_without_a_file_is_read_too(world: ApiWorld, audio_url: str) -> None:
    fields = {"audioFileUrl": audio_url, "saveSource": "false", "temperature": "0"}
    answer = requests.post(world.url + ROUTE, data=fields, timeout=60)
    assert (answer.status_code, answer.json()) == (200, {"text": "Hello there."})
    parts = {name: (None, value) for name, value in fields.items()}
    answer = requests.post(world.url + ROUTE, files=parts, timeout=60)
    assert (answer.status_code, answer.json()) == (200, {"text": "Hello there."})


def test_a_file_is_saved_if_that_is_asked_for(world: ApiWorld, wav: bytes) -> None:
    answer = send(world, wav, saveSource="true")
    assert answer.headers["x-source-location"].startswith(f"s3://{BUCKET}/audio/")
    assert answer.headers["x-source-location"].endswith(".wav")


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {"Prefer": "respond-async"}),
        ({"callbackUrl": "https://example.com/hook"}, {}),
    ],
)
def test_a_file_becomes_a_job_where_a_url_would(
    jobs: ApiWorld, wav: bytes, fields: dict[str, str], headers: dict[str, str]
) -> None:
    answer = send(jobs, wav, headers=headers, responseFormat="srt", **fields)
    assert answer.status_code == 202, answer.text
    path = f"/jobs/{answer.json()['id']}"
    assert answer.headers["location"] == jobs.url + path
    assert jobs.get(path).json()["status"] == "queued"
    listed = jobs.aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    (kept,) = [one for one in listed if f"jobs/{answer.json()['id']}/" in one["Key"]]
    assert kept["Size"] == len(wav)


def test_audio_that_is_too_long_to_wait_for_becomes_a_job(jobs: ApiWorld) -> None:
    with jobs.with_jobs(DIRECT_MAX_SECONDS="1"):
        answer = send(jobs, spoken(range(1)))
    assert answer.status_code == 202, answer.text
    assert answer.headers["retry-after"]


def test_a_file_that_is_sent_again_with_its_key_gets_its_first_answer(
    jobs: ApiWorld, wav: bytes
) -> None:
    headers = {"Idempotency-Key": "one"}
    first = send(jobs, wav, headers=headers)
    jobs.provider.default = jobs.provider.default.__class__(verbose_json("Another."))
    assert send(jobs, wav, headers=headers).text == first.text
    assert send(jobs, wav + b"x", headers=headers).status_code == 409
    assert send(jobs, wav, headers=headers, responseFormat="srt").status_code == 409


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("content", "fields", "code", "param"),
    [
        (b"%PDF-1.7", {}, "unsupported_audio", "file"),
        (b"", {}, "unsupported_audio", "file"),
        (b"x", {"temperature": "hot"}, "invalid_request", "temperature"),
        (b"x", {"audioFileUrl": "https://a.test/b"}, "invalid_request", "audioFileUrl"),
    ],
)
def test_what_is_wrong_is_told_by_the_forms_own_field(
    world: ApiWorld, route: str, content: bytes, fields: dict[str, str], code: str, param: str
) -> None:
    error = send(world, content, route, **fields).json()["error"]
    assert (error["code"], error["param"]) == (code, param)
    assert list(world.work_folder.iterdir()) == []


def test_an_unknown_field_is_an_error_or_ignored_as_ever(world: ApiWorld, wav: bytes) -> None:
    assert send(world, wav, language="es").json()["error"]["param"] == "language"
    answer = send(world, wav, BACKENDLESS_ROUTE, language="es")
    assert (answer.status_code, answer.headers["x-ignored-fields"]) == (200, "language")
