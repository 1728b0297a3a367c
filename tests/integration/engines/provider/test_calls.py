"""When calls to a provider are made again, and how long that waits."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import openai
import pytest

from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.errors import (
    ProviderRejected,
    ProviderTimedOut,
    RateLimited,
)
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.engines.one_step import RATE, Keys, one_step, run


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_passing_fault_is_overcome(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider, status: int
) -> None:
    provider.script.extend([Answer(envelope("later"), status), Answer(hang_up=True)])
    assert run(engine, audio).text == "Hello there."


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        (lambda: {"Retry-After": "1"}, 1),
        (lambda: {"Retry-After": "60", "Retry-After-Ms": "700"}, 0.7),
        (lambda: {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=2))}, 0.5),
        (lambda: {"Retry-After": "soon"}, 0),
    ],
)
def test_retry_after_is_honoured(
    engine: OpenAITranslations,
    audio: ChunkAudio,
    provider: SpeechProvider,
    headers: Callable[[], dict[str, str]],
    least: float,
) -> None:
    provider.script.append(Answer(RATE, 429, headers()))
    started = time.monotonic()
    run(engine, audio)
    assert time.monotonic() - started >= least


def test_a_retry_after_beyond_the_time_left_is_handed_to_the_caller_at_once(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    provider.default = Answer(RATE, 429, {"Retry-After": "30"})
    started = time.monotonic()
    with pytest.raises(RateLimited) as raised:
        run(engine, audio, left=25)
    assert raised.value.retry_after == 30
    assert time.monotonic() - started < 10
    assert len(provider.received) == 1


@pytest.mark.parametrize("left", [0, 0.5])
def test_no_call_is_begun_that_has_no_time_to_end(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider, left: float
) -> None:
    with pytest.raises(ProviderTimedOut):
        run(engine, audio, left=left)
    assert provider.received == []


def test_a_rotated_key_is_read_again_once_when_the_provider_answers_401(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider, keys: Keys
) -> None:
    keys.stored = "sk-new"
    provider.script.append(Answer(envelope("Incorrect API key provided: sk-old"), 401))
    assert run(engine, audio).text == "Hello there."
    assert [r.authorization for r in provider.received] == ["Bearer sk-old", "Bearer sk-new"]


def test_a_key_that_stays_refused_is_read_again_only_once(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider, keys: Keys
) -> None:
    keys.stored = "sk-new"
    provider.default = Answer(envelope("Incorrect API key"), 401)
    with pytest.raises(ProviderRejected):
        run(engine, audio)
    assert len(provider.received) == 2
    assert keys.refreshed == 1


@pytest.mark.parametrize(("headers", "backoff"), [({"Retry-After": "1"}, 0.01), ({}, 1)])
def test_after_a_429_no_thread_calls_before_it_may(
    provider: SpeechProvider,
    audio: ChunkAudio,
    client: openai.OpenAI,
    headers: dict[str, str],
    backoff: float,
) -> None:
    engine = one_step(client, backoff_seconds=backoff)
    provider.script.append(Answer(envelope("slow"), 429, headers))
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(run, engine, audio)
        while not provider.received:
            time.sleep(0.005)
        time.sleep(0.2)  # the refusal has arrived
        others = [pool.submit(run, engine, audio) for _ in range(3)]
        time.sleep(0.3)
        assert len(provider.received) == 1
        assert [other.result().text for other in (first, *others)] == ["Hello there."] * 4
    assert time.monotonic() - began >= 1
    assert len(provider.received) == 5


def test_who_has_no_time_to_wait_for_that_moment_is_told_when_it_is(
    engine: OpenAITranslations, provider: SpeechProvider, audio: ChunkAudio
) -> None:
    provider.script.append(Answer(envelope("slow"), 429, {"Retry-After": "60"}))
    with pytest.raises(RateLimited):
        run(engine, audio)
    with pytest.raises(RateLimited) as told:
        run(engine, audio)
    assert told.value.retry_after is not None
    assert 50 < told.value.retry_after <= 60
    assert len(provider.received) == 1


def test_a_429_stops_no_other_model(client: openai.OpenAI, provider: SpeechProvider) -> None:
    calls = calls_over(client)
    provider.script.append(Answer(envelope("slow"), 429, {"Retry-After": "60"}))
    with pytest.raises(RateLimited):
        calls.run(hear(client), model="a", deadline=Deadline.after(9))
    with pytest.raises(RateLimited):
        calls.run(hear(client), model="a", deadline=Deadline.after(9))
    assert calls.run(hear(client), model="b", deadline=Deadline.after(9))
    assert len(provider.received) == 2


def test_a_new_key_is_not_stopped_by_what_the_last_one_was_refused(
    client: openai.OpenAI, provider: SpeechProvider, keys: Keys
) -> None:
    calls = calls_over(client, keys.refresh)
    provider.script.append(Answer(envelope("slow"), 429, {"Retry-After": "3600"}))
    with pytest.raises(RateLimited) as told:
        calls.run(hear(client), model="a", deadline=Deadline.after(9))
    assert told.value.retry_after == 3600
    keys.stored = "sk-new"
    assert calls.run(hear(client), model="a", deadline=Deadline.after(9))
    assert [r.authorization for r in provider.received] == ["Bearer sk-old", "Bearer sk-new"]


def test_while_a_provider_wants_no_calls_the_key_is_not_read_for_each(
    client: openai.OpenAI, provider: SpeechProvider, keys: Keys
) -> None:
    calls = calls_over(client, keys.refresh)
    provider.script.append(Answer(envelope("slow"), 429, {"Retry-After": "3600"}))
    for _ in range(20):
        with pytest.raises(RateLimited):
            calls.run(hear(client), model="a", deadline=Deadline.after(9))
    assert keys.refreshed == 1
    assert len(provider.received) == 1


def test_a_provider_that_wants_no_calls_for_hours_is_asked_again_after_minutes(
    client: openai.OpenAI, provider: SpeechProvider
) -> None:
    now = [0.0]
    calls = calls_over(client, clock=lambda: now[0])
    provider.script.append(Answer(envelope("slow"), 429, {"Retry-After": "36000"}))
    for now[0] in (0.0, 170.0):
        with pytest.raises(RateLimited):
            calls.run(hear(client), model="a", deadline=Deadline.after(9))
    now[0] = 190.0
    assert calls.run(hear(client), model="a", deadline=Deadline.after(9))
    assert len(provider.received) == 2


def calls_over(
    client: openai.OpenAI,
    refresh_key: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> ProviderCalls:
    return ProviderCalls(client, refresh_key=refresh_key, backoff_seconds=0.01, clock=clock)


def hear(client: openai.OpenAI) -> Callable[[openai.Timeout], bytes]:
    """Return a call of the provider."""
    return lambda timeout: (
        client.audio.translations.with_raw_response.create(
            file=("a.flac", b"fLaC"), model="whisper-1", timeout=timeout
        ).content
    )
