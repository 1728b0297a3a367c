"""The local provider answers as OpenAI does: its formats, its errors, its limits."""

import io
import json
import os
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
import openai
import pytest
import requests
import srt
import webvtt
from faster_whisper.tokenizer import _LANGUAGE_CODES  # type: ignore[import-untyped]

from audio_translation.languages import NAMES
from local import REPOSITORY
from local.provider.audio_form import MAX_BYTES
from local.provider.openai_answers import FORMATS, rendered
from local.provider.server import create_app
from local.provider.weights import model_to_load
from local.provider.whisper_model import RATE, Whisper, pieces, stretches, unheard
from tests.fakes.asgi_server import running_app

SPEECH = REPOSITORY / "tests" / "data" / "speech"
SPANISH = SPEECH / "es" / "conf-waitforleader.mp3"
TRANSLATIONS = "/v1/audio/translations"
TRANSCRIPTIONS = "/v1/audio/transcriptions"


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    return Whisper(model_to_load(os.environ))


@pytest.fixture(scope="module")
def url(whisper: Whisper) -> Iterator[str]:
    with running_app(create_app(whisper)) as url:
        yield url


def wav(samples: "np.typing.NDArray[np.int16]") -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, RATE, len(samples), "NONE", ""))
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def post(
    url: str,
    audio: bytes | None = None,
    *,
    name: str = "audio.mp3",
    key: str = "any",
    **fields: str,
) -> requests.Response:
    return requests.post(
        url,
        headers={"Authorization": f"Bearer {key}"} if key else {},
        files=None if audio is None else {"file": (name, audio)},
        data={"model": "whisper-1", **fields},
        timeout=60,
    )


def error(response: requests.Response) -> dict[str, Any]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    found: dict[str, Any] = body["error"]
    return found


def test_the_sdk_reads_verbose_json(url: str) -> None:
    client = openai.OpenAI(api_key="any", base_url=f"{url}/v1", max_retries=0)
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


def test_all_formats_hold_the_same_words(whisper: Whisper) -> None:
    with SPANISH.open("rb") as file:
        heard = whisper.hear(pieces(file), "translate", prompt="A telephone system.")
    words = heard.segments[0].text.strip()
    body = {name: bytes(rendered(heard, "translate", name).body).decode() for name in FORMATS}

    assert "conference" in words
    assert json.loads(body["json"]) == {"text": words}
    assert json.loads(body["verbose_json"])["segments"][0]["text"].strip() == words
    assert body["text"] == f"{words}\n"
    assert [cue.content for cue in srt.parse(body["srt"])] == [words]
    assert [cue.text for cue in webvtt.from_string(body["vtt"]).captions] == [words]


def test_transcriptions_keep_the_language_and_name_it(url: str) -> None:
    spanish = SPANISH.read_bytes()
    verbose = post(url + TRANSCRIPTIONS, spanish, response_format="verbose_json").json()

    assert verbose["task"] == "transcribe"
    assert verbose["language"] == "spanish"
    assert "conferencia" in verbose["text"].lower()

    vtt = post(url + TRANSCRIPTIONS, spanish, response_format="vtt", language="es").text
    assert vtt.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:0")
    assert "conferencia" in vtt.lower()


def test_silence_is_no_words(url: str) -> None:
    silence = wav(np.zeros(20 * RATE, np.int16))

    answer = post(url + TRANSLATIONS, silence, name="a.wav", response_format="verbose_json").json()

    assert answer["text"] == ""
    assert answer["segments"] == []
    assert answer["duration"] == 20


@pytest.mark.parametrize("name", ["audio.txt", "audio", "audio.aiff"])
def test_the_extension_decides(url: str, name: str) -> None:
    response = post(url + TRANSLATIONS, SPANISH.read_bytes(), name=name)

    assert response.status_code == 400
    assert error(response)["message"].startswith("Invalid file format. Supported formats: ['flac'")


@pytest.mark.parametrize("body", [b"", b"ID3", b"<html>", bytes(range(256)) * 40])
def test_what_cannot_be_decoded_is_an_invalid_format(url: str, body: bytes) -> None:
    response = post(url + TRANSLATIONS, body)

    assert response.status_code == 400
    assert error(response)["message"].startswith("Invalid file format.")


def test_a_cut_file_is_heard_as_far_as_it_goes(url: str) -> None:
    whole = SPANISH.read_bytes()

    response = post(url + TRANSLATIONS, whole[: len(whole) // 2], response_format="verbose_json")

    assert response.status_code == 200
    assert response.json()["duration"] == pytest.approx(1.9, abs=0.3)


def test_audio_under_a_tenth_of_a_second_is_too_short(url: str) -> None:
    response = post(url + TRANSLATIONS, wav(np.zeros(800, np.int16)), name="a.wav")

    assert response.status_code == 400
    assert error(response)["code"] == "audio_too_short"


@pytest.mark.parametrize("more", [1, 2 << 20])
def test_over_25_mib_is_too_large(url: str, more: int) -> None:
    response = post(url + TRANSLATIONS, bytes(MAX_BYTES + more))

    assert response.status_code == 413
    assert error(response)["type"] == "server_error"
    assert "Maximum content size limit (26214400) exceeded" in error(response)["message"]


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"model": ""}, 400, "model"),
        ({"model": "gpt-9"}, 404, "model"),
        ({"response_format": "xml"}, 400, "response_format"),
        ({"temperature": "hot"}, 400, "temperature"),
        ({"temperature": "1.1"}, 400, "temperature"),
        ({"temperature": "nan"}, 400, "temperature"),
        ({"language": "Klingon"}, 400, "language"),
    ],
)
def test_a_wrong_field_is_named(url: str, fields: dict[str, str], status: int, param: str) -> None:
    response = post(url + TRANSCRIPTIONS, SPANISH.read_bytes(), **fields)

    assert response.status_code == status
    assert error(response)["param"] == param


def test_a_missing_file_is_named(url: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--x--\r\n'
    headers = {"Authorization": "Bearer any", "Content-Type": "multipart/form-data; boundary=x"}

    response = requests.post(url + TRANSLATIONS, data=body, headers=headers, timeout=60)

    assert response.status_code == 400
    assert error(response)["param"] == "file"


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data"])
def test_what_is_not_a_form_is_refused(url: str, content_type: str) -> None:
    headers = {"Authorization": "Bearer any", "Content-Type": content_type}

    response = requests.post(url + TRANSLATIONS, data=b"{}", headers=headers, timeout=60)

    assert response.status_code == 400
    assert "multipart" in error(response)["message"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer "}, {"Authorization": "any"}])
def test_a_key_is_wanted(url: str, header: dict[str, str]) -> None:
    for response in (
        requests.post(url + TRANSLATIONS, headers=header, timeout=60),
        requests.get(f"{url}/v1/models", headers=header, timeout=60),
    ):
        assert response.status_code == 401
        assert "API key" in error(response)["message"]


def test_with_a_key_of_its_own_it_refuses_others(whisper: Whisper) -> None:
    with running_app(create_app(whisper, key="right")) as url:
        wrong = post(url + TRANSLATIONS, b"", key="wrong")
        right = requests.get(
            f"{url}/v1/models", headers={"Authorization": "Bearer right"}, timeout=60
        )

    assert wrong.status_code == 401
    assert error(wrong)["code"] == "invalid_api_key"
    assert [model["id"] for model in right.json()["data"]] == [
        "gpt-6-luna",
        "gpt-transcribe",
        "whisper-1",
    ]


def test_an_unknown_route_is_a_404_and_a_wrong_method_a_405(url: str) -> None:
    assert requests.get(f"{url}/v1/nothing", timeout=60).status_code == 404
    assert "Invalid URL" in error(requests.get(f"{url}/v1/nothing", timeout=60))["message"]
    assert requests.get(url + TRANSLATIONS, timeout=60).status_code == 405


def test_every_language_of_whisper_has_a_name() -> None:
    assert set(NAMES) == set(_LANGUAGE_CODES)


def test_long_audio_is_cut_where_it_is_quiet_and_no_sample_is_lost() -> None:
    rng = np.random.default_rng(1)
    audio = rng.integers(-8000, 8000, 11 * 60 * RATE, np.int16)
    pauses = (270, 281, 540)  # seconds; 281 is in the last minute of the first piece, too
    for pause, length in zip(pauses, (0.2, 1, 1), strict=True):
        audio[round(pause * RATE) : round((pause + length) * RATE)] = 0

    found = list(pieces(io.BytesIO(wav(audio))))

    assert [start for start, _ in found] == pytest.approx([0, 281.5, 540.5], abs=0.5)
    assert all(len(samples) <= 300 * RATE for _, samples in found)
    joined = np.concatenate([samples for _, samples in found])
    assert np.array_equal(np.round(joined * 32768).astype(np.int16), audio)


def test_exactly_five_minutes_are_one_piece() -> None:
    assert len(list(pieces(io.BytesIO(wav(np.zeros(300 * RATE, np.int16)))))) == 1


@pytest.mark.parametrize(
    ("speech", "segments", "spans"),
    [
        ([(0, 10)], [(0, 10)], []),
        ([(0, 10)], [(0, 7.5)], []),
        ([(0, 10)], [(0, 7)], [(7, 10)]),
        ([(0, 30)], [(0, 8), (25, 30)], [(8, 25)]),
        ([(0, 8), (9, 11), (14, 16)], [(0, 8), (20, 21)], [(9, 16)]),
        ([(0, 8), (9, 10)], [(0, 8), (20, 21)], []),
        ([(5, 9)], [], [(5, 9)]),
        ([(0, 9)], [(5, 9), (0, 6)], []),
    ],
)
def test_speech_without_a_segment_for_three_seconds_is_unheard(
    speech: list[tuple[float, float]],
    segments: list[tuple[float, float]],
    spans: list[tuple[float, float]],
) -> None:
    assert unheard(speech, segments) == spans


def test_speech_is_parted_at_long_pauses_only() -> None:
    assert stretches([]) == []
    assert stretches([(1, 5), (14, 20), (30, 31)]) == [[(1, 5), (14, 20)], [(30, 31)]]


def test_what_whisper_skips_is_asked_for_again(
    whisper: Whisper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real recording of two sentences, of which the first answer loses the second."""
    ask = whisper._model.transcribe
    asked = []

    def forgetful(audio: Any, **options: Any) -> Any:
        segments, info = ask(audio, **options)
        asked.append(len(audio) / RATE)
        return (list(segments)[:1] if len(asked) == 1 else segments), info

    monkeypatch.setattr(whisper._model, "transcribe", forgetful)
    with (SPEECH / "fr" / "vm-tempgreeting2.mp3").open("rb") as file:
        heard = whisper.hear(pieces(file), "translate")

    assert len(asked) == 2
    assert heard.segments[-1].end > 6
    starts = [segment.start for segment in heard.segments]
    assert starts == sorted(starts)
    assert [segment.id for segment in heard.segments] == list(range(len(starts)))
