"""The contract as a client of the Backendless plugin sees it, over plain HTTP."""

import json
import re

import pytest
import srt
import webvtt

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
    said = verbose_json("One.", "Two.", seconds_each=0.25)
    world.provider.default = Answer(said)
    body = {"audioFileUrl": audio_url, "responseFormat": "verbose_json"}
    answer = world.post(body, route).json()
    assert {k: v for k, v in answer.items() if k != "segments"} == {
        "task": "translate",
        "language": "english",
        "duration": 0.5,
        "text": "One. Two.",
        "model": "whisper-1",  # which is ours, as the next one
        "provider": "provider",
    }
    assert answer["segments"] == said["segments"]


@ROUTES
@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("text", "text/plain; charset=utf-8"),
        ("SRT", "application/x-subrip; charset=utf-8"),
        ("Vtt", "text/vtt; charset=utf-8"),
        ("Ttml", "application/ttml+xml; charset=utf-8"),
        ("ASS", "text/x-ssa; charset=utf-8"),
        ("Csv", "text/csv; charset=utf-8"),
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


def test_a_form_of_too_many_fields_is_bad_input(world: ApiWorld) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = world.post(b"a=b&" * 101, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_request")


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


def test_too_many_unknown_fields_do_not_make_headers_too_large(
    world: ApiWorld, audio_url: str
) -> None:
    body = {"audioFileUrl": audio_url, **{f"{'x' * 200}{i}": i for i in range(1000)}}
    response = world.post(body, BACKENDLESS_ROUTE)
    assert response.json() == {"text": "Hello there."}
    assert len(response.headers["x-ignored-fields"]) < 1100
