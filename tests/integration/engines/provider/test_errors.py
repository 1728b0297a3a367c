"""What failures of calls to a provider mean: one of the service's own errors for each."""

import inspect
from typing import Any

import httpx2
import openai
import pytest

from audio_translation.audio.recording import ChunkAudio
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.provider import errors as provider_errors
from audio_translation.engines.provider.client import provider_client
from audio_translation.errors import (
    AudioTooLarge,
    ModelGone,
    ProviderQuotaExhausted,
    ProviderRejected,
    ProviderTimedOut,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
    UnsupportedAudio,
    UnusableAnswer,
)
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.engines.one_step import RATE, one_step, run

QUOTA = envelope("You exceeded your current quota", "insufficient_quota", "insufficient_quota")
BAD_FORMAT = envelope("Invalid file format. Supported formats: ['flac']", "invalid_request_error")
TOO_SHORT = envelope("Audio file is too short. Minimum audio length is 0.1 seconds.")
NO_MODEL = envelope("The model `x` does not exist", "invalid_request_error", "model_not_found")

FAULTS: list[tuple[str, Answer, type[ServiceError], int]] = [
    # what happens, the answer, our error, how often the provider is asked
    ("bad request", Answer(envelope("Bad temperature"), 400), ProviderRejected, 1),
    ("bad format", Answer(BAD_FORMAT, 400), UnsupportedAudio, 1),
    ("too short", Answer(TOO_SHORT, 400), UnsupportedAudio, 1),
    ("key refused", Answer(envelope("Incorrect API key"), 401), ProviderRejected, 1),
    ("no access", Answer(envelope("Country not supported"), 403), ProviderRejected, 1),
    ("no model", Answer(NO_MODEL, 404), ModelGone, 1),
    ("gone", Answer(envelope("deprecated"), 410), ModelGone, 1),
    ("no endpoint, html", Answer(b"<html>404</html>", 404), ModelGone, 1),
    ("too large", Answer(envelope("Maximum content size limit exceeded"), 413), AudioTooLarge, 1),
    ("media type", Answer(envelope("no"), 415), UnsupportedAudio, 1),
    ("unprocessable", Answer(envelope("no"), 422), ProviderRejected, 1),
    ("teapot", Answer(envelope("no"), 418), ProviderRejected, 1),
    ("no credit", Answer(QUOTA, 429), ProviderQuotaExhausted, 1),
    ("request timeout", Answer(envelope("slow"), 408), ProviderTimedOut, 4),
    ("conflict", Answer(envelope("busy"), 409), ProviderUnavailable, 4),
    ("rate limit", Answer(RATE, 429), RateLimited, 4),
    ("server error", Answer(envelope("oops"), 500), ProviderUnavailable, 4),
    ("bad gateway, html", Answer(b"<html>502</html>", 502), ProviderUnavailable, 4),
    ("no channel", Answer(envelope("No available channel for x"), 503), ModelGone, 1),
    ("no model, 400", Answer(NO_MODEL, 400), ModelGone, 1),
    ("no model, 503", Answer(NO_MODEL, 503), ModelGone, 1),
    ("unavailable", Answer(envelope("overloaded"), 503), ProviderUnavailable, 4),
    ("gateway timeout", Answer(b"", 504), ProviderTimedOut, 4),
    ("strange status", Answer(b"", 599), ProviderUnavailable, 4),
    ("hang up", Answer(hang_up=True), ProviderUnavailable, 4),
    ("endless error", Answer(b"x" * 9_000_000, 400), ProviderUnavailable, 4),
    ("gzip", Answer(b"abc", headers={"Content-Encoding": "gzip"}), ProviderUnavailable, 4),
    ("redirect", Answer(b"", 302, {"Location": "http://127.0.0.1:9/"}), ProviderRejected, 1),
    ("redirect of the file", Answer(b"", 307, {"Location": "/v1/x"}), ProviderRejected, 1),
    ("error with a list", Answer({"error": ["what"]}, 400), ProviderRejected, 1),
    # 200 and no result: asked again twice, because most likely it was billed
    ("empty 200", Answer(b""), UnusableAnswer, 3),
    ("text instead of json", Answer(b"Hello there."), UnusableAnswer, 3),
    ("html 200", Answer(b"<html>hello</html>"), UnusableAnswer, 3),
    ("bad utf-8", Answer(b'{"text": "\xff", "duration": 1}'), UnusableAnswer, 3),
    ("deep json", Answer(b"[" * 100_000), UnusableAnswer, 3),
    ("cut body", Answer(cut=True), UnusableAnswer, 3),
    ("endless", Answer(b"x" * 9_000_000), UnusableAnswer, 3),
    ("cut json", Answer(b'{"text": "Hel'), UnusableAnswer, 3),
    # 200 and another JSON: it would be the same again
    ("json list", Answer([1, 2]), UnusableAnswer, 1),
    ("null", Answer(b"null"), UnusableAnswer, 1),
    ("error as 200", Answer({"error": {"message": "overloaded"}}), UnusableAnswer, 1),
    ("infinite duration", Answer(b'{"text": "x", "duration": Infinity}'), UnusableAnswer, 1),
    ("duration of ages", Answer({"text": "x", "duration": 1e306}), UnusableAnswer, 1),
    ("no text", Answer({"duration": 1}), UnusableAnswer, 1),
    ("segment without text", Answer({"text": "", "duration": 1, "segments": [{"start": 0,
      "end": 1}]}), UnusableAnswer, 1),
    ("a book", Answer(verbose_json("x" * 600_000, "y" * 600_000)), UnusableAnswer, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "expected", "calls"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_every_fault_of_the_provider_is_an_error_of_the_table(
    engine: OpenAITranslations,
    audio: ChunkAudio,
    provider: SpeechProvider,
    answer: Answer,
    expected: type[ServiceError],
    calls: int,
) -> None:
    provider.default = answer
    with pytest.raises(ServiceError) as raised:
        run(engine, audio)
    assert type(raised.value) is expected
    assert len(provider.received) == calls
    assert "sk-old" not in raised.value.message


@pytest.mark.parametrize("status", [400, 401, 404, 413, 415, 422, 500])
def test_what_a_provider_repeats_is_not_told_on(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider, status: int
) -> None:
    provider.default = Answer(envelope("Call Ms Weaver: Bearer sk-old, https://x/?t=abc"), status)
    with pytest.raises(ServiceError) as raised:
        run(engine, audio)
    assert not any(word in raised.value.message for word in ("Weaver", "sk-old", "https"))


def test_the_code_and_the_field_of_a_refusal_are_told(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    refusal = {"message": "no", "type": "x", "param": "prompt", "code": "string_above_max_length"}
    provider.default = Answer({"error": refusal}, 400)
    with pytest.raises(ProviderRejected) as raised:
        run(engine, audio)
    told = "(status 400): code string_above_max_length, field prompt."
    assert raised.value.message.endswith(told)


def test_an_unreachable_provider_is_unavailable(audio: ChunkAudio) -> None:
    with provider_client("http://127.0.0.1:9/v1", lambda: "k") as client:
        engine = one_step(client)
        with pytest.raises(ProviderUnavailable, match="cannot be reached"):
            run(engine, audio)


def test_every_exception_of_the_sdk_is_mapped() -> None:
    made = [_made(kind) for kind in _exceptions(openai)]
    assert len(made) > 15
    for error in made:
        assert isinstance(error, openai.OpenAIError), error
        assert isinstance(provider_errors.mapped(error, "whisper-1"), ServiceError), error


def _exceptions(module: Any) -> list[type[Exception]]:
    found = [v for v in list(vars(module).values()) if inspect.isclass(v)]
    foreign = {"InvalidWebhookSignatureError"}  # only when checking webhooks, which we do not
    return [k for k in found if issubclass(k, Exception) and k.__name__ not in foreign]


def _made(kind: type[Exception]) -> Exception:
    """An instance without calling its constructor: each wants something else."""
    error = kind.__new__(kind)
    request = httpx2.Request("POST", "https://provider.test/v1/audio/translations")
    response = httpx2.Response(500, request=request)
    error.__dict__.update(body=None, code=None, type=None, status_code=500, response=response)
    return error
