"""What a provider's refusal is about: a model that is gone, the audio, or a field.

Servers say the same in different words. These are the words of OpenAI, Azure OpenAI, Groq, Mistral,
Together, Fireworks, OpenRouter, SiliconFlow, Cloudflare, LiteLLM, vLLM and speaches, as sources and
public issues of 2024 to 2026 quote them.
"""

import re
from collections.abc import Iterator
from typing import Any

import openai

_MISSING = {404, 405, 410}
"""No such model or endpoint; 405 is a server's that serves files where others have an endpoint."""
_MODEL_CODES = {
    "dedicated_endpoint_not_running",
    "deploymentnotfound",
    "invalid_model",
    "model_decommissioned",
    "model_deprecated",
    "model_not_available",
    "model_not_found",
    "modelnotfound",
    "unknown_model",
}
_NO_MODEL = re.compile(
    r"\b(invalid|unknown) model\b(?! (param|input|output|conf))"  # LiteLLM, Mistral
    r"|not a valid model\b"  # OpenRouter
    r"|\bno available channel\b"  # resellers, with 503
    r"|\bmodel\b[^.]{0,200}?\b(do(es)? not exist|not found|(is|was) not available"
    r"|decommissioned|(been|was|is) (deprecated|retired|removed|shut ?down)"
    r"|no longer (available|supported|served)|is not (installed|loaded|served))",
    re.IGNORECASE,
)
_BAD_AUDIO = (
    "invalid file format",
    "unsupported_format",
    "unsupported file",
    "support the format",
    "audio format",
    "could not be decoded",
    "could not decode",
    "corrupted",
    "too short",
)
_LONGEST_TEXT = 2000
_DEEPEST = 4
"""Levels of a body that are looked into."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\[\]-]{0,59}")
"""What a code or a field is called; anything else may be what somebody said."""


def is_about_the_model(error: openai.APIStatusError) -> bool:
    """Return whether the server has no such model, or none any more."""
    if error.status_code in _MISSING or _is_named(error, _MODEL_CODES):
        return True
    if error.status_code in {400, 403, 422} and _text_of(error, "param") == "model":
        return True
    if error.status_code not in {400, 403, 422, 503}:
        return False
    return any(_NO_MODEL.search(text) for text in _messages(error.body))


def is_about_the_audio(error: openai.APIStatusError) -> bool:
    """Return whether the server cannot read the file."""
    texts = [str(error.code), *_messages(error.body)]
    return any(words in text.lower() for text in texts for words in _BAD_AUDIO)


def in_names(error: openai.APIStatusError) -> str:
    """Return the refusal's code and field as the end of a sentence; never the server's own words.

    A server may repeat what was sent to it: a key, a prompt, what somebody said.
    """
    code, field = _text_of(error, "code"), _text_of(error, "param")
    told = [
        f"{kind} {name}"
        for kind, name in (("code", code), ("field", field))
        if name and _NAME.fullmatch(name) and not name.startswith("sk-")
    ]
    return f": {', '.join(told)}." if told else "."


def _is_named(error: openai.APIStatusError, names: set[str]) -> bool:
    return any(_text_of(error, field).lower() in names for field in ("code", "type"))


def _text_of(error: openai.APIStatusError, field: str) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    value = body.get(field)
    return value if isinstance(value, str) else ""


def _messages(body: object, depth: int = _DEEPEST) -> Iterator[str]:
    """Yield the texts in which a body says what is wrong, each cut to a bounded length."""
    if not depth:
        return
    if isinstance(body, str):
        yield body[:_LONGEST_TEXT]
    elif isinstance(body, dict):
        fields: dict[str, Any] = body
        for name in ("message", "error", "detail", "msg"):
            yield from _messages(fields.get(name), depth - 1)
    elif isinstance(body, list) and body:  # FastAPI's own refusals
        yield from _messages(body[0], depth - 1)
