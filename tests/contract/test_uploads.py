"""Uploads as an app sees them: POST /uploads, a PUT to S3, and the job that begins then."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import pytest
import requests

from audio_translation.aws.bucket_keys import result_key
from audio_translation.handlers import upload
from audio_translation.jobs.job import Job
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.wiring.upload_function import upload_function
from local.aws.lambda_context import LambdaContext
from tests.fakes.aws.lambda_invoke import FUNCTION, Started
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE
from tests.fakes.aws.signed_s3 import SignedS3
from tests.worlds.http_api import ApiWorld

MINE = {"x-api-key": "mine"}
THEIRS = {"x-api-key": "theirs"}
FILE = b"ID3" + bytes(97)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def s3(running: ApiWorld) -> Iterator[SignedS3]:
    with SignedS3(running.aws.endpoint) as s3:
        yield s3


@pytest.fixture
def uploads(world: ApiWorld, s3: SignedS3) -> Iterator[ApiWorld]:
    s3.later = timedelta()
    with world.with_jobs(AWS_ENDPOINT_URL_S3=s3.url, MAX_JOB_AUDIO_BYTES="1000"):
        yield world


def post(
    world: ApiWorld, headers: dict[str, str] | None = None, **fields: Any
) -> requests.Response:
    body = {"fileName": "talk.mp3", "size": len(FILE)} | fields
    return world.post(body, "/uploads", headers=headers or MINE)


def prepared(world: ApiWorld, **fields: Any) -> Any:
    response = post(world, **fields)
    assert response.status_code == 201, response.text
    return response.json()


def put(link: Any, body: Any = FILE, **changes: Any) -> int:
    """Do what the answer says, but for ``changes``; return the status."""
    asked = {"url": link["url"], "headers": dict(link["headers"]), **changes}
    return requests.request(link["method"], data=body, timeout=30, **asked).status_code


def key(link: Any) -> str:
    return unquote(urlsplit(link["url"]).path).removeprefix(f"/{BUCKET}/")


def arrived(world: ApiWorld, link: Any) -> None:
    """Tell the function what EventBridge tells it when the object is there."""
    head = world.aws.client("s3").head_object(Bucket=BUCKET, Key=key(link))
    detail = {
        "bucket": {"name": BUCKET},
        "object": {"key": key(link), "size": head["ContentLength"], "etag": head["ETag"]},
    }
    event = {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}
    context = LambdaContext("upload", datetime.now(UTC).timestamp() + 60)
    with world.sandbox():
        upload_function.cache_clear()
        assert upload.handler(event, cast(Any, context)) is None
        upload_function.cache_clear()


def table(world: ApiWorld) -> JobTable:
    return JobTable(world.aws.clients, table=JOB_TABLE)


def stored(world: ApiWorld, job_id: str) -> Job:
    job = table(world).find(job_id)
    assert job is not None
    return job


def error(response: requests.Response) -> tuple[int, str, str | None]:
    found = response.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return response.status_code, found["code"], found["param"]


# The answer


def test_a_file_gets_a_job_and_the_one_request_to_upload_it_with(uploads: ApiWorld) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    response = post(uploads)
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    assert set(answer) == {"job", "upload"}
    job, link = answer["job"], answer["upload"]
    assert response.headers["location"] == f"{uploads.url}/jobs/{job['id']}"
    assert (job["status"], job["result"], job["error"]) == ("queued", None, None)
    assert link["method"] == "PUT"
    assert link["headers"] == {"Content-Type": "audio/mpeg", "Content-Length": "100"}
    assert key(link) == f"jobs/{job['id']}/source/talk.mp3"
    lasts = datetime.fromisoformat(link["expires"]) - before
    assert timedelta(minutes=15) <= lasts < timedelta(minutes=15, seconds=10)
    assert set(link) == {"method", "url", "headers", "expires"}
    assert uploads.functions.started == []
    assert uploads.aws.keys() == []


def test_the_job_is_there_from_then_on_for_its_owner_only(uploads: ApiWorld) -> None:
    job = prepared(uploads)["job"]
    found = uploads.get(f"/jobs/{job['id']}", headers=MINE)
    assert (found.status_code, found.json()) == (200, job)
    assert int(found.headers["retry-after"]) > 0
    assert uploads.get("/jobs", headers=MINE).json()["jobs"] == [job]
    text = uploads.get(f"/jobs/{job['id']}/translation", headers=MINE)
    assert error(text) == (409, "job_not_finished", None)
    for method in ("GET", "DELETE"):
        url = f"{uploads.url}/jobs/{job['id']}"
        theirs = requests.request(method, url, headers=THEIRS, timeout=60)
        assert error(theirs) == (404, "not_found", None)


def test_the_id_is_random_and_not_the_requests(uploads: ApiWorld) -> None:
    responses = [post(uploads) for _ in range(3)]
    ids = {response.json()["job"]["id"] for response in responses}
    assert len(ids) == 3
    assert all(len(job_id) == 32 for job_id in ids)
    assert not ids & {response.headers["x-request-id"] for response in responses}


def test_the_options_are_those_of_a_translation(uploads: ApiWorld) -> None:
    options = {
        "model": "m",
        "prompt": "Ñandú",
        "responseFormat": "VTT",
        "temperature": 0.5,
        "saveSource": True,
        "callbackUrl": "https://example.com/hook",
    }
    answer = prepared(uploads, **options)
    request = stored(uploads, answer["job"]["id"]).request.model_dump(by_alias=True)
    url = f"s3://{BUCKET}/{key(answer['upload'])}"
    assert options | {"responseFormat": "vtt", "audioFileUrl": url} == {
        name: request[name] for name in [*options, "audioFileUrl"]
    }


@pytest.mark.parametrize(
    ("name", "safe", "mime"),
    [
        ("Señor López 1.M4A", "Se-or-L-pez-1.m4a", "audio/mp4"),
        ("会議.wav", "audio.wav", "audio/wav"),
        ("C:\\talks\\..\\a.ogg", "C-talks-..-a.ogg", "audio/ogg"),
        ("../../result.json", "result.json", "application/json"),
        ("no extension", "no-extension.bin", "application/octet-stream"),
        ("a.\r\nX-Evil: 1", "a.bin", "application/octet-stream"),
        ("data:text/html,x", "data-text-html-x.bin", "application/octet-stream"),
        (".mp3", "mp3.mp3", "audio/mpeg"),
        ("é" * 255, "audio.bin", "application/octet-stream"),
        ("a" * 251 + ".mp3", "a" * 70 + ".mp3", "audio/mpeg"),
    ],
)
def test_a_name_of_any_kind_becomes_a_safe_one(
    uploads: ApiWorld, name: str, safe: str, mime: str
) -> None:
    answer = prepared(uploads, fileName=name)
    assert key(answer["upload"]) == f"jobs/{answer['job']['id']}/source/{safe}"
    assert answer["upload"]["headers"]["Content-Type"] == mime
    assert put(answer["upload"]) == 200


@pytest.mark.parametrize("kind", ["audio/webm;codecs=opus", 'audio/ogg; codecs="opus"', "a/b"])
def test_a_media_type_is_signed_as_it_was_given(uploads: ApiWorld, kind: str) -> None:
    link = prepared(uploads, contentType=kind)["upload"]
    assert link["headers"]["Content-Type"] == kind
    assert put(link) == 200
    assert uploads.aws.client("s3").head_object(Bucket=BUCKET, Key=key(link))["ContentType"] == kind


@pytest.mark.parametrize("kind", [None, ""])
def test_a_file_whose_type_a_browser_does_not_know_is_uploaded_too(
    uploads: ApiWorld, kind: object
) -> None:
    link = prepared(uploads, contentType=kind)["upload"]
    assert link["headers"]["Content-Type"] == "audio/mpeg"


def test_neither_the_log_nor_the_table_has_the_link(uploads: ApiWorld) -> None:
    link = prepared(uploads)["upload"]
    signature = link["url"].rpartition("=")[2]
    assert len(signature) == 64
    assert signature not in uploads.log.getvalue()
    assert signature not in json.dumps(uploads.aws.items())
    lines = [json.loads(line) for line in uploads.log.getvalue().splitlines() if line[0] == "{"]
    assert [line["JobsSubmitted"] for line in lines if "JobsSubmitted" in line] == [[1]]


# What S3 takes


def test_the_upload_starts_the_job_and_belongs_to_it(uploads: ApiWorld) -> None:
    answer = prepared(uploads)
    link, job_id = answer["upload"], answer["job"]["id"]
    assert put(link) == 200
    found = uploads.aws.client("s3").get_object(Bucket=BUCKET, Key=key(link))
    assert (found["Body"].read(), found["ContentType"]) == (FILE, "audio/mpeg")
    assert uploads.functions.started == []
    arrived(uploads, link)
    assert uploads.functions.started == [Started(FUNCTION, "Event", job_id, {"jobId": job_id})]
    assert uploads.get(f"/jobs/{job_id}", headers=MINE).json()["status"] == "queued"
    body = {"audioFileUrl": f"s3://{BUCKET}/{key(link)}"}
    for headers in (MINE, THEIRS):
        refused = uploads.post(body, headers=headers)
        assert error(refused) == (400, "url_not_allowed", "audioFileUrl")
    assert uploads.delete(f"/jobs/{job_id}", headers=MINE).status_code == 204
    assert uploads.aws.keys() == []


OTHER_HEADERS: dict[str, dict[str, str | None]] = {
    "another type": {"Content-Type": "text/html"},
    "no type": {"Content-Type": None},
    "a parameter more": {"Content-Type": "audio/mpeg; x=1"},
    "readable by all": {"x-amz-acl": "public-read"},
    "metadata": {"x-amz-meta-model": "m"},
    "a copy of another object": {"x-amz-copy-source": f"{BUCKET}/secret"},
}


@pytest.mark.parametrize("name", OTHER_HEADERS)
def test_other_headers_than_the_signed_ones_are_refused(uploads: ApiWorld, name: str) -> None:
    link = prepared(uploads)["upload"]
    wanted = {**link["headers"], **OTHER_HEADERS[name]}
    headers = {header: value for header, value in wanted.items() if value is not None}
    assert put(link, headers=headers) == 403
    assert uploads.aws.keys() == []
    assert put(link) == 200


@pytest.mark.parametrize("size", [0, 1, 99, 101, 5000])
def test_another_size_than_the_signed_one_is_refused(uploads: ApiWorld, size: int) -> None:
    link = prepared(uploads)["upload"]
    headers = {**link["headers"], "Content-Length": str(size)}
    assert put(link, bytes(size), headers=headers) == 403
    assert uploads.aws.keys() == []


def test_a_body_without_a_size_is_refused(uploads: ApiWorld) -> None:
    link = prepared(uploads)["upload"]
    headers = {"Content-Type": "audio/mpeg"}
    assert put(link, iter([FILE]), headers=headers) == 403
    assert uploads.aws.keys() == []


def test_the_link_is_good_for_this_key_this_method_and_this_time_only(
    uploads: ApiWorld, s3: SignedS3
) -> None:
    link, other = (prepared(uploads)["upload"] for _ in range(2))
    for url in (
        link["url"].replace("/source/talk.mp3", "/source/other.mp3"),
        link["url"].replace("/source/talk.mp3", "/result.json"),
        link["url"].replace(key(link), key(other)),
        link["url"].replace("X-Amz-Expires=900", "X-Amz-Expires=604800"),
        link["url"].replace("content-length%3B", ""),
        link["url"].partition("?")[0],
    ):
        assert url != link["url"]
        assert put(link, url=url) == 403
    for method in ("GET", "DELETE", "POST"):
        assert requests.request(method, link["url"], timeout=30).status_code == 403
    s3.later = timedelta(minutes=14, seconds=50)
    assert put(link) == 200
    s3.later = timedelta(minutes=15, seconds=1)
    assert put(other) == 403
    assert uploads.aws.keys() == [key(link)]


def test_a_second_upload_does_not_run_the_job_twice(uploads: ApiWorld) -> None:
    answer = prepared(uploads)
    link, job_id = answer["upload"], answer["job"]["id"]
    for body in (FILE, FILE[::-1]):
        assert put(link, body) == 200
        arrived(uploads, link)
    # Before the job has begun Lambda knows it by the name of its execution.
    assert {start.execution for start in uploads.functions.started} == {job_id}
    uploads.functions.reset()
    jobs = table(uploads)
    for step in (jobs.begin, jobs.succeed):
        assert step(job_id) is not None
        assert put(link) == 200
        arrived(uploads, link)
    assert uploads.functions.started == []


def test_a_job_that_was_deleted_before_its_upload_never_starts(uploads: ApiWorld) -> None:
    answer = prepared(uploads)
    link, job_url = answer["upload"], f"/jobs/{answer['job']['id']}"
    assert uploads.delete(job_url, headers=MINE).status_code == 204
    assert uploads.get(job_url, headers=MINE).json()["status"] == "cancelled"
    assert put(link) == 200
    arrived(uploads, link)
    assert uploads.delete(job_url, headers=MINE).status_code == 204
    assert put(link) == 200
    arrived(uploads, link)
    assert uploads.functions.started == []
    assert uploads.aws.items() == []


# How long it waits


def test_a_job_waits_a_day_for_its_audio_and_is_kept_once_it_has_begun(uploads: ApiWorld) -> None:
    job_id = prepared(uploads)["job"]["id"]
    waiting = stored(uploads, job_id)
    assert timedelta() <= DAY - (waiting.expires - waiting.created) < timedelta(seconds=1)
    begun = table(uploads).begin(job_id)
    assert begun is not None
    assert timedelta() <= 7 * DAY - (begun.expires - begun.created) < timedelta(seconds=1)
    assert table(uploads).begin(job_id) is not None
    assert stored(uploads, job_id).expires == begun.expires


def test_a_job_that_was_forgotten_never_starts(uploads: ApiWorld) -> None:
    answer = prepared(uploads)
    assert put(answer["upload"]) == 200
    uploads.aws.client("dynamodb").update_item(
        TableName=JOB_TABLE,
        Key={"id": {"S": answer["job"]["id"]}},
        UpdateExpression="SET expires = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    arrived(uploads, answer["upload"])
    assert uploads.functions.started == []
    gone = uploads.get(f"/jobs/{answer['job']['id']}", headers=MINE)
    assert error(gone) == (404, "not_found", None)


# What is refused


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fileName", None),
        ("fileName", ""),
        ("fileName", "a" * 256),
        ("fileName", 7),
        ("fileName", ["a.mp3"]),
        ("fileName", "\ud800.mp3"),
        ("size", None),
        ("size", ""),
        ("size", 0),
        ("size", -1),
        ("size", 1.5),
        ("size", "100 bytes"),
        ("size", True),
        ("contentType", "audio"),
        ("contentType", "audio/"),
        ("contentType", "audio/mpeg\r\nx-amz-acl: public-read"),
        ("contentType", "audio/mpeg\n"),
        ("contentType", "audio/mpeg, text/html"),
        ("contentType", "audio/mpeg; codecs"),
        ("contentType", "audio/ñ"),
        ("contentType", " audio/mpeg"),
        ("contentType", "audio/" + "a" * 250),
        ("contentType", 7),
        ("responseFormat", "mp3"),
        ("temperature", 2),
        ("callbackUrl", 7),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    uploads: ApiWorld, field: str, value: object
) -> None:
    response = post(uploads, None, **{field: value})
    assert error(response) == (400, "invalid_request", field)
    assert field in response.json()["error"]["message"]
    assert uploads.aws.items() == []


@pytest.mark.parametrize("field", ["fileName", "size"])
def test_a_missing_field_is_named(uploads: ApiWorld, field: str) -> None:
    body = {"fileName": "a.mp3", "size": 1}
    del body[field]
    assert error(uploads.post(body, "/uploads")) == (400, "invalid_request", field)


@pytest.mark.parametrize(
    ("unknown", "nearest"),
    [
        ("filename", "fileName"),
        ("file_name", "fileName"),
        ("content-type", "contentType"),
        ("mimeType", "contentType"),
        ("fileSize", "size"),
        ("format", "responseFormat"),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest_known_one(
    uploads: ApiWorld, unknown: str, nearest: str
) -> None:
    response = post(uploads, None, **{unknown: "x"})
    assert error(response) == (400, "invalid_request", unknown)
    assert repr(nearest) in response.json()["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"a"', b"{", b"\xff"])
def test_what_is_no_object_is_refused(uploads: ApiWorld, body: bytes) -> None:
    response = uploads.post(body, "/uploads")
    status, code, _ = error(response)
    assert (status, code) == (400, "invalid_request")
    assert "audioFileUrl" not in response.text


def test_the_largest_file_is_taken_and_one_byte_more_is_not(uploads: ApiWorld) -> None:
    assert post(uploads, size=1000).status_code == 201
    response = post(uploads, size=1001)
    assert error(response) == (413, "audio_too_large", "size")
    assert "1001" in response.json()["error"]["message"]
    assert "at most 1000" in response.json()["error"]["message"]
    assert len(uploads.aws.items()) == 1


def test_no_more_is_taken_than_s3_takes_at_once(world: ApiWorld) -> None:
    most = 5 * 1024**3
    with world.with_jobs(MAX_JOB_AUDIO_BYTES=str(2 * most)):
        assert post(world, size=most).status_code == 201
        response = post(world, size=most + 1)
        assert error(post(world, size=10**30)) == (413, "audio_too_large", "size")
    assert error(response) == (413, "audio_too_large", "size")
    assert f"at most {most}" in response.json()["error"]["message"]


@pytest.mark.parametrize("url", ["http://10.0.0.1/a", "ftp://example.com/a", "no-url"])
def test_a_callback_is_checked_as_that_of_a_translation(world: ApiWorld, url: str) -> None:
    with world.with_jobs(FETCH_ALLOW_LOOPBACK="false"):
        response = post(world, callbackUrl=url)
    assert error(response) == (400, "url_not_allowed", "callbackUrl")
    assert world.aws.items() == []


def test_without_jobs_nothing_is_uploaded(world: ApiWorld) -> None:
    assert error(post(world)) == (404, "not_found", None)


def test_a_table_that_fails_is_an_internal_error(world: ApiWorld) -> None:
    with world.with_jobs(JOB_TABLE="nowhere"):
        assert error(post(world)) == (500, "internal", None)


# Idempotency-Key


def test_a_repeat_gets_the_same_job_and_the_same_link(uploads: ApiWorld) -> None:
    keyed = {**MINE, "Idempotency-Key": "k"}
    first, second = (post(uploads, keyed) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert len(uploads.get("/jobs", headers=MINE).json()["jobs"]) == 1
    other = post(uploads, keyed, size=99)
    assert error(other) == (409, "idempotency_conflict", "Idempotency-Key")
    theirs = post(uploads, {**THEIRS, "Idempotency-Key": "k"}).json()
    assert theirs["job"]["id"] != first.json()["job"]["id"]


def test_a_key_of_a_translation_is_none_of_an_upload(uploads: ApiWorld) -> None:
    keyed = {**MINE, "Idempotency-Key": "k"}
    url = {"audioFileUrl": "https://example.com/a.mp3"}
    headers = {**keyed, "Prefer": "respond-async"}
    assert uploads.post(url, headers=headers).status_code == 202
    assert error(post(uploads, keyed)) == (409, "idempotency_conflict", "Idempotency-Key")


def test_results_and_sources_do_not_meet(uploads: ApiWorld) -> None:
    answer = prepared(uploads, fileName="result.json")
    assert key(answer["upload"]) != result_key(answer["job"]["id"], "json")
