"""What is wrong with the form of an audio endpoint is named."""

from typing import Any

import pytest
import requests

from local.provider.audio_form import MAX_BYTES
from tests.worlds.local_provider import (
    SPANISH,
    TRANSCRIPTIONS,
    TRANSLATIONS,
    error_of,
    post_audio,
    refused,
    transcribe,
)


@pytest.mark.parametrize("name", ["audio.txt", "audio", "audio.aiff"])
def test_the_extension_decides(url: str, name: str) -> None:
    response = post_audio(url + TRANSLATIONS, SPANISH.read_bytes(), name=name)

    assert response.status_code == 400
    assert error_of(response)["message"].startswith(
        "Invalid file format. Supported formats: ['flac'"
    )


@pytest.mark.parametrize("more", [1, 2 << 20])
def test_over_25_mib_is_too_large(url: str, more: int) -> None:
    response = post_audio(url + TRANSLATIONS, bytes(MAX_BYTES + more))

    assert response.status_code == 413
    assert error_of(response)["type"] == "server_error"
    assert "Maximum content size limit (26214400) exceeded" in error_of(response)["message"]


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
def test_a_wrong_field_is_named(url: str, fields: dict[str, Any], status: int, param: str) -> None:
    response = post_audio(url + TRANSCRIPTIONS, SPANISH.read_bytes(), **fields)

    assert response.status_code == status
    assert error_of(response)["param"] == param


def test_a_missing_file_is_named(url: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--x--\r\n'
    headers = {"Authorization": "Bearer any", "Content-Type": "multipart/form-data; boundary=x"}

    response = requests.post(url + TRANSLATIONS, data=body, headers=headers, timeout=60)

    assert response.status_code == 400
    assert error_of(response)["param"] == "file"


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data"])
def test_what_is_not_a_form_is_refused(url: str, content_type: str) -> None:
    headers = {"Authorization": "Bearer any", "Content-Type": content_type}

    response = requests.post(url + TRANSLATIONS, data=b"{}", headers=headers, timeout=60)

    assert response.status_code == 400
    assert "multipart" in error_of(response)["message"]


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
