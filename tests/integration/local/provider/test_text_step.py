"""The local provider's gpt-transcribe, and its text step, which hears the sound once more."""

import json
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import openai
import pytest
import requests
from faster_whisper.transcribe import Segment, Word  # type: ignore[import-untyped]

from local import REPOSITORY
from local.provider.openai_answers import Refused
from local.provider.server import create_app
from local.provider.text_step import Line, Memory, Recorder, TextStep
from local.provider.weights import model_to_load
from local.provider.whisper_model import RATE, Heard, Whisper
from tests.fakes.asgi_server import running_app

SPEECH = REPOSITORY / "tests" / "data" / "speech"
SPANISH = SPEECH / "es" / "conf-waitforleader.mp3"
TWO_SENTENCES = SPEECH / "fr" / "vm-tempgreeting2.mp3"
FORMAT: Any = {"type": "json_schema", "name": "t", "schema": {"type": "object"}, "strict": True}


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    return Whisper(model_to_load(os.environ))


@pytest.fixture(scope="module")
def url(whisper: Whisper) -> Iterator[str]:
    with running_app(create_app(whisper)) as url:
        yield f"{url}/v1"


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="any", base_url=url, max_retries=0) as client:
        yield client


def message(*texts: str, to: str = "en", **of_each: str) -> str:
    segments = [{"id": n, "text": text, **of_each} for n, text in enumerate(texts)]
    language = {"tag": to, "name": "that"}
    return json.dumps({"target_language": language, "segments": segments, "before": ["Hola."]})


def texts(response: Any) -> list[str]:
    segments = json.loads(response.output_text)["segments"]
    assert [segment["id"] for segment in segments] == list(range(len(segments)))
    return [segment["text"].lower() for segment in segments]


def ask(client: openai.OpenAI, content: str) -> Any:
    return client.responses.create(
        model="gpt-6-luna",
        instructions="Translate.",
        input=[{"role": "user", "content": content}],
        text={"format": FORMAT},
        store=False,
    )


def refused(response: requests.Response, status: int, param: str | None) -> str:
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error["param"] == param
    return str(error["message"])


# Transcription -----------------------------------------------------------------------------------


def test_what_was_transcribed_is_translated_by_hearing_it_again(client: openai.OpenAI) -> None:
    said = client.audio.transcriptions.create(
        file=SPANISH, model="gpt-transcribe", keywords=["conferencia"], languages=["es", "it"]
    )
    assert "conferencia" in said.text.lower()
    assert said.languages
    assert [language.code for language in said.languages] == ["es"]
    assert said.usage
    assert said.usage.type == "duration"
    assert said.usage.seconds == 4

    response = ask(client, message(f"  {said.text} "))
    (english,) = texts(response)
    assert "conference" in english
    assert response.model == "local-whisper-translate"
    assert response.status == "completed"


def test_a_sentence_is_translated_without_its_neighbour(client: openai.OpenAI) -> None:
    said = client.audio.transcriptions.create(file=TWO_SENTENCES, model="gpt-transcribe")
    assert said.languages
    assert [language.code for language in said.languages] == ["fr"]
    first, _, second = said.text.partition(". ")

    english = texts(ask(client, message(f"{first}.", second)))

    assert "1" in english[0]
    assert "2" not in english[0]
    assert "2" in english[1]
    assert "1" not in english[1]


def test_a_hint_decides_the_language(client: openai.OpenAI) -> None:
    hinted = client.audio.transcriptions.create(
        file=SPANISH, model="gpt-transcribe", languages=["fr"]
    )
    assert hinted.languages
    assert [language.code for language in hinted.languages] == ["fr"]


def test_silence_is_in_no_language(url: str) -> None:
    silence = b"RIFF\x24\xfa\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00" + (
        b"\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x00\xfa\x00\x00" + bytes(64_000)
    )
    answer = transcribe(url, silence, name="a.wav").json()
    assert answer == {"text": "", "languages": [], "usage": {"type": "duration", "seconds": 2}}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        *(({"response_format": f}, "response_format") for f in ("text", "srt", "vtt", "xml")),
        ({"response_format": "verbose_json"}, "response_format"),
        ({"language": "es", "languages[]": ["es"]}, "languages"),
        ({"languages[]": ["es", "Spanish"]}, "languages"),
        ({"language": "Spanish"}, "language"),
        ({"keywords[]": ["one\ntwo"]}, "keywords"),
        ({"keywords[]": ["<b>"]}, "keywords"),
        ({"keywords[]": ["Asterisk"], "model": "whisper-1"}, "keywords"),
        ({"languages[]": ["es"], "model": "whisper-1"}, "languages"),
    ],
)
def test_what_gpt_transcribe_does_not_take_is_named(
    url: str, fields: dict[str, Any], param: str
) -> None:
    assert param in refused(transcribe(url, b"", **fields), 400, param)


def test_gpt_transcribe_does_not_translate(url: str) -> None:
    response = requests.post(
        f"{url}/audio/translations",
        headers={"Authorization": "Bearer any"},
        files={"file": ("a.mp3", b"")},
        data={"model": "gpt-transcribe"},
        timeout=60,
    )
    assert "gpt-transcribe" in refused(response, 404, "model")


def transcribe(
    url: str, audio: bytes, *, name: str = "a.mp3", timeout: float = 60, **fields: Any
) -> requests.Response:
    return requests.post(
        f"{url}/audio/transcriptions",
        headers={"Authorization": "Bearer any"},
        files={"file": (name, audio)},
        data={"model": "gpt-transcribe", **fields},
        timeout=timeout,
    )


# The text step -----------------------------------------------------------------------------------


def test_a_text_that_was_never_heard_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="segment 0 was not transcribed") as info:
        ask(client, message("Nadie ha dicho eso."))
    assert info.value.code == "text_not_heard"


def test_whisper_translates_to_english_only(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="to English only, not to 'de-AT'"):
        ask(client, message("Hola.", to="de-AT"))


GOOD: dict[str, Any] = {
    "model": "gpt-6-luna",
    "input": [{"role": "user", "content": message("Hola.")}],
    "text": {"format": FORMAT},
}


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"model": "gpt-9"}, 404, "model"),
        ({"stream": True}, 400, "stream"),
        ({"tools": [{"type": "web_search"}]}, 400, "tools"),
        ({"previous_response_id": "resp_1"}, 400, "previous_response_id"),
        ({"text": {"format": {"type": "text"}}}, 400, "text"),
        ({"text": None}, 400, "text"),
        ({"input": "Say hello."}, 400, "input"),
        ({"input": []}, 400, "input"),
        ({"input": [{"role": "user", "content": "Say hello."}]}, 400, "input"),
        ({"input": [{"role": "user", "content": "[" * 100_000}]}, 400, "input"),
        ({"input": [{"role": "system", "content": message("Hola.")}]}, 400, "input"),
        ({"input": [{"role": "user", "content": [{"type": "input_text"}]}]}, 400, "input"),
    ],
)
def test_any_other_use_of_a_text_model_is_refused(
    url: str, change: dict[str, Any], status: int, param: str
) -> None:
    assert refused(post_json(url, {**GOOD, **change}), status, param)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_json_object_is_refused(url: str, body: bytes) -> None:
    response = requests.post(
        f"{url}/responses", data=body, headers={"Authorization": "Bearer any"}, timeout=60
    )
    assert "no text model" in refused(response, 400, "body")


def test_the_text_step_wants_a_key(url: str) -> None:
    assert requests.post(f"{url}/responses", json=GOOD, timeout=60).status_code == 401


def post_json(url: str, body: dict[str, Any]) -> requests.Response:
    return requests.post(
        f"{url}/responses", json=body, headers={"Authorization": "Bearer any"}, timeout=60
    )


def test_who_hangs_up_in_the_queue_keeps_nobody_waiting(
    whisper: Whisper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that came back after its time-out would wait behind what it left."""
    heard_by, release = [], threading.Event()

    def slow(_: object, __: object, *, prompt: str, **___: object) -> Heard:
        heard_by.append(prompt)
        assert release.wait(30)
        return Heard([], "en", 1)

    monkeypatch.setattr(whisper, "hear", slow)
    with running_app(create_app(whisper)) as url, ThreadPoolExecutor(2) as threads:

        def send(prompt: str, *, seconds: float = 30) -> int:
            return transcribe(f"{url}/v1", b"", prompt=prompt, timeout=seconds).status_code

        busy = [threads.submit(send, f"busy {n}") for n in range(2)]
        while len(heard_by) < 2:
            time.sleep(0.01)
        with pytest.raises(requests.Timeout):
            send("hangs up", seconds=0.3)
        release.set()
        assert [call.result() for call in busy] == [200, 200]
        assert send("next") == 200
    assert heard_by[2:] == ["next"]


# What it remembers -------------------------------------------------------------------------------


def heard(memory: Memory, *words: tuple[str, float, float], seconds: float, sound: int = 1) -> None:
    recorder = Recorder([(0.0, np.full(round(seconds * RATE), sound / 32768, np.float32))])
    assert sum(len(samples) for _, samples in recorder) == round(seconds * RATE)
    timed = [Word(start, end, word, 1.0) for word, start, end in words]
    segment = Segment(0, 0, 0, seconds, "", [], 0, 0, 0, timed, 0)
    memory.keep(Heard([segment], "es", seconds), recorder)


def found(memory: Memory, text: str) -> tuple[int, float, float] | None:
    part = memory.part(text)
    return part and (int(part[0].samples[0]), *part[1])


SENTENCES = ((" Sí,", 1.0, 1.5), (" hombre.", 1.5, 2.0), (" L", 3.0, 3.2), ("'amigo", 3.2, 4.0))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Sí, hombre. L'amigo", (0, 9)),
        (" Sí,  hombre.\nL'amigo ", (0, 9)),
        ("Sí, hombre.", (0.5, 2.5)),
        ("L'amigo", (2.5, 4.5)),
        ("hombre.", (1.5, 2.5)),
        ("Sí, hombre. L'ami", None),
        ("amigo", None),
        ("hombre", None),
        ("No, hombre.", None),
    ],
)
def test_words_are_found_where_they_were_said(text: str, span: tuple[float, float] | None) -> None:
    memory = Memory()
    heard(memory, *SENTENCES, seconds=9)
    at = found(memory, text)
    assert (at and at[1:]) == (span and pytest.approx(span))


def test_of_the_same_words_the_last_ones_count() -> None:
    memory = Memory()
    for sound in (1, 2):
        heard(memory, (" Hola.", 0, 1), seconds=1, sound=sound)
    heard(memory, (" Adiós.", 0, 1), seconds=1, sound=3)
    assert found(memory, "Hola.") == (2, 0, 1)


def test_half_an_hour_is_remembered_and_no_more() -> None:
    memory = Memory()
    for minute in range(31):
        heard(memory, (f" {minute}.", 0, 60), seconds=60, sound=minute + 1)
    assert found(memory, "0.") is None
    assert found(memory, "1.") == (2, 0, 60)
    heard(memory, (" Largo.", 0, 1), seconds=1_801)
    assert found(memory, "Largo.") is None
    assert found(memory, "1.") == (2, 0, 60)


def test_who_asks_again_gets_what_is_known_already(
    whisper: Whisper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that hung up comes back; only ``again`` is worth another listening."""
    memory = Memory()
    heard(memory, (" Hola.", 0, 1), seconds=1)
    step = TextStep(whisper, memory)
    temperatures = []

    def listen(*_: object, temperature: float, **__: object) -> Heard:
        temperatures.append(temperature)
        return Heard([], "en", 1)

    monkeypatch.setattr(whisper, "hear", listen)
    part = step.found(Line(id=1, text="Hola."))
    for again in (False, False, True, True):
        step.translated(part, again=again)
    assert temperatures == [0, 0.4]
    with pytest.raises(Refused):
        step.found(Line(id=1, text="Adiós."))
