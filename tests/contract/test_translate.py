"""The contract as a client of the Backendless plugin sees it, over plain HTTP."""

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import snapshot_restore_py
import srt
import webvtt

from local.aws.lambda_context import LambdaContext
from tests.fakes.aws.moto_server import BUCKET, KEY, OTHER_BUCKET
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.worlds.http_api import BACKENDLESS_ROUTE, ROUTE, ApiWorld

ROUTES = pytest.mark.parametrize("route", [ROUTE, BACKENDLESS_ROUTE])


@ROUTES
def test_the_plugins_documented_request_gets_the_text(
    world: ApiWorld, audio_url: str, route: str
) -> None:
    response = world.post(
        {
            "audioFileUrl": audio_url,
            "responseFormat": "json",
            "temperature": 0.5,
            "saveSource": True,
        },
        route,
        headers={"Accept": "application/json"},
    )
    assert (response.status_code, response.json()) == (200, {"text": "Hello there."})
    assert response.headers["content-type"] == "application/json"
    assert world.provider.received[0].fields["temperature"] == "0.5"


@ROUTES
def test_verbose_json_has_openais_shape(world: ApiWorld, audio_url: str, route: str) -> None:
    world.provider.default = Answer(verbose_json("One.", "Two."))
    body = {"audioFileUrl": audio_url, "responseFormat": "verbose_json"}
    answer = world.post(body, route).json()
    assert {k: v for k, v in answer.items() if k != "segments"} == {
        "task": "translate",
        "language": "english",
        "duration": 4.0,
        "text": "One. Two.",
    }
    assert answer["segments"] == verbose_json("One.", "Two.")["segments"]


@ROUTES
@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("text", "text/plain; charset=utf-8"),
        ("SRT", "application/x-subrip; charset=utf-8"),
        ("Vtt", "text/vtt; charset=utf-8"),
    ],
)
def test_text_formats_are_the_text_itself_in_utf_8(
    world: ApiWorld, audio_url: str, route: str, name: str, content_type: str
) -> None:
    world.provider.default = Answer(verbose_json("Señor Añil — 你好."))
    response = world.post({"audioFileUrl": audio_url, "responseFormat": name}, route)
    assert response.headers["content-type"] == content_type
    text = response.content.decode("utf-8")
    assert "Señor Añil — 你好." in text
    if name == "SRT":
        assert [cue.content for cue in srt.parse(text)] == ["Señor Añil — 你好."]
    if name == "Vtt":
        assert [cue.text for cue in webvtt.from_string(text).captions] == ["Señor Añil — 你好."]


def test_model_and_prompt_reach_the_provider_and_the_default_model_fills_in(
    world: ApiWorld, audio_url: str
) -> None:
    world.post({"audioFileUrl": audio_url, "model": "other", "prompt": "A name: Ñu"})
    world.post({"audioFileUrl": audio_url})
    first, second = (received.fields for received in world.provider.received)
    assert (first["model"], first["prompt"]) == ("other", "A name: Ñu")
    assert second["model"] == "whisper-1"
    assert world.provider.received[0].authorization == f"Bearer {KEY}"


@pytest.mark.parametrize("bucket", [BUCKET, OTHER_BUCKET])
def test_audio_is_read_from_an_allowed_bucket(world: ApiWorld, wav: bytes, bucket: str) -> None:
    world.aws.client("s3").put_object(Bucket=bucket, Key="audio/a b.wav", Body=wav)
    response = world.post({"audioFileUrl": f"s3://{bucket}/audio/a b.wav"})
    assert response.json() == {"text": "Hello there."}
    assert world.provider.received[0].file == wav


def test_a_saved_source_is_named_and_holds_the_same_bytes(world: ApiWorld, wav: bytes) -> None:
    url = world.source.file("/up/inter%20view%C3%A9.WAV", wav)
    response = world.post({"audioFileUrl": url + "?token=secret", "saveSource": True})
    location = response.headers["x-source-location"]
    request_id = response.headers["x-request-id"]
    assert re.fullmatch(
        rf"s3://{BUCKET}/audio/\d{{4}}/\d\d/\d\d/{request_id}-inter-view\.wav", location
    )
    kept = world.aws.client("s3").get_object(Bucket=BUCKET, Key=location.split("/", 3)[3])
    assert (kept["Body"].read(), kept["ContentType"]) == (wav, "audio/wav")


def test_nothing_is_saved_unless_asked(world: ApiWorld, audio_url: str) -> None:
    response = world.post({"audioFileUrl": audio_url})
    assert "x-source-location" not in response.headers
    assert world.aws.keys() == []


def test_a_source_that_cannot_be_saved_does_not_cost_the_translation(
    world: ApiWorld, audio_url: str
) -> None:
    with world.settings(BUCKET="gone"):
        response = world.post({"audioFileUrl": audio_url, "saveSource": True})
    assert (response.status_code, response.json()) == (200, {"text": "Hello there."})
    assert "NoSuchBucket" in response.headers["x-source-error"]
    assert "The source was not saved" in world.log.getvalue()


def test_the_source_is_saved_even_if_the_provider_fails(world: ApiWorld, audio_url: str) -> None:
    world.provider.default = Answer(envelope("no"), 400)
    response = world.post({"audioFileUrl": audio_url, "saveSource": True})
    assert response.status_code == 502
    assert len(world.aws.keys()) == 1


def test_an_unknown_field_is_an_error_that_names_the_nearest_known_one(
    world: ApiWorld, audio_url: str
) -> None:
    response = world.post({"audioFileUrl": audio_url, "response_format": "srt"})
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "invalid_request")
    assert error["param"] == "response_format"
    assert "'responseFormat'" in error["message"]


def test_under_the_backendless_name_unknown_fields_are_ignored_and_listed(
    world: ApiWorld, audio_url: str
) -> None:
    body = {"audioFileUrl": audio_url, "language": "es", "x\r\ny": 1, "ñ": 2}
    response = world.post(body, BACKENDLESS_ROUTE)
    assert response.json() == {"text": "Hello there."}
    assert response.headers["x-ignored-fields"] == "language, x%0D%0Ay, %C3%B1"


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_a_json_body_is_understood_whatever_the_client_calls_it(
    world: ApiWorld, audio_url: str, content_type: str
) -> None:
    body = json.dumps({"audioFileUrl": audio_url}).encode()
    response = world.post(body, headers={"Content-Type": content_type})
    assert response.json() == {"text": "Hello there."}


def test_a_rotated_key_is_picked_up_at_once_when_the_old_one_is_refused(
    world: ApiWorld, audio_url: str
) -> None:
    world.post({"audioFileUrl": audio_url})
    world.aws.put_key("sk-rotated")
    world.provider.script.append(Answer(envelope("Incorrect API key"), 401))
    assert world.post({"audioFileUrl": audio_url}).status_code == 200
    keys = [received.authorization for received in world.provider.received]
    assert keys == [f"Bearer {KEY}", f"Bearer {KEY}", "Bearer sk-rotated"]
    with world.settings():
        pass  # the next sandbox starts with the key of the next test


def test_health_answers_without_any_backend(world: ApiWorld) -> None:
    with world.settings(AWS_ENDPOINT_URL="http://127.0.0.1:9"):
        response = world.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_the_description_names_the_stage_that_a_deployed_client_needs(world: ApiWorld) -> None:
    event = json.loads(Path("events/http-openapi.json").read_text())
    event["requestContext"] |= {"stage": "v1", "path": "/v1/openapi.json"}
    answer = world.call(event, LambdaContext("id", time.time() + 5))
    assert json.loads(answer["body"])["servers"] == [{"url": "/v1"}]


def test_too_many_unknown_fields_do_not_make_headers_too_large(
    world: ApiWorld, audio_url: str
) -> None:
    body = {"audioFileUrl": audio_url, **{f"{'x' * 200}{i}": i for i in range(1000)}}
    response = world.post(body, BACKENDLESS_ROUTE)
    assert response.json() == {"text": "Hello there."}
    assert len(response.headers["x-ignored-fields"]) < 1100


def test_what_is_made_for_a_snapshot_leaves_nothing_to_import_for_the_first_request(
    world: ApiWorld, audio_url: str
) -> None:
    with world.settings():
        with world.sandbox():
            for function, arguments, options in snapshot_restore_py._before_snapshot_registry:
                function(*arguments, **options)
        assert world.provider.received == []
        before = set(sys.modules)
        assert world.post({"audioFileUrl": audio_url}).status_code == 200
        imported = set(sys.modules) - before
    assert not {name for name in imported if not name.startswith(("encodings", "stringprep"))}


def test_every_answer_carries_a_request_id(world: ApiWorld, audio_url: str) -> None:
    responses = [world.get("/health"), world.get("/nowhere"), world.post({})]
    responses.append(world.post({"audioFileUrl": audio_url}))
    ids = {response.headers["x-request-id"] for response in responses}
    assert len(ids) == 4


def test_the_log_has_the_request_id_and_the_metrics_but_no_query_and_no_key(
    world: ApiWorld, audio_url: str
) -> None:
    world.provider.default = Answer(verbose_json("a", seconds_each=30))
    response = world.post({"audioFileUrl": f"{audio_url}?X-Amz-Signature=hunter2"})
    lines = [json.loads(line) for line in world.log.getvalue().splitlines()]
    entry = next(line for line in lines if line.get("message") == "Translated")
    assert entry["request_id"] == response.headers["x-request-id"]
    assert entry["audio_url"] == audio_url
    metrics = next(line for line in lines if "_aws" in line)
    assert metrics["Requests"] == [1]
    assert metrics["AudioSeconds"] == [30.0]
    assert metrics["EstimatedDollars"] == [pytest.approx(0.003)]
    assert metrics["ProviderMilliseconds"][0] > 0
    assert "hunter2" not in world.log.getvalue()
    assert KEY not in world.log.getvalue()


def test_errors_are_counted_by_their_code(world: ApiWorld) -> None:
    world.post({"audioFileUrl": "ftp://example.com/a"})
    lines = [json.loads(line) for line in world.log.getvalue().splitlines()]
    errors = [line for line in lines if "Errors" in line]
    assert [(line["code"], line["Errors"]) for line in errors] == [("url_not_allowed", [1])]
    assert [line["Requests"] for line in lines if "Requests" in line] == [[1]]


def test_openapi_and_swagger_describe_the_routes(world: ApiWorld) -> None:
    from openapi_spec_validator import validate

    spec: dict[str, Any] = world.get("/openapi.json").json()
    validate(spec)
    assert set(spec["paths"]) == {
        ROUTE, BACKENDLESS_ROUTE, "/health",
        "/jobs", "/jobs/{job_id}", "/jobs/{job_id}/translation", "/uploads",
        "/v1/audio/translations", "/v1/models", "/v1/models/{model}",
        "/v1/models/{model}/{variant}",
    }  # fmt: skip
    for route in (ROUTE, BACKENDLESS_ROUTE):
        operation = spec["paths"][route]["post"]
        assert set(operation["responses"]) == {
            "200", "202", "400", "401", "404", "409", "413", "429", "500", "502", "503", "504",
        }  # fmt: skip
        assert operation["security"] == [{"apiKey": []}]
        assert "X-Source-Location" in operation["responses"]["200"]["headers"]
    assert spec["components"]["securitySchemes"]["apiKey"]["name"] == "x-api-key"
    assert "security" not in spec["paths"]["/health"]["get"]
    assert "422" not in world.get("/openapi.json").text
    fields = spec["components"]["schemas"]["TranslationRequest"]
    assert fields["required"] == ["audioFileUrl"]
    assert set(fields["properties"]) == {
        "audioFileUrl", "model", "prompt", "responseFormat", "temperature", "saveSource",
        "targetLanguage", "sourceLanguage", "include", "keywords", "callbackUrl", "reference",
    }  # fmt: skip
    upload = spec["paths"]["/uploads"]["post"]
    assert set(upload["responses"]) == {"201", "400", "401", "404", "409", "413", "429", "500"}
    assert upload["security"] == [{"apiKey": []}]
    uploads = spec["components"]["schemas"]["UploadRequest"]
    assert set(uploads["required"]) == {"fileName", "size"}
    assert set(uploads["properties"]) == {
        *fields["properties"], "fileName", "size", "contentType",
    } - {"audioFileUrl"}  # fmt: skip
    (answer,) = upload["responses"]["201"]["content"].values()
    prepared = spec["components"]["schemas"][answer["schema"]["$ref"].rpartition("/")[2]]
    assert prepared["required"] == ["job", "upload"]
    page = world.get("/docs")
    assert "HTTPValidationError" not in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert "swagger-ui" in page.text
