"""OpenAI's /v1/audio/transcriptions over plain HTTP; its SDKs are in tests/e2e/test_sdks.py."""

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import requests
import srt

from local import REPOSITORY
from local.aws.lambda_context import LambdaContext
from tests.audio.tones import PAUSE, SPOKEN, spanish, spoken
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.scripted_server import Received
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.http_api import ROUTE as TRANSLATE
from tests.worlds.http_api import ApiWorld

ROUTE = "/v1/audio/transcriptions"
PLAIN = "text/plain; charset=utf-8"
SENTENCES = 3
TEXT = " ".join(spanish(number) for number in range(SENTENCES))
Field = tuple[str, str]


@pytest.fixture(scope="module")
def running_hearing() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones()) as provider:
        yield provider


@pytest.fixture
def provider(running_hearing: SpeechProvider, world: ApiWorld) -> Iterator[SpeechProvider]:
    """Whisper as OpenAI has it, which hears Spanish."""
    running_hearing.reset()
    with world.settings(PROVIDER_BASE_URL=running_hearing.base_url, **_SIZES):
        yield running_hearing


_SIZES = {"MAX_AUDIO_BYTES": "1000000", "PROVIDER_MAX_AUDIO_BYTES": "1000000"}


def post(world: ApiWorld, content: bytes, *more: Field, **fields: str) -> requests.Response:
    form = [*{"model": "whisper-1", **fields}.items(), *more]
    files = {"file": ("a.wav", content)}
    return requests.post(world.url + ROUTE, data=form, files=files, timeout=60)


def ask(world: ApiWorld, *more: Field, **fields: str) -> dict[str, Any]:
    response = post(
        world, spoken(range(SENTENCES)), *more, response_format="verbose_json", **fields
    )
    assert response.status_code == 200, response.text
    return dict(response.json())


def error(response: requests.Response) -> tuple[int, str, str | None]:
    found = response.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return response.status_code, found["code"], found["param"]


def check_times(segments: list[dict[str, Any]], *, near: float) -> None:
    starts = [PAUSE + number * (PAUSE + SPOKEN) for number in range(SENTENCES)]
    assert [s["start"] for s in segments] == pytest.approx([s / 1000 for s in starts], abs=near)
    ends = [(start + SPOKEN) / 1000 for start in starts]
    assert [s["end"] for s in segments] == pytest.approx(ends, abs=near)
    assert [s["text"].strip() for s in segments] == [spanish(n) for n in range(SENTENCES)]


def test_speech_comes_back_in_its_own_language(world: ApiWorld, provider: SpeechProvider) -> None:
    body = ask(world)
    assert (body["task"], body["language"], body["text"]) == ("transcribe", "spanish", TEXT)
    check_times(body["segments"], near=0.1)
    assert "words" not in body
    assert not {"source", "spoken", "untranslated"} & set(body["segments"][0])
    assert "warnings" not in body, "Spanish is no lack of English"
    (call,) = provider.received
    assert call.path == ROUTE
    assert call.fields["response_format"] == "verbose_json"
    assert "language" not in call.fields


@pytest.mark.parametrize(
    ("response_format", "content_type", "begins"),
    [
        ("json", "application/json", f'{{"text": "{TEXT}"}}'),
        ("text", PLAIN, f"{TEXT}\n"),
        ("srt", PLAIN, "1\n00:00:01,0"),
        ("vtt", PLAIN, "WEBVTT\n\n00:00:01.0"),
        ("ttml", PLAIN, '<?xml version="1.0" encoding="UTF-8"?>'),
        ("ass", PLAIN, "[Script Info]\n"),
        ("csv", PLAIN, "\ufeffstart,end,text,"),
    ],
)
@pytest.mark.usefixtures("provider")
def test_every_format_has_openais_content_type(
    world: ApiWorld, response_format: str, content_type: str, begins: str
) -> None:
    response = post(world, spoken(range(SENTENCES)), response_format=response_format)
    assert (response.status_code, response.headers["content-type"]) == (200, content_type)
    assert response.text.startswith(begins)
    assert response.headers["x-model"] == "whisper-1"
    assert response.headers["sunset"] == "Fri, 26 Feb 2027 00:00:00 GMT"
    assert response.headers["deprecation"].startswith("@")
    assert not {"x-warnings", "x-untranslated-segments"} & set(response.headers)


@pytest.mark.parametrize("given", ["es", "ES", "spanish", "es-MX"])
def test_a_language_that_is_given_is_told_to_the_provider_and_named(
    world: ApiWorld, provider: SpeechProvider, given: str
) -> None:
    body = ask(world, language=given, prompt="Hola.", temperature="0.5")
    assert body["language"] == "spanish"
    wanted = {"language": "es", "prompt": "Hola.", "temperature": "0.5", "model": "whisper-1"}
    assert provider.received[0].fields.items() >= wanted.items()


def test_a_model_without_times_gets_those_of_the_speech(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    lists = [("keywords[]", "Ñu"), ("keywords[]", "frase, mía"), ("languages[]", "es")]
    body = ask(world, *lists, model="gpt-transcribe")
    assert (body["task"], body["language"], body["text"]) == ("transcribe", "spanish", TEXT)
    check_times(body["segments"], near=0.1)
    assert provider.text_model.questions == [], "there is nothing to translate"
    fields = provider.received[0].fields
    assert fields["keywords[]"] == "Ñu,frase, mía"
    assert (fields["languages[]"], fields["response_format"]) == ("es", "json")


def test_a_server_that_tells_neither_times_nor_language_has_both_found_out(
    world: ApiWorld,
) -> None:
    with (
        SpeechProvider(Tones(), tells_times=False) as provider,
        world.settings(PROVIDER_BASE_URL=provider.base_url, **_SIZES),
    ):
        provider.behaviours = [_bare_text]
        body = ask(world, model="of-some-server")
    assert (body["text"], body["language"]) == (TEXT, "spanish")
    check_times(body["segments"], near=0.1)


def _bare_text(received: Received) -> Answer | None:
    if received.fields["response_format"] == "json":
        text = " ".join(one.source for one in Tones()(received.file))
        return Answer({"text": text})
    return None


def test_words_have_the_providers_times(world: ApiWorld, provider: SpeechProvider) -> None:
    body = ask(world, ("timestamp_granularities[]", "word"))
    assert "segments" not in body, "as OpenAI: what was not asked for is not there"
    words = body["words"]
    assert [set(word) for word in words] == [{"word", "start", "end"}] * len(words)
    assert [word["word"] for word in words] == TEXT.replace(".", "").split()
    each = SPOKEN / 5 / 1000
    assert words[1]["start"] == pytest.approx(PAUSE / 1000 + each, abs=0.1)
    assert words[1]["end"] - words[1]["start"] == pytest.approx(each, abs=0.01)
    assert provider.received[0].fields["timestamp_granularities[]"] == "word,segment"


@pytest.mark.parametrize("name", ["timestamp_granularities[]", "timestamp_granularities"])
def test_a_model_without_times_has_words_with_times_all_the_same(
    world: ApiWorld, provider: SpeechProvider, name: str
) -> None:
    body = ask(world, (name, "word"), (name, "segment"), model="gpt-transcribe")
    check_times(body["segments"], near=0.1)
    words = body["words"]
    assert [word["word"] for word in words] == TEXT.replace(".", "").split()
    for number, segment in enumerate(body["segments"]):
        of_it = words[5 * number : 5 * number + 5]
        assert (of_it[0]["start"], of_it[-1]["end"]) == (segment["start"], segment["end"])
    assert all(one["end"] <= two["start"] for one, two in pairwise(words))
    assert not any("granularities" in field for field in provider.received[0].fields)


def test_a_server_that_knows_no_words_is_asked_without_them(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    refusal = envelope("timestamp_granularities is not supported", "invalid_request_error")
    provider.behaviours = [
        lambda received: Answer(refusal, 400) if "word" in str(received.fields) else None
    ]
    for _ in range(2):
        assert len(ask(world, ("timestamp_granularities[]", "word"))["words"]) == 15
    asked = ["timestamp_granularities[]" in one.fields for one in provider.received]
    assert asked == [True, False, False]


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"stream": "true"}, "stream", "streamed"),
        ({"response_format": "diarized_json"}, "response_format", "speakers=auto"),
        ({"response_format": "mp3"}, "response_format", "verbose_json"),
        ({"known_speaker_names[]": "agent"}, "known_speaker_names", "speaker_names"),
        ({"known_speaker_references[]": "data:"}, "known_speaker_references", "speakers=auto"),
        ({"include[]": "logprobs"}, "include", "logprobs"),
        ({"include": "source"}, "include", "words"),
        ({"chunking_strategy": "manual"}, "chunking_strategy", "auto"),
        ({"chunking_strategy[type]": "server_vad"}, "chunking_strategy", "auto"),
        ({"chunking_strategy": '{"type": "server_vad"}'}, "chunking_strategy", "auto"),
        ({"timestamp_granularities[]": "line"}, "timestamp_granularities", "word"),
        ({"timestamp_granularities[]": "word"}, "timestamp_granularities", "verbose_json"),
        ({"language": "klingon"}, "language", "language"),
        ({"language": "xx"}, "language", "known"),
        ({"model": ""}, "model", "required"),
        ({"temperature": "2"}, "temperature", "1"),
        ({"keywords[]": "<b>"}, "keywords", "line breaks"),
    ],
)
def test_what_cannot_be_had_is_refused_and_named(
    world: ApiWorld, wav: bytes, fields: dict[str, str], param: str, says: str
) -> None:
    response = post(world, wav, **fields)
    assert error(response) == (400, "invalid_request", param)
    assert says in response.json()["error"]["message"]
    assert response.json()["error"]["message"].startswith(param)
    assert world.provider.received == []


@pytest.mark.usefixtures("provider")
def test_several_languages_are_refused(world: ApiWorld) -> None:
    response = post(world, b"", ("languages[]", "es"), ("languages[]", "en"))
    assert error(response) == (400, "invalid_request", "languages")


def test_what_means_nothing_here_is_ignored(world: ApiWorld, wav: bytes) -> None:
    fields = {"stream": "false", "chunking_strategy": "auto", "user": "me", "prompt": ""}
    more = [("timestamp_granularities[]", "segment")]
    assert post(world, wav, *more, **fields).json() == {"text": "Hello there."}


def test_no_file_and_no_audio_are_the_files_fault(world: ApiWorld, wav: bytes) -> None:
    assert post(world, wav).status_code == 200
    assert error(post(world, b"%PDF-1.7")) == (400, "unsupported_audio", "file")
    files = {"model": (None, "whisper-1")}
    response = requests.post(world.url + ROUTE, files=files, timeout=60)
    assert error(response) == (400, "invalid_request", "file")


def test_a_loop_is_asked_for_again(world: ApiWorld, wav: bytes) -> None:
    loop = verbose_json(*["Muchas gracias por todo lo que hacen."] * 30, seconds_each=0.01)
    world.provider.script.extend([Answer(loop), Answer(verbose_json("Buenos días."))])
    response = post(world, wav, prompt="Días")
    assert response.json() == {"text": "Buenos días."}
    first, again = (one.fields for one in world.provider.received)
    assert (first["prompt"], again.get("prompt")) == ("Días", None)
    assert float(again["temperature"]) > float(first["temperature"])


def test_after_its_end_another_model_answers_for_whisper(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    gone = envelope("The model does not exist", code="model_not_found")
    provider.behaviours = [
        lambda received: Answer(gone, 404) if received.fields["model"] == "whisper-1" else None
    ]
    body = ask(world)
    assert (body["text"], body["language"], body["task"]) == (TEXT, "spanish", "transcribe")
    check_times(body["segments"], near=0.1)
    response = post(world, spoken(range(SENTENCES)), response_format="srt")
    assert response.headers["x-model"] == "gpt-transcribe"
    assert "x-untranslated-segments" not in response.headers
    assert [cue.content for cue in srt.parse(response.text)] == [
        spanish(number) for number in range(SENTENCES)
    ]
    with world.settings(REPLACE_RETIRED_MODELS="false", PROVIDER_BASE_URL=provider.base_url):
        assert error(post(world, spoken([1]))) == (404, "model_not_found", "model")


def test_silence_is_no_language(world: ApiWorld, provider: SpeechProvider) -> None:
    silence = spoken([])
    response = post(world, silence, response_format="verbose_json")
    body = response.json()
    assert (body["text"], body["language"], body["segments"]) == ("", "unknown", [])
    assert response.headers["x-warnings"] == "1"
    assert provider.received == []


def test_a_url_is_transcribed_as_well(world: ApiWorld, provider: SpeechProvider) -> None:
    url = world.source.file("/tones.wav", spoken(range(SENTENCES)))
    asked = {"audioFileUrl": url, "responseFormat": "verbose_json", "transcribe": True}
    asked |= {"timestampGranularities": ["word", "segment"], "include": ["source"]}
    body = world.post(asked).json()
    assert (body["task"], body["language"], len(body["words"])) == ("transcribe", "spanish", 15)
    assert body["segments"][0]["spoken"] == "spanish"
    assert "source" not in body["segments"][0]
    assert {one.path for one in provider.received} == {ROUTE}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"transcribe": True, "targetLanguage": "de"}, "targetLanguage"),
        ({"timestampGranularities": ["word"]}, "timestampGranularities"),
        ({"transcribe": True, "timestampGranularities": ["line"]}, "timestampGranularities"),
        ({"transcribe": "perhaps"}, "transcribe"),
    ],
)
def test_what_a_url_cannot_be_asked_for_is_said(
    world: ApiWorld, audio_url: str, fields: dict[str, Any], param: str
) -> None:
    response = world.post({"audioFileUrl": audio_url, **fields}, TRANSLATE)
    assert error(response) == (400, "invalid_request", param)


def test_the_sample_event_is_transcribed(world: ApiWorld) -> None:
    event = json.loads((REPOSITORY / "events" / "http-openai-transcription.json").read_text())
    answer = world.call(event, LambdaContext("id", time.time() + 5))
    assert json.loads(answer["body"])["task"] == "transcribe"


def test_openapi_describes_the_form_its_key_and_its_answers(world: ApiWorld) -> None:
    operation = world.get("/openapi.json").json()["paths"][ROUTE]["post"]
    assert operation["security"] == [{"bearer": []}]
    form = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["file", "model"]
    names = set(form["properties"])
    assert {"language", "timestamp_granularities[]", "stream", "response_format"} <= names
    assert set(operation["responses"]["200"]["content"]) == {"application/json", "text/plain"}
    assert "X-Model" in operation["responses"]["200"]["headers"]
