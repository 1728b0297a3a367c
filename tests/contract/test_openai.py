"""OpenAI's own contract over plain HTTP; its SDKs are in tests/e2e/test_sdks.py."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from audio_translation.aws.bucket_keys import job_of_source, translation_key
from audio_translation.errors import ModelGone
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.transcript import Segment, Translation, to_json
from local import REPOSITORY
from local.aws.lambda_context import LambdaContext
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.worlds.http_api import ApiWorld

ROUTE = "/v1/audio/translations"
BOUNDARY = "multipart/form-data; boundary=x"
PLAIN = "text/plain; charset=utf-8"
EVENT = REPOSITORY / "events" / "http-openai.json"
FILE = b'Content-Disposition: form-data; name="file"; filename="a.wav"'
MODEL = b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n'
END = b"--x--\r\n"
TRANSLATION = Translation((Segment(0, 900, " From a job."),), "english", 1000, "whisper-1")


def post(
    world: ApiWorld, content: bytes, *, name: str = "a.wav", **fields: str
) -> requests.Response:
    form = {"model": "whisper-1", **fields}
    files = {"file": (name, content)}
    return requests.post(world.url + ROUTE, data=form, files=files, timeout=60)


def send(world: ApiWorld, body: bytes, content_type: str = BOUNDARY) -> requests.Response:
    headers = {"Content-Type": content_type}
    return requests.post(world.url + ROUTE, data=body, headers=headers, timeout=60)


def part(head: bytes, content: bytes) -> bytes:
    return b"--x\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


def error(response: requests.Response) -> tuple[int, str, str | None]:
    found = response.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return response.status_code, found["code"], found["param"]


@pytest.mark.parametrize(
    ("response_format", "content_type", "begins"),
    [
        ("json", "application/json", '{"text": "Hello there."}'),
        ("verbose_json", "application/json", '{"task": "translate", "language": "english"'),
        ("text", PLAIN, "Hello there.\n"),
        ("srt", PLAIN, "1\n00:00:00,000 --> "),
        ("vtt", PLAIN, "WEBVTT\n\n00:00:00.000 --> "),
        ("ttml", PLAIN, '<?xml version="1.0" encoding="UTF-8"?>'),
        ("ass", PLAIN, "[Script Info]\n"),
        ("csv", PLAIN, "\ufeffstart,end,text,"),
    ],
)
def test_every_format_has_openais_content_type(
    world: ApiWorld, wav: bytes, response_format: str, content_type: str, begins: str
) -> None:
    response = post(world, wav, response_format=response_format)
    assert (response.status_code, response.headers["content-type"]) == (200, content_type)
    assert response.text.startswith(begins)
    assert response.headers["x-request-id"]
    assert response.headers["x-model"] == "whisper-1"
    assert response.headers["sunset"] == "Fri, 26 Feb 2027 00:00:00 GMT"


def test_the_fields_of_the_form_reach_the_provider_and_others_are_ignored(
    world: ApiWorld, wav: bytes
) -> None:
    fields = {"prompt": "Señor", "temperature": "0.5", "timestamp_granularities[]": "word"}
    assert post(world, wav, **fields, model="large", language="es").status_code == 200
    (received,) = world.provider.received
    wanted = {"model": "large", "prompt": "Señor", "temperature": "0.5"}
    assert received.fields.items() >= wanted.items()
    assert (received.file, received.file_name) == (wav, "audio.wav")


@pytest.mark.parametrize(
    "name", ["a.mp3", "noextension", "señor 你好.wav", 'a"b\\c.wav', "../x.wav"]
)
def test_the_bytes_decide_and_not_the_name(world: ApiWorld, wav: bytes, name: str) -> None:
    assert post(world, wav, name=name).json() == {"text": "Hello there."}
    assert world.provider.received[0].file_name == "audio.wav"


def test_the_log_says_of_a_file_that_it_was_sent(world: ApiWorld, wav: bytes) -> None:
    world.log.seek(world.log.truncate(0))
    assert post(world, wav, name="private.wav").status_code == 200
    (line,) = [json.loads(t) for t in world.log.getvalue().splitlines() if '"Translated"' in t]
    assert line["audio_from"] == "sent"


def test_a_file_name_that_is_no_utf_8_is_no_trouble(world: ApiWorld, wav: bytes) -> None:
    body = part(FILE.replace(b"a.wav", b"\xe9\xff.wav"), wav) + MODEL + END
    assert send(world, body).json() == {"text": "Hello there."}


def test_names_without_quotes_and_of_any_case_are_understood(world: ApiWorld, wav: bytes) -> None:
    """As .NET sends them."""
    head = b"content-disposition: form-data; name=file; filename=a.wav; filename*=utf-8''a.wav"
    body = part(head, wav) + part(b"Content-Disposition: form-data; name=model", b"whisper-1") + END
    assert send(world, body).json() == {"text": "Hello there."}


def test_what_old_clients_send_is_understood(world: ApiWorld, wav: bytes) -> None:
    long_name = b'Content-Disposition: form-data; name="file"; filename="%b.wav"' % (b"a" * 6000)
    body = b"This is a form with parts.\r\n" + MODEL + part(long_name, wav) + END
    assert send(world, body).status_code == 200
    assert send(world, b"--xy is no boundary.\r\n" + body).status_code == 200


def test_an_empty_optional_field_is_left_out(world: ApiWorld, wav: bytes) -> None:
    assert post(world, wav, prompt="", temperature="", response_format="").status_code == 200


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": ""}, "model"),
        ({"model": "m" * 201}, "model"),
        ({"response_format": "mp3"}, "response_format"),
        ({"response_format": "SRT"}, "response_format"),
        ({"temperature": "1.5"}, "temperature"),
        ({"temperature": "-1"}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"temperature": "nan"}, "temperature"),
        ({"prompt": "x" * 20_001}, "prompt"),
    ],
)
def test_a_wrong_field_is_named(
    world: ApiWorld, wav: bytes, fields: dict[str, str], param: str
) -> None:
    assert error(post(world, wav, **fields)) == (400, "invalid_request", param)
    assert world.provider.received == []


@pytest.mark.parametrize(
    ("content_type", "body", "param"),
    [
        (BOUNDARY, MODEL + END, "file"),
        (BOUNDARY, part(FILE, b"x") + END, "model"),
        (BOUNDARY, part(FILE, b"x") * 2 + MODEL + END, "file"),
        (BOUNDARY, part(b'Content-Disposition: form-data; name="prompt"', b"\xff") + END, "prompt"),
        ("multipart/form-data", MODEL + END, None),
        ("multipart/form-data; boundary=", MODEL + END, None),
        (f"multipart/form-data; boundary={'b' * 300}", MODEL + END, None),
        ("application/json", b'{"model": "whisper-1"}', None),
        ("", MODEL + END, None),
        (BOUNDARY, b"", None),
        (BOUNDARY, MODEL + part(FILE, b"x" * 1000)[:500], None),
        (BOUNDARY, MODEL + part(FILE, b"x" * 1000), None),
        (BOUNDARY, bytes(range(256)) * 40, None),
        (BOUNDARY, MODEL * 200 + END, None),
        (BOUNDARY, part(FILE + b"\r\n" + b"X: " + b"y" * 20_000, b"x") + END, None),
        ("multipart/form-data; boundary=y", MODEL + END, None),
    ],
)
def test_a_form_that_cannot_be_read_is_the_callers_error(
    world: ApiWorld, content_type: str, body: bytes, param: str | None
) -> None:
    assert error(send(world, body, content_type)) == (400, "invalid_request", param)


def test_a_body_that_api_gateway_did_not_encode_is_the_callers_error(world: ApiWorld) -> None:
    event = json.loads(EVENT.read_text())
    for change in ({"body": "A"}, {"body": "é", "isBase64Encoded": False}, {"body": None}):
        answer = world.call({**event, **change}, LambdaContext("id", time.time() + 5))
        assert answer["statusCode"] == 400


def test_the_sample_event_is_translated(world: ApiWorld) -> None:
    event = json.loads(EVENT.read_text())
    assert b'name="model"' in base64.b64decode(event["body"])
    answer = world.call(event, LambdaContext("id", time.time() + 5))
    assert json.loads(answer["body"])["task"] == "translate"


NO_AUDIO = {
    "nothing": b"",
    "PDF": b"%PDF-1.7",
    "tag": b"ID3",
    "wav without sound": b"RIFF",
    "page": b"<!doctype html><html>Sign in</html>",
    "storage error": b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
    "XML": b'<?xml version="1.0"?><rss></rss>',
    "JSON": b'{"error": "no such file"}',
    "text": b"Not audio\n",
    "playlist": b"#EXTM3U\n#EXT-X-VERSION:3\n",
    "noise": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("content", NO_AUDIO.values(), ids=NO_AUDIO)
def test_what_is_no_audio_is_refused_as_the_file_that_was_sent(
    world: ApiWorld, content: bytes
) -> None:
    response = post(world, content)
    assert error(response) == (400, "unsupported_audio", "file")
    message = response.json()["error"]["message"]
    assert "The " in message
    assert "url" not in message.lower(), "nobody gave one"


@pytest.mark.parametrize(
    ("answer", "status", "code", "param"),
    [
        (Answer(envelope("no such", code="model_not_found"), 404), 404, "model_not_found", "model"),
        (Answer(envelope("Invalid file format."), 400), 400, "unsupported_audio", "file"),
        (Answer(envelope("slow down"), 429, {"Retry-After": "9"}), 429, "rate_limited", None),
        (Answer(envelope("key"), 401), 502, "provider_rejected", None),
    ],
)
def test_what_the_provider_says_is_told_in_this_contracts_words(
    world: ApiWorld, wav: bytes, answer: Answer, status: int, code: str, param: str | None
) -> None:
    world.provider.default = answer
    with world.settings(REPLACE_RETIRED_MODELS="false"):
        response = post(world, wav)
    assert error(response) == (status, code, param)
    assert ("retry-after" in response.headers) == (status == 429)


def test_the_models_are_those_that_are_configured_and_known(world: ApiWorld) -> None:
    with world.settings(DEFAULT_MODEL="own", TRANSCRIPTION_MODEL="mine"):
        listed = world.get("/v1/models").json()
        (own,) = [model for model in listed["data"] if model["id"] == "own"]
        assert world.get("/v1/models/own").json() == own
    assert listed["object"] == "list"
    assert set(own) == {"id", "object", "created", "owned_by", "shutdown_date"}
    assert own["object"] == "model"
    names = [model["id"] for model in listed["data"]]
    assert names[:2] == ["own", "mine"]
    assert "gpt-transcribe" in names
    assert len(names) == len(set(names))
    assert error(world.get("/v1/models/gpt-5")) == (404, "model_not_found", "model")


# What is too long for a request becomes a job inside.


@pytest.mark.parametrize("slash", ["/", "%2F"])
def test_a_models_name_may_have_its_makers_before_it(world: ApiWorld, slash: str) -> None:
    with world.settings(DEFAULT_MODEL="Systran/faster-whisper-small"):
        listed = [model["id"] for model in world.get("/v1/models").json()["data"]]
        found = world.get(f"/v1/models/Systran{slash}faster-whisper-small")
        other = world.get(f"/v1/models/Systran{slash}other")
    assert found.json()["id"] == "Systran/faster-whisper-small"
    assert found.json()["id"] in listed
    assert error(other) == (404, "model_not_found", "model")


@pytest.fixture
def jobs(world: ApiWorld) -> Iterator[ApiWorld]:
    with world.with_jobs(DIRECT_MAX_SECONDS="1"):
        yield world


@pytest.fixture
def long_wav(wav: bytes) -> bytes:
    """Ten seconds."""
    sound = wav[44:] * 20
    sizes = (len(sound) + 36).to_bytes(4, "little"), len(sound).to_bytes(4, "little")
    return wav[:4] + sizes[0] + wav[8:40] + sizes[1] + sound


def played(world: ApiWorld, end: Callable[[JobTable, str], object]) -> threading.Thread:
    """End the job that is going to be started, as the job function does."""

    def play() -> None:
        until = time.monotonic() + 10
        while not world.functions.started and time.monotonic() < until:
            time.sleep(0.01)
        job_id = world.functions.started[0].execution
        table = JobTable(world.aws.clients, table=JOB_TABLE)
        table.begin(job_id)
        end(table, job_id)

    thread = threading.Thread(target=play)
    thread.start()
    return thread


def test_long_audio_is_answered_by_a_job_that_is_done_in_time(
    jobs: ApiWorld, long_wav: bytes
) -> None:
    def succeed(table: JobTable, job_id: str) -> None:
        stored = to_json(TRANSLATION).encode()
        s3 = jobs.aws.client("s3")
        s3.put_object(Bucket=BUCKET, Key=translation_key(job_id), Body=stored)
        table.progress(job_id, chunks=1, chunks_done=1, audio=1000, audio_done=1000)
        table.succeed(job_id)

    player = played(jobs, succeed)
    response = post(jobs, long_wav, response_format="srt", prompt="Names: Ñu", name="é.mp3")
    player.join()
    assert (response.status_code, response.headers["content-type"]) == (200, PLAIN)
    assert "From a job." in response.text
    assert jobs.provider.received == []
    keys = jobs.aws.keys()
    (key,) = [key for key in keys if job_of_source(key)]
    assert job_of_source(key) == response.headers["x-request-id"]
    kept = jobs.aws.client("s3").get_object(Bucket=BUCKET, Key=key)
    assert (kept["Body"].read(), kept["ContentType"]) == (long_wav, "audio/wav")
    (item,) = jobs.aws.items()
    assert json.loads(item["request"]["S"])["prompt"] == "Names: Ñu"


def test_what_a_job_fails_with_is_what_the_caller_is_told(jobs: ApiWorld, long_wav: bytes) -> None:
    told = {"message": "It is damaged.", "type": "invalid_request_error"}
    failure: dict[str, Any] = {**told, "param": "audioFileUrl", "code": "unsupported_audio"}
    player = played(jobs, lambda table, job_id: table.fail(job_id, failure, partial=False))
    response = post(jobs, long_wav)
    player.join()
    assert error(response) == (400, "unsupported_audio", "file")
    assert response.json()["error"]["message"] == "It is damaged."


def test_a_model_that_a_job_does_not_find_is_the_callers_error(
    jobs: ApiWorld, long_wav: bytes
) -> None:
    failure = ModelGone("Nobody serves it.", param="model").envelope()["error"]
    player = played(jobs, lambda table, job_id: table.fail(job_id, failure, partial=False))
    response = post(jobs, long_wav)
    player.join()
    assert error(response) == (404, "model_not_found", "model")


def test_a_job_that_is_deleted_meanwhile_is_not_waited_for(jobs: ApiWorld, long_wav: bytes) -> None:
    player = played(jobs, lambda table, job_id: table.cancel(job_id))
    response = post(jobs, long_wav)
    player.join()
    assert error(response) == (404, "not_found", None)


def test_a_job_that_takes_too_long_goes_on_and_is_named(jobs: ApiWorld, long_wav: bytes) -> None:
    began = time.monotonic()
    response = post(jobs, long_wav)
    assert time.monotonic() - began < 5, "two seconds before the time is up"
    assert error(response) == (413, "audio_too_large", "file")
    message = response.json()["error"]["message"]
    assert "POST /uploads" in message
    job_id = response.headers["x-request-id"]
    assert f"/jobs/{job_id}" in message
    assert jobs.get(f"/jobs/{job_id}").json()["status"] == "queued"
    assert jobs.functions.started[0].execution == job_id


def test_a_provider_that_is_too_slow_for_a_short_file_is_not_asked_again_by_a_job(
    jobs: ApiWorld, wav: bytes
) -> None:
    jobs.provider.default = Answer(verbose_json("late"), delay=8)
    response = post(jobs, wav)
    assert error(response) == (504, "provider_unavailable", None)
    assert jobs.functions.started == []


def test_openapi_describes_the_form_its_key_and_its_answers(world: ApiWorld) -> None:
    spec = world.get("/openapi.json").json()
    operation = spec["paths"][ROUTE]["post"]
    assert operation["security"] == [{"bearer": []}]
    assert spec["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}
    (form,) = operation["requestBody"]["content"].values()
    assert set(operation["requestBody"]["content"]) == {"multipart/form-data"}
    assert form["schema"]["required"] == ["file", "model"]
    assert set(form["schema"]["properties"]) == {
        "file", "model", "prompt", "response_format", "temperature", "track", "channels",
        "channel_names", "include[]", "subtitles", "speakers", "speaker_names",
        "max_cost_usd",
    }  # fmt: skip
    assert set(operation["responses"]) == {
        "200", "400", "401", "402", "404", "413", "429", "500", "502", "503", "504",
    }  # fmt: skip
    assert spec["paths"]["/v1/models"]["get"]["security"] == [{"bearer": []}]
    one = spec["paths"]["/v1/models/{model}"]["get"]["responses"]
    assert one["404"]["description"] == "model_not_found"
    assert "content" not in spec["paths"]["/jobs/{job_id}"]["delete"]["responses"]["204"]
