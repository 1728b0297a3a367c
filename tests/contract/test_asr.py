"""whisper-asr-webservice's /asr and /detect-language, with the requests that Bazarr sends."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import srt

from local import REPOSITORY
from local.aws.lambda_context import LambdaContext
from tests.audio.tones import PAUSE, SPOKEN, english, spanish, spoken
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.http_api import ApiWorld

SENTENCES = 3
FILM = spoken(range(SENTENCES))
SAMPLES = FILM[44:]
"""What Bazarr sends: samples without a header."""
PLAIN = "text/plain; charset=utf-8"


@pytest.fixture(scope="module")
def running_hearing() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones()) as provider:
        yield provider


@pytest.fixture
def provider(running_hearing: SpeechProvider, world: ApiWorld) -> Iterator[SpeechProvider]:
    """Whisper as OpenAI has it, which hears Spanish."""
    running_hearing.reset()
    sizes = {"MAX_AUDIO_BYTES": "5000000", "PROVIDER_MAX_AUDIO_BYTES": "5000000"}
    with world.settings(PROVIDER_BASE_URL=running_hearing.base_url, **sizes):
        yield running_hearing


def bazarr(world: ApiWorld, route: str, content: bytes, **params: str | None) -> requests.Response:
    """Send what custom_libs/subliminal_patch/providers/whisperai.py of Bazarr 1.5 sends."""
    with requests.Session() as session:
        session.headers["User-Agent"] = "Subliminal/2.1.0"
        return session.post(
            f"{world.url}{route}",
            params={**params, "encode": "false", "video_file": None},
            files={"audio_file": content},
            timeout=(10, 60),
        )


def ask(world: ApiWorld, content: bytes = FILM, **params: str) -> requests.Response:
    files = {"audio_file": ("film.wav", content, "audio/wav")}
    return requests.post(f"{world.url}/asr", params=params, files=files, timeout=60)


def error(response: requests.Response) -> tuple[int, str, str | None]:
    found = response.json()["error"]
    return response.status_code, found["code"], found["param"]


def test_bazarr_gets_subtitles_in_the_language_spoken(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    asked = {"task": "transcribe", "language": "es", "output": "srt"}
    response = bazarr(world, "/asr", SAMPLES, **asked)
    assert (response.status_code, response.headers["content-type"]) == (200, PLAIN)
    cues = list(srt.parse(response.content.decode()))
    assert [cue.content for cue in cues] == [spanish(number) for number in range(SENTENCES)]
    assert cues[0].start.total_seconds() == pytest.approx(PAUSE / 1000, abs=0.1)
    assert cues[0].end.total_seconds() == pytest.approx((PAUSE + SPOKEN) / 1000, abs=0.2)
    (call,) = provider.received
    assert (call.path, call.fields["language"]) == ("/v1/audio/transcriptions", "es")
    assert call.file == FILM, "with its header"


def test_bazarr_gets_english_subtitles(world: ApiWorld, provider: SpeechProvider) -> None:
    response = bazarr(world, "/asr", SAMPLES, task="translate", language="es", output="srt")
    cues = srt.parse(response.content.decode())
    assert [cue.content for cue in cues] == [english(number) for number in range(SENTENCES)]
    assert {call.path for call in provider.received} == {"/v1/audio/translations"}


def test_bazarr_learns_the_language(world: ApiWorld, provider: SpeechProvider) -> None:
    response = bazarr(world, "/detect-language", SAMPLES)
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "detected_language": "spanish",
        "language_code": "es",
        "confidence": 1.0,
    }
    assert {call.path for call in provider.received} == {"/v1/audio/transcriptions"}


def test_only_the_beginning_is_paid_to_learn_the_language(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    film = spoken(range(40))
    assert bazarr(world, "/detect-language", film[44:]).json()["language_code"] == "es"
    sent = sum(map(len, provider.paid))
    assert 3 <= sent <= 20, "sentences"


def test_silence_is_in_no_language(world: ApiWorld, provider: SpeechProvider) -> None:
    answer = bazarr(world, "/detect-language", bytes(100_000)).json()
    assert (answer["language_code"], answer["confidence"]) == ("und", 0.0)
    assert provider.received == []


@pytest.mark.parametrize(
    ("output", "whole"),
    [
        ("txt", "Esta es la frase 0.\nEsta es la frase 1.\nEsta es la frase 2.\n"),
        ("tsv", "start\tend\ttext\n1000\t2500\tEsta es la frase 0.\n"),
        ("vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nEsta es la frase 0.\n"),
        ("srt", "1\n00:00:01,000 --> 00:00:02,500\nEsta es la frase 0.\n"),
    ],
)
@pytest.mark.usefixtures("provider")
def test_every_output_is_plain_text(world: ApiWorld, output: str, whole: str) -> None:
    response = ask(world, output=output)
    assert (response.status_code, response.headers["content-type"]) == (200, PLAIN)
    about = _without_small_times(response.text)
    assert about.startswith(_without_small_times(whole))
    assert response.headers["content-disposition"] == f'attachment; filename="film.wav.{output}"'
    assert response.headers["asr-engine"]
    assert response.headers["x-model"] == "whisper-1"


def _without_small_times(text: str) -> str:
    """Blank the last two digits of milliseconds, by which times may be off."""
    return "\n".join(
        "\t".join(
            f"{round(int(cell), -2)}" if cell.isdigit() and len(cell) > 1 else cell
            for cell in " --> ".join(
                f"{time[:-3]}" if time[-3:].isdigit() and ":" in time else time
                for time in line.split(" --> ")
            ).split("\t")
        )
        for line in text.splitlines()
    )


@pytest.mark.usefixtures("provider")
def test_json_has_segments_and_words(world: ApiWorld) -> None:
    body = json.loads(ask(world, output="json", word_timestamps="true").text)
    assert set(body) == {"language", "segments", "text"}
    assert (body["language"], len(body["segments"])) == ("es", SENTENCES)
    for number, segment in enumerate(body["segments"]):
        assert [word["word"] for word in segment["words"]] == f"Esta es la frase {number}".split()
        assert segment["start"] <= segment["words"][0]["start"]
    plain = json.loads(ask(world, output="json").text)
    assert [segment["words"] for segment in plain["segments"]] == [None] * SENTENCES
    translated = ask(world, task="translate", output="json", word_timestamps="true").json()
    for segment in translated["segments"]:
        words = segment["words"]
        assert [word["word"] for word in words] == segment["text"].replace(".", "").split()
        assert all(word["estimated"] for word in words)


def test_speakers_are_told_apart_by_the_model_for_it(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    provider.voice = lambda number: number % 2
    sizes = {"MAX_AUDIO_BYTES": "5000000", "PROVIDER_BASE_URL": provider.base_url}
    with world.settings(SPEAKER_MODEL="voices-1", **sizes):
        response = ask(world, output="json", diarize="true")
        assert response.headers["x-model"] == "voices-1"
    speakers = [segment["speaker"] for segment in json.loads(response.text)["segments"]]
    assert speakers == ["Speaker 1", "Speaker 2", "Speaker 1"]


def test_without_parameters_it_is_the_text_of_a_file(
    world: ApiWorld, provider: SpeechProvider
) -> None:
    response = ask(world, initial_prompt="Frases.", language="", vad_filter="true")
    assert response.text.startswith(f"{spanish(0)}\n")
    assert provider.received[0].fields["prompt"] == "Frases."
    assert "language" not in provider.received[0].fields


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"task": "sing"}, "task"),
        ({"output": "mp3"}, "output"),
        ({"language": "klingon"}, "language"),
        ({"encode": "perhaps"}, "encode"),
        ({"diarize": "true"}, "diarize"),
    ],
)
def test_a_wrong_parameter_is_named(world: ApiWorld, params: dict[str, Any], param: str) -> None:
    assert error(ask(world, **params)) == (400, "invalid_request", param)
    assert world.provider.received == []


@pytest.mark.parametrize("route", ["/asr", "/detect-language"])
def test_the_file_is_named_if_it_is_at_fault(world: ApiWorld, route: str, wav: bytes) -> None:
    assert ask(world, wav).status_code == 200
    url = f"{world.url}{route}"
    other = requests.post(url, files={"file": wav}, timeout=60)
    assert error(other) == (400, "invalid_request", "audio_file")
    for content in (b"%PDF-1.7", b""):
        sent = requests.post(url, files={"audio_file": content}, timeout=60)
        assert error(sent) == (400, "unsupported_audio", "audio_file")
    empty = requests.post(url, params={"encode": "false"}, files={"audio_file": b""}, timeout=60)
    assert error(empty) == (400, "unsupported_audio", "audio_file")


def test_a_film_is_too_large_for_one_request(world: ApiWorld) -> None:
    """Two and a half minutes of samples are: Lambda takes 6 MB, base64 included."""
    response = bazarr(world, "/asr", bytes(5_000_000), output="srt")
    assert error(response) == (413, "audio_too_large", None)


def test_the_sample_event_is_answered(world: ApiWorld) -> None:
    event = json.loads((REPOSITORY / "events" / "http-asr.json").read_text())
    answer: Any = world.call(event, LambdaContext("id", time.time() + 5))
    assert answer["statusCode"] == 200
    assert "-->" in answer["body"]


def test_openapi_describes_both(world: ApiWorld) -> None:
    paths = world.get("/openapi.json").json()["paths"]
    for route in ("/asr", "/detect-language"):
        operation = paths[route]["post"]
        form = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
        assert form["required"] == ["audio_file"]
        assert operation["security"] == [{"bearer": []}]
        names = {parameter["name"] for parameter in operation["parameters"]}
        assert {"encode", "video_file"} <= names
    assert set(paths["/asr"]["post"]["responses"]["200"]["content"]) == {"text/plain"}
