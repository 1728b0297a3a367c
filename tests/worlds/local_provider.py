"""Calls of the local provider as clients make them, and what its errors hold."""

import json
from typing import Any

import openai
import requests

from local import REPOSITORY

SPEECH = REPOSITORY / "tests" / "data" / "speech"
SPANISH = SPEECH / "es" / "conf-waitforleader.mp3"
TRANSLATIONS = "/audio/translations"
TRANSCRIPTIONS = "/audio/transcriptions"
TEXT_FORMAT: Any = {
    "type": "json_schema",
    "name": "t",
    "schema": {"type": "object"},
    "strict": True,
}


def post_audio(
    url: str,
    audio: bytes | None = None,
    *,
    name: str = "audio.mp3",
    key: str = "any",
    timeout: float = 60,
    **fields: Any,
) -> requests.Response:
    """Send a form with a file, if there is one, and ``fields``."""
    return requests.post(
        url,
        headers={"Authorization": f"Bearer {key}"} if key else {},
        files=None if audio is None else {"file": (name, audio)},
        data={"model": "whisper-1", **fields},
        timeout=timeout,
    )


def transcribe(url: str, audio: bytes, **options: Any) -> requests.Response:
    """Send a file to gpt-transcribe."""
    return post_audio(f"{url}{TRANSCRIPTIONS}", audio, **{"model": "gpt-transcribe", **options})


def post_json(url: str, body: dict[str, Any]) -> requests.Response:
    """Send a request to the Responses API."""
    return requests.post(
        f"{url}/responses", json=body, headers={"Authorization": "Bearer any"}, timeout=60
    )


def text_request(*texts: str, to: str = "en", **of_each: str) -> str:
    """The user message with segments to translate."""
    segments = [{"id": n, "text": text, **of_each} for n, text in enumerate(texts)]
    language = {"tag": to, "name": "that"}
    return json.dumps({"target_language": language, "segments": segments, "before": ["Hola."]})


def error_of(response: requests.Response) -> dict[str, Any]:
    """The error of an answer, which has OpenAI's envelope."""
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    found: dict[str, Any] = body["error"]
    return found


def refused(response: requests.Response, status: int, param: str | None) -> str:
    """The message of an error with this status and parameter."""
    assert response.status_code == status, response.text
    error = error_of(response)
    assert error["param"] == param
    return str(error["message"])


def ask_for_text(client: openai.OpenAI, content: str) -> Any:
    """Send a user message through OpenAI's SDK."""
    return client.responses.create(
        model="gpt-6-luna",
        instructions="Translate.",
        input=[{"role": "user", "content": content}],
        text={"format": TEXT_FORMAT},
        store=False,
    )
