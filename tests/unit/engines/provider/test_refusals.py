"""What a refusal is about, in the words of many servers."""

from typing import Any

import httpx2
import openai
import pytest

from audio_translation.engines.provider.refusals import (
    in_names,
    is_about_the_audio,
    is_about_the_model,
)

GONE: list[tuple[str, int, Any]] = [
    # the server, the status, the body
    ("OpenAI", 404, {"error": {"message": "The model `m` does not exist or you do not have access"
      " to it.", "type": "invalid_request_error", "param": None, "code": "model_not_found"}}),
    ("OpenAI, ended", 400, {"error": {"message": "x", "type": "x", "code": "model_deprecated"}}),
    ("Groq", 400, {"error": {"message": "The model `m` has been decommissioned and is no longer"
      " supported.", "type": "invalid_request_error", "code": "model_decommissioned"}}),
    ("Groq, words alone", 400, {"error": {"message": "The model `m` has been decommissioned"}}),
    ("Azure", 404, {"error": {"code": "DeploymentNotFound", "message": "The API deployment for"
      " this resource does not exist."}}),
    ("Mistral", 400, {"object": "error", "message": "Invalid model: m", "type": "invalid_model",
      "param": None, "code": "1500"}),
    ("Together", 400, {"error": {"message": "x", "type": "x", "code": "model_not_available"}}),
    ("Together, stopped", 400, {"error": {"message": "The dedicated endpoint for m is not running",
      "type": "invalid_request_error", "code": "dedicated_endpoint_not_running"}}),
    ("Fireworks", 404, {"error": {"object": "error", "message": "Model not found, inaccessible"}}),
    ("OpenRouter", 400, {"error": {"message": "a/b is not a valid model ID", "code": 400}}),
    ("SiliconFlow", 400, {"code": 20012, "message": "Model does not exist. Please check it.",
      "data": None}),
    ("LiteLLM", 400, {"error": {"message": "{'error': '/audio/translations: Invalid model name"
      " passed in model=m. Call `/v1/models` to view available models for your key.'}",
      "type": "None", "param": "None", "code": "400"}}),
    ("LiteLLM, a dictionary", 400, {"detail": {"error": "Invalid model name passed in model=m"}}),
    ("vLLM", 404, {"error": {"message": "The model `m` does not exist.", "type": "NotFoundError",
      "param": "model", "code": 404}}),
    ("speaches", 404, {"detail": "Model 'm' is not installed locally. You can download it."}),
    ("speaches behind a proxy", 400, {"detail": "Model 'm' is not installed locally."}),
    ("Cloudflare", 400, {"errors": [{}], "message": "This model was deprecated on 2026-05-30."}),
    ("a reseller", 503, {"error": {"message": "No available channel for model m"}}),
    ("param alone", 400, {"error": {"message": "x", "param": "model", "code": None}}),
    ("no such endpoint", 405, {"detail": "Method Not Allowed"}),
    ("a text", 400, {"error": "unknown model m"}),
    ("gone", 410, {}),
]  # fmt: skip

OTHER: list[tuple[str, int, Any]] = [
    ("temperature", 400, {"error": {"message": "temperature is no longer supported with it"}}),
    ("format", 400, {"error": {"message": "response_format 'srt' is not compatible with model"
      " 'gpt-4o-transcribe'. Use 'json' instead.", "param": "response_format",
      "code": "unsupported_value"}}),
    ("length", 400, {"error": {"message": "Prompt is longer than this model's maximum"}}),
    ("parameters", 422, {"error": {"message": "Invalid model parameters: beam"}}),
    ("a pause", 503, {"error": {"message": "The model is overloaded. Try again later."}}),
    ("loading", 503, {"error": {"message": "Model m is currently loading"}}),
    ("limit", 429, {"error": {"message": "Rate limit reached for model m", "code": "rate"}}),
    ("key", 401, {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}),
    ("language", 400, {"error": {"message": "Language 'xx' not found. The model speaks 99."}}),
    ("a list", 422, {"detail": [{"loc": ["body", "file"], "msg": "Field required"}]}),
    ("nothing", 400, None),
    ("html", 400, "<html>bad request</html>"),
]  # fmt: skip


def status_error(status: int, body: Any) -> openai.APIStatusError:
    """Return the error as the SDK makes it of an answer."""
    request = httpx2.Request("POST", "https://provider.test/v1/audio/translations")
    response = httpx2.Response(status, request=request)
    inner = body.get("error", body) if isinstance(body, dict) else body
    return openai.APIStatusError("refused", response=response, body=inner)


@pytest.mark.parametrize(("status", "body"), [g[1:] for g in GONE], ids=[g[0] for g in GONE])
def test_a_model_that_is_gone_is_known_whatever_the_server_calls_it(status: int, body: Any) -> None:
    assert is_about_the_model(status_error(status, body))


@pytest.mark.parametrize(("status", "body"), [o[1:] for o in OTHER], ids=[o[0] for o in OTHER])
def test_another_refusal_is_not_the_models_end(status: int, body: Any) -> None:
    assert not is_about_the_model(status_error(status, body))


def test_a_long_message_is_read_in_bounded_time() -> None:
    message = "model " * 200_000
    assert not is_about_the_model(status_error(400, {"error": {"message": message}}))


def test_a_deep_body_is_looked_into_so_far_and_no_further() -> None:
    body: dict[str, Any] = {"message": "unknown model m"}
    for _ in range(5_000):
        body = {"error": body}
    assert not is_about_the_model(status_error(400, body))
    assert not is_about_the_audio(status_error(400, body))


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "Invalid file format.", "code": None}},
        {"error": {"message": "x", "code": "unsupported_format"}},
        {"detail": "Failed: the audio could not be decoded"},
    ],
)
def test_a_file_that_cannot_be_read_is_known(body: Any) -> None:
    assert is_about_the_audio(status_error(400, body))


@pytest.mark.parametrize(
    ("code", "param", "told"),
    [
        ("invalid_value", "prompt", ": code invalid_value, field prompt."),
        ("invalid_value", None, ": code invalid_value."),
        (None, "file", ": field file."),
        (None, None, "."),
        (400, "None of your business, Ms Weaver", "."),
        ("sk-abcdef", "", "."),
        ("x" * 61, "", "."),
    ],
)
def test_only_names_are_told_on(code: Any, param: Any, told: str) -> None:
    body = {"error": {"message": "Ms Weaver said no", "code": code, "param": param}}
    assert in_names(status_error(400, body)) == told
