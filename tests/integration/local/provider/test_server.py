"""The local provider answers as OpenAI does, and has OpenAI's limits."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import openai
import pytest
import requests

from local.provider.audio_decoding import RATE
from local.provider.server import create_app
from local.provider.whisper_model import Whisper, WhisperResult
from tests.fakes.asgi_server import running_app
from tests.fakes.wav import wav
from tests.worlds.local_provider import (
    SPANISH,
    TRANSCRIPTIONS,
    TRANSLATIONS,
    error_of,
    post_audio,
    transcribe,
)


def test_the_sdk_reads_verbose_json(client: openai.OpenAI) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"):
        answer = client.audio.translations.create(
            file=SPANISH, model="whisper-1", response_format="verbose_json", temperature=0
        )

    assert "conference" in answer.text
    assert answer.language == "english"
    assert float(answer.duration) == pytest.approx(3.85, abs=0.1)
    assert answer.segments
    (segment,) = answer.segments
    assert segment.id == segment.seek == 0
    assert 0 <= segment.start < segment.end <= 4.1
    assert segment.tokens
    assert segment.avg_logprob < 0
    assert segment.compression_ratio > 0
    assert 0 <= segment.no_speech_prob <= 1


def test_transcriptions_keep_the_language_and_name_it(url: str) -> None:
    spanish = SPANISH.read_bytes()
    verbose = post_audio(url + TRANSCRIPTIONS, spanish, response_format="verbose_json").json()

    assert verbose["task"] == "transcribe"
    assert verbose["language"] == "spanish"
    assert "conferencia" in verbose["text"].lower()

    vtt = post_audio(url + TRANSCRIPTIONS, spanish, response_format="vtt", language="es").text
    assert vtt.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:0")
    assert "conferencia" in vtt.lower()


def test_words_have_times_where_they_are_asked_for(url: str) -> None:
    def ask(**fields: Any) -> requests.Response:
        return post_audio(url + TRANSCRIPTIONS, SPANISH.read_bytes(), **fields)

    granularities: dict[str, Any] = {"timestamp_granularities[]": "word"}
    answer = ask(response_format="verbose_json", **granularities).json()
    words = answer["words"]
    assert "conferencia" in [word["word"].lower() for word in words]
    assert all(word["start"] <= word["end"] for word in words)
    assert words[-1]["end"] <= answer["duration"]
    assert error_of(ask(**granularities))["param"] == "timestamp_granularities"


def test_silence_is_no_words(url: str) -> None:
    silence = wav(np.zeros(20 * RATE, np.int16))

    answer = post_audio(
        url + TRANSLATIONS, silence, name="a.wav", response_format="verbose_json"
    ).json()

    assert answer["text"] == ""
    assert answer["segments"] == []
    assert answer["duration"] == 20


@pytest.mark.parametrize("body", [b"", b"ID3", b"<html>", bytes(range(256)) * 40])
def test_what_cannot_be_decoded_is_an_invalid_format(url: str, body: bytes) -> None:
    response = post_audio(url + TRANSLATIONS, body)

    assert response.status_code == 400
    assert error_of(response)["message"].startswith("Invalid file format.")


def test_a_cut_file_is_heard_as_far_as_it_goes(url: str) -> None:
    whole = SPANISH.read_bytes()

    response = post_audio(
        url + TRANSLATIONS, whole[: len(whole) // 2], response_format="verbose_json"
    )

    assert response.status_code == 200
    assert response.json()["duration"] == pytest.approx(1.9, abs=0.3)


def test_audio_under_a_tenth_of_a_second_is_too_short(url: str) -> None:
    response = post_audio(url + TRANSLATIONS, wav(np.zeros(800, np.int16)), name="a.wav")

    assert response.status_code == 400
    assert error_of(response)["code"] == "audio_too_short"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer "}, {"Authorization": "any"}])
def test_a_key_is_wanted(url: str, header: dict[str, str]) -> None:
    for response in (
        requests.post(url + TRANSLATIONS, headers=header, timeout=60),
        requests.get(f"{url}/models", headers=header, timeout=60),
    ):
        assert response.status_code == 401
        assert "API key" in error_of(response)["message"]


def test_with_a_key_of_its_own_it_refuses_others(whisper: Whisper) -> None:
    with running_app(create_app(whisper, key="right")) as base:
        url = f"{base}/v1"
        wrong = post_audio(url + TRANSLATIONS, b"", key="wrong")
        right = requests.get(f"{url}/models", headers={"Authorization": "Bearer right"}, timeout=60)

    assert wrong.status_code == 401
    assert error_of(wrong)["code"] == "invalid_api_key"
    assert [model["id"] for model in right.json()["data"]] == [
        "gpt-6-luna",
        "gpt-transcribe",
        "whisper-1",
    ]


def test_an_unknown_route_is_a_404_and_a_wrong_method_a_405(url: str) -> None:
    assert requests.get(f"{url}/nothing", timeout=60).status_code == 404
    assert "Invalid URL" in error_of(requests.get(f"{url}/nothing", timeout=60))["message"]
    assert requests.get(url + TRANSLATIONS, timeout=60).status_code == 405


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


def test_the_text_step_wants_a_key(url: str) -> None:
    assert requests.post(f"{url}/responses", json={}, timeout=60).status_code == 401


def test_who_hangs_up_in_the_queue_keeps_nobody_waiting(
    whisper: Whisper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that came back after its time-out would wait behind what it left."""
    prompts, release = [], threading.Event()

    def slow(_: object, __: object, *, prompt: str, **___: object) -> WhisperResult:
        prompts.append(prompt)
        assert release.wait(30)
        return WhisperResult([], "en", 1)

    monkeypatch.setattr(whisper, "transcribe", slow)
    with running_app(create_app(whisper)) as url, ThreadPoolExecutor(2) as threads:

        def send(prompt: str, *, seconds: float = 30) -> int:
            return transcribe(f"{url}/v1", b"", prompt=prompt, timeout=seconds).status_code

        busy = [threads.submit(send, f"busy {n}") for n in range(2)]
        while len(prompts) < 2:
            time.sleep(0.01)
        with pytest.raises(requests.Timeout):
            send("hangs up", seconds=0.3)
        release.set()
        assert [call.result() for call in busy] == [200, 200]
        assert send("next") == 200
    assert prompts[2:] == ["next"]
