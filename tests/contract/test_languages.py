"""More than English: what a request may say about languages and names, and what becomes of it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import requests
import srt

from tests.audio.tones import PAUSE, SPOKEN, spanish, spoken
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.provider.text_answers import in_german, listed
from tests.worlds.http_api import BACKENDLESS_ROUTE, ROUTE, ApiWorld

SENTENCES = 3


@pytest.fixture(scope="module")
def running_both() -> Iterator[SpeechProvider]:
    provider = SpeechProvider(Tones(), tells_times=False)
    with provider:
        yield provider


@pytest.fixture
def provider(running_both: SpeechProvider, world: ApiWorld) -> Iterator[SpeechProvider]:
    running_both.reset()
    running_both.text_model.default = lambda question: listed(
        [{"id": s["id"], "text": in_german(s["text"])} for s in question.segments]
    )
    sizes = {"MAX_AUDIO_BYTES": "1000000", "PROVIDER_MAX_AUDIO_BYTES": "1000000"}
    with world.settings(PROVIDER_BASE_URL=running_both.base_url, **sizes):
        yield running_both


def ask(world: ApiWorld, route: str = ROUTE, **fields: Any) -> requests.Response:
    url = world.source.file("/tones.wav", spoken(range(SENTENCES)))
    return world.post({"audioFileUrl": url, **fields}, route)


def segments_of(response: requests.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return list(response.json()["segments"])


@pytest.mark.parametrize("route", [ROUTE, BACKENDLESS_ROUTE])
def test_another_language_takes_two_steps_and_is_named(
    world: ApiWorld, provider: SpeechProvider, route: str
) -> None:
    response = ask(world, route, targetLanguage="de-AT", responseFormat="verbose_json")
    segments = segments_of(response)
    assert response.json()["language"] == "german"
    assert response.headers["X-Model"] == "gpt-transcribe"
    assert " ".join(s["text"] for s in segments) == " ".join(
        in_german(spanish(n)) for n in range(SENTENCES)
    )
    assert segments[0]["start"] == pytest.approx(PAUSE / 1000, abs=0.1)
    assert not any("source" in segment or "spoken" in segment for segment in segments)
    assert [q.data["target_language"] for q in provider.text_model.questions] == [
        {"tag": "de-AT", "name": "german"}
    ]


@pytest.mark.parametrize(
    ("target", "said", "text", "line"),
    [
        (
            "he",
            "NASA שיגרה אתמול שלושה לוויינים לחלל.",
            "NASA שיגרה אתמול שלושה לוויינים לחלל. NASA שיגרה אתמול שלושה לוויינים לחלל.",
            "\u202bNASA שיגרה אתמול שלושה לוויינים לחלל.\u202c",
        ),
        (
            "ja",
            "昨日は<b>太字</b>で書きました。",
            "昨日は<b>太字</b>で書きました。昨日は<b>太字</b>で書きました。",
            "昨日は<\u2060b>太字<\u2060/b>で書きました。",
        ),
    ],
)
def test_texts_and_subtitles_are_right_in_every_script(
    world: ApiWorld, provider: SpeechProvider, target: str, said: str, text: str, line: str
) -> None:
    provider.text_model.default = lambda question: listed(
        [{"id": s["id"], "text": said} for s in question.segments]
    )
    plain = ask(world, targetLanguage=target, responseFormat="text")
    assert text in plain.text, plain.text
    subtitles = ask(world, targetLanguage=target, responseFormat="srt")
    assert line in subtitles.text.splitlines(), subtitles.text


def test_what_was_said_stands_beside_its_translation(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    wishes: dict[str, Any] = {"include": ["source"], "targetLanguage": "de"}
    segments = segments_of(ask(world, responseFormat="verbose_json", **wishes))
    assert " ".join(s["source"] for s in segments) == " ".join(map(spanish, range(SENTENCES)))
    assert {s["spoken"] for s in segments} == {"spanish"}

    cues = list(srt.parse(ask(world, responseFormat="srt", **wishes).text))
    said = " ".join(cue.content.splitlines()[0] for cue in cues)
    translated = " ".join(cue.content.splitlines()[1] for cue in cues)
    assert said == " ".join(map(spanish, range(SENTENCES)))
    assert translated == " ".join(in_german(spanish(n)) for n in range(SENTENCES))
    assert all(one.end <= other.start for one, other in pairwise(cues))
    end = PAUSE + SENTENCES * (SPOKEN + PAUSE)
    assert end - PAUSE - 150 <= cues[-1].end.total_seconds() * 1000 <= end


def test_hints_and_names_reach_both_models(world: ApiWorld, provider: SpeechProvider) -> None:
    names = ["Kraków", "Ada & Söhne"]
    segments_of(
        ask(
            world,
            model="gpt-transcribe",
            sourceLanguage="es-MX",
            keywords=names,
            prompt="A call.",
            targetLanguage="de",
            responseFormat="verbose_json",
        )
    )
    heard = [r.fields for r in provider.received if r.path == "/v1/audio/transcriptions"]
    assert heard
    for fields in heard:
        assert fields["keywords[]"] == ",".join(names)
        assert (fields["languages[]"], fields["prompt"]) == ("es", "A call.")
    (question,) = provider.text_model.questions
    assert question.data["glossary"] == names


def test_the_registrys_codes_are_taken_where_whisper_has_others(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    for tag, name in {"nb": "norwegian", "fil-PH": "tagalog", "jv": "javanese"}.items():
        response = ask(world, targetLanguage=tag, responseFormat="verbose_json")
        assert response.json()["language"] == name


@pytest.mark.parametrize(
    "written", ["German", "deutsch", "deu", "ger", "DE_at", "German (Austria)"]
)
def test_a_language_may_be_written_as_tools_write_it(
    world: ApiWorld, provider: SpeechProvider, written: str
) -> None:
    response = ask(world, targetLanguage=written, responseFormat="verbose_json")
    assert response.status_code == 200, response.text
    assert response.json()["language"] == "german"
    question = provider.text_model.questions[0]
    assert question.data["target_language"]["tag"] in ("de", "de-AT")
    assert question.data["target_language"]["name"] == "german"


@pytest.mark.parametrize("written", ["Germn", "deutch", "ger man y"])
def test_a_language_that_is_none_is_answered_with_what_it_may_mean(
    world: ApiWorld, provider: SpeechProvider, written: str
) -> None:
    error = ask(world, targetLanguage=written).json()["error"]
    assert error["param"] == "targetLanguage"
    assert "Did you mean de (German)" in error["message"]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"targetLanguage": "klingon"}, "targetLanguage"),
        ({"targetLanguage": "xx"}, "targetLanguage"),
        ({"targetLanguage": "de--AT"}, "targetLanguage"),
        ({"targetLanguage": 5}, "targetLanguage"),
        ({"sourceLanguage": "q"}, "sourceLanguage"),
        ({"include": ["word"]}, "include"),
        ({"include": {"source": True}}, "include"),
        ({"keywords": ["a\nb"]}, "keywords"),
        ({"keywords": ["<b>"]}, "keywords"),
        ({"keywords": [""]}, "keywords"),
        ({"keywords": ["x" * 101]}, "keywords"),
        ({"keywords": ["x"] * 101}, "keywords"),
        ({"keywords": [1]}, "keywords"),
    ],
)
def test_what_is_no_language_or_name_is_refused_by_its_field(
    world: ApiWorld, provider: SpeechProvider, fields: dict[str, Any], param: str
) -> None:
    response = ask(world, **fields)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "invalid_request")
    assert error["param"].split(".")[0] == param
    assert param in error["message"]
    assert provider.received == []
