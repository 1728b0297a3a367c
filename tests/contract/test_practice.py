"""POST /practice: what was said beside what was to be said."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.audio.tones import PAUSE, SPOKEN, english, spanish, spoken
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.http_api import ApiWorld

ROUTE = "/practice"
TEXT = f"{spanish(0)} {spanish(1)}"
SECRET = "Xochimilco"
_SIZES = {"MAX_AUDIO_BYTES": "12000000", "PROVIDER_MAX_AUDIO_BYTES": "12000000"}


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


def send(
    world: ApiWorld,
    expected: str = TEXT,
    content: bytes | None = None,
    headers: Any = None,
    **fields: str,
) -> requests.Response:
    """Send two sentences, or another file."""
    form = {"expectedText": expected, "language": "es", **fields}
    files = {"file": ("a.wav", spoken(range(2)) if content is None else content)}
    return requests.post(world.url + ROUTE, data=form, files=files, headers=headers, timeout=60)


def practiced(world: ApiWorld, expected: str = TEXT, **fields: str) -> dict[str, Any]:
    answer = send(world, expected, None, None, **fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def said_by(world: ApiWorld, *texts: str) -> None:
    """Have the world's own provider hear these segments."""
    world.provider.default = Answer(verbose_json(*texts, seconds_each=0.5 / len(texts)))


def verdicts(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(word["word"], word["verdict"]) for word in body["words"]]


def error(response: requests.Response) -> tuple[int, str, str | None]:
    found = response.json()["error"]
    return response.status_code, found["code"], found["param"]


def test_what_was_said_is_heard_with_its_times(world: ApiWorld, provider: SpeechProvider) -> None:
    answer = send(world)
    body = answer.json()
    assert answer.headers["x-model"] == body["model"] == "whisper-1"
    assert answer.headers["sunset"]
    assert {word["verdict"] for word in body["words"]} == {"heard"}
    assert [word["word"] for word in body["words"]] == TEXT.replace(".", "").split()
    assert all("heard" not in word for word in body["words"])
    second = body["words"][5]
    assert second["start"] == pytest.approx((2 * PAUSE + SPOKEN) / 1000, abs=0.1)
    assert body["words"][6]["start"] - second["start"] == pytest.approx(SPOKEN / 5000, abs=0.1)
    (pause,) = body["pauses"]
    assert pause["start"] == pytest.approx((PAUSE + SPOKEN) / 1000, abs=0.1)
    assert pause["end"] == pytest.approx((2 * PAUSE + SPOKEN) / 1000, abs=0.1)
    assert body["wordsPerMinute"] == pytest.approx(10 / 4 * 60, rel=0.05)
    assert (body["completeness"], body["heardText"], body["language"]) == (1, TEXT, "es")
    assert (body["understood"], body["warnings"]) == (None, [])
    (call,) = provider.received
    assert call.path.endswith("/transcriptions")
    assert call.fields["language"] == "es"
    assert call.fields["timestamp_granularities[]"] == "word,segment"


@pytest.mark.usefixtures("provider")
def test_what_was_not_said_is_flagged(world: ApiWorld) -> None:
    body = practiced(world, "Esta no es frase cero, esta es la clase 1")
    assert verdicts(body) == [
        ("Esta", "heard"),
        ("no", "missing"),
        ("es", "heard"),
        ("la", "extra"),
        ("frase", "heard"),
        ("cero", "heard"),
        ("esta", "heard"),
        ("es", "heard"),
        ("la", "heard"),
        ("clase", "different"),
        ("1", "heard"),
    ]
    assert body["completeness"] == 0.8
    (different,) = [word for word in body["words"] if word["verdict"] == "different"]
    assert different["heard"] == "frase"
    assert different["start"] < different["end"]
    (missing,) = [word for word in body["words"] if word["verdict"] == "missing"]
    assert set(missing) == {"word", "verdict"}


@pytest.mark.parametrize("model", ["whisper-1", "gpt-transcribe"])
def test_the_provider_is_never_told_what_to_expect(
    world: ApiWorld, provider: SpeechProvider, model: str
) -> None:
    body = practiced(world, f"{TEXT} {SECRET}", model=model, include="understood")
    assert body["words"][-1] == {"word": SECRET, "verdict": "missing"}
    assert provider.received
    for call in provider.received:
        assert SECRET not in f"{call.fields}{call.file.decode('latin-1')}"
        assert not {"prompt", "keywords[]"} & set(call.fields)


def test_what_was_said_and_expected_is_in_no_log(
    world: ApiWorld, provider: SpeechProvider, wav: bytes
) -> None:
    practiced(world, f"{TEXT} {SECRET}", include="understood")
    assert send(world, SECRET, content=b"%PDF-1.7").status_code == 400
    log = world.log.getvalue()
    assert '"Translated"' in log
    assert SECRET not in log
    assert "frase" not in log


def test_a_url_is_answered_as_its_file_is(world: ApiWorld, provider: SpeechProvider) -> None:
    url = world.source.file("/tones.wav", spoken(range(2)))
    body = {"audioFileUrl": url, "expectedText": TEXT, "language": "Spanish"}
    answer = world.post(body, ROUTE)
    assert answer.json() == practiced(world)
    assert len(provider.received) == 2


def test_english_is_understood_as_it_is_heard(world: ApiWorld, wav: bytes) -> None:
    body = send(world, "Hello there!", wav, language="en", include="understood").json()
    assert (body["understood"], body["heardText"]) == ("Hello there.", "Hello there.")
    assert len(world.provider.received) == 1, "it is not asked for again"


def test_what_was_understood_takes_a_second_call_and_is_asked_for(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    body = practiced(world, include="understood")
    assert body["understood"] == f"{english(0)} {english(1)}"
    assert body["heardText"] == TEXT
    paths = [call.path.rpartition("/")[2] for call in provider.received]
    assert paths == ["transcriptions", "translations"]
    practiced(world)
    lines = [json.loads(line) for line in world.log.getvalue().splitlines()]
    twice, once = (dollars for line in lines for dollars in line.get("EstimatedDollars", ()))
    assert twice == pytest.approx(2 * once)
    assert once > 0


def test_after_two_steps_the_text_model_tells_what_was_understood(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    body = practiced(world, include="understood", model="gpt-transcribe")
    assert (body["heardText"], body["completeness"]) == (TEXT, 1)
    assert body["understood"].split()
    assert body["understood"] != TEXT
    (question,) = provider.text_model.questions
    assert [call.path.rpartition("/")[2] for call in provider.received].count("translations") == 0
    assert question


def test_without_the_second_call_the_first_is_not_lost(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    refusal = envelope("no translations today", "invalid_request_error")
    provider.behaviours = [
        lambda received: Answer(refusal, 400) if "translations" in received.path else None
    ]
    answer = send(world, include="understood")
    body = answer.json()
    assert (body["completeness"], body["understood"]) == (1, None)
    assert [warning[:37] for warning in body["warnings"]] == [
        "What was understood in English is not"
    ]
    assert answer.headers["x-warnings"] == "1"


def test_silence_is_a_text_that_is_missing(world: ApiWorld, provider: SpeechProvider) -> None:
    body = send(world, content=spoken([]), include="understood").json()
    assert {word["verdict"] for word in body["words"]} == {"missing"}
    assert (body["wordsPerMinute"], body["pauses"], body["completeness"]) == (None, [], 0)
    assert (body["heardText"], body["understood"]) == ("", "")
    assert body["warnings"] == [
        "No speech was heard in the audio; nothing was sent to the provider."
    ]
    assert provider.received == []


def test_a_recording_that_is_too_long_is_refused_before_it_is_paid(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    long = spoken([0]) + bytes(2 * 16_000 * 300)
    header = bytearray(long)
    header[4:8] = (len(long) - 8).to_bytes(4, "little")
    header[40:44] = (len(long) - 44).to_bytes(4, "little")
    url = world.source.file("/long.wav", bytes(header))
    body = {"audioFileUrl": url, "expectedText": TEXT, "language": "es"}
    answer = world.post(body, ROUTE)
    assert error(answer) == (413, "audio_too_large", "audioFileUrl")
    assert "5 minutes" in answer.json()["error"]["message"]
    assert provider.received == []
    assert list(world.work_folder.iterdir()) == []


def test_where_nothing_transcribes_that_is_said(world: ApiWorld, provider: SpeechProvider) -> None:
    gone = envelope("Not Found", "invalid_request_error")
    provider.behaviours = [
        lambda received: Answer(gone, 404) if "transcriptions" in received.path else None
    ]
    answer = send(world)
    assert error(answer) == (502, "provider_rejected", "model")
    assert answer.json()["error"]["message"].startswith("Practice needs a model that transcribes")


def test_another_language_is_told(world: ApiWorld, wav: bytes) -> None:
    said_by(world, "The weather is very nice today, is it not?")
    body = send(world, "Hoy hace muy buen tiempo, ¿no es verdad?", wav).json()
    assert body["warnings"] == ["What was heard seems to be in another language than Spanish."]
    body = send(world, "The weather is very nice today, is it not?", wav).json()
    assert body["warnings"] == ["The text seems to be in another language than Spanish."]


def test_a_text_without_accents_is_compared_without_them_and_that_is_told(
    world: ApiWorld, wav: bytes
) -> None:
    said_by(world, "¿Está el señor aquí?")
    body = send(world, "esta el senor aqui", wav).json()
    assert body["completeness"] == 1
    assert body["warnings"] == [
        "The text has no accents, so the accents of what was heard were not compared."
    ]
    body = send(world, "Esta el señor aquí", wav).json()
    assert (body["completeness"], body["warnings"]) == (0.75, [])


@pytest.mark.parametrize("expected", ["", "  ", "…!? —", "😀🎉", "\u202e\u200f", "\ud800", "ـʼ"])
def test_a_text_without_words_is_refused(world: ApiWorld, wav: bytes, expected: str) -> None:
    url = world.source.file("/a.wav", wav)
    body = {"audioFileUrl": url, "expectedText": expected, "language": "es"}
    answer = world.post(json.dumps(body).encode(), ROUTE)
    assert error(answer) == (400, "invalid_request", "expectedText")
    assert world.provider.received == []


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"expectedText": "a" * 5_001}, "expectedText", "at most 5000 characters"),
        ({"expectedText": 7}, "expectedText", "text"),
        ({"expectedText": None}, "expectedText", "text"),
        ({"language": ""}, "language", "language"),
        ({"language": "klingon"}, "language", "language"),
        ({"include": ["source"]}, "include", "understood"),
        ({"prompt": "Hola"}, "prompt", "no field"),
        ({"keywords": ["Hola"]}, "keywords", "no field"),
        ({"audioFileUrl": "ftp://a.test/b"}, "audioFileUrl", "scheme"),
    ],
)
def test_what_is_wrong_with_a_field_is_said(
    world: ApiWorld, audio_url: str, fields: dict[str, Any], param: str, says: str
) -> None:
    body = {"audioFileUrl": audio_url, "expectedText": "Hola", "language": "es", **fields}
    answer = world.post(body, ROUTE)
    status, _, found = error(answer)
    assert (status, found) == (400, param)
    assert says in answer.json()["error"]["message"]
    assert world.provider.received == []


@pytest.mark.parametrize("field", ["audioFileUrl", "expectedText", "language"])
def test_a_field_that_is_not_there_is_named(world: ApiWorld, audio_url: str, field: str) -> None:
    body = {"audioFileUrl": audio_url, "expectedText": "Hola", "language": "es"}
    del body[field]
    assert error(world.post(body, ROUTE)) == (400, "invalid_request", field)
    assert error(world.post([], ROUTE))[:2] == (400, "invalid_request")


def test_a_file_that_is_no_audio_is_the_files_fault(world: ApiWorld) -> None:
    assert error(send(world, content=b"%PDF-1.7")) == (400, "unsupported_audio", "file")
    assert list(world.work_folder.iterdir()) == []


def test_a_request_that_is_sent_again_with_its_key_gets_its_first_answer(
    jobs: ApiWorld, wav: bytes
) -> None:
    headers = {"Idempotency-Key": "one"}
    first = send(jobs, "Hello there", wav, headers, language="en")
    assert first.status_code == 200, first.text
    again = send(jobs, "Hello there", wav, headers, language="en")
    assert (again.text, len(jobs.provider.received)) == (first.text, 1)
    assert again.headers["x-model"] == "whisper-1"
    assert send(jobs, "Hello you", wav, headers, language="en").status_code == 409
    assert send(jobs, "Hello there", wav + b"x", headers, language="en").status_code == 409


def test_a_provider_that_fails_is_told_as_ever(world: ApiWorld, wav: bytes) -> None:
    world.provider.default = Answer(envelope("slow down"), 429, {"Retry-After": "1"})
    answer = send(world, content=wav)
    assert error(answer)[:2] == (429, "rate_limited")
    assert answer.headers["retry-after"]


def test_openapi_describes_both_bodies(world: ApiWorld) -> None:
    page = world.get("/openapi.json").json()
    operation = page["paths"][ROUTE]["post"]
    assert operation["security"] == [{"apiKey": []}]
    assert set(operation["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    form = page["components"]["schemas"]["PracticeForm"]
    assert form["required"] == ["expectedText", "language"]
    assert set(form["properties"]) == {
        "file", "audioFileUrl", "expectedText", "language", "model", "include",
    }  # fmt: skip
    word = page["components"]["schemas"]["PracticedWord"]
    assert word["required"] == ["word", "verdict"]
