"""What a job tries again, and after how long."""

from collections.abc import Callable
from itertools import count, takewhile

import pytest

from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    Internal,
    ModelGone,
    ProviderQuotaExhausted,
    ProviderRejected,
    ProviderTimedOut,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
    UnsupportedAudio,
)
from audio_translation.jobs.steps.retries import (
    TooLittleTime,
    pause_before_retry,
    pause_before_turn,
    pause_before_webhook,
)


def attempts(error: Exception, pause: Callable[[Exception, int], int | None]) -> list[int]:
    """The pauses until it is given up."""
    pauses: list[int] = []
    while (seconds := pause(error, len(pauses) + 1)) is not None:
        pauses.append(seconds)
        assert len(pauses) < 100
    return pauses


@pytest.mark.parametrize(
    "error",
    [
        UnsupportedAudio("x"),
        AudioTooLarge("x"),
        ProviderRejected("x"),
        ModelGone("x"),
        ProviderQuotaExhausted("x"),
        AudioNotRetrievable("x"),
    ],
)
def test_what_lasts_is_not_tried_again(error: ServiceError) -> None:
    assert pause_before_retry(error, 1) is None


@pytest.mark.parametrize(
    "error",
    [
        RateLimited("x"),
        ProviderUnavailable("x"),
        ProviderTimedOut("x"),
        Internal("x"),
        KeyError("what nobody expected"),
    ],
)
def test_what_passes_is_tried_again_for_more_than_an_hour(error: Exception) -> None:
    pauses = attempts(error, pause_before_retry)
    assert len(pauses) == 19
    assert 2 <= pauses[0] <= 5
    assert all(150 <= pause <= 300 for pause in pauses[6:])
    assert sum(pauses) > 1800


def test_a_strangers_server_is_not_asked_for_an_hour() -> None:
    pauses = attempts(AudioNotRetrievable("x", passes=True), pause_before_retry)
    assert len(pauses) == 5
    assert sum(pauses) <= 155


def test_what_is_paid_and_cannot_be_stored_is_not_paid_for_an_hour() -> None:
    assert len(attempts(Internal("x", paid=True), pause_before_retry)) == 2


def test_a_job_without_a_turn_looks_again_for_a_day() -> None:
    pauses = list(takewhile(bool, map(pause_before_turn, count(1))))
    assert 4 <= (pauses[0] or 0) <= 6
    assert all(pause and pause <= 288 for pause in pauses)
    assert 23 * 3600 < sum(filter(None, pauses)) < 25 * 3600


def test_what_a_provider_asks_for_comes_on_top() -> None:
    error = RateLimited("x", retry_after=100)
    pauses = {pause_before_retry(error, 7) for _ in range(50)}
    assert all(pause is not None and 250 <= pause <= 400 for pause in pauses)
    assert len(pauses) > 10, "chunks that were refused together do not come back together"


def test_a_step_that_had_too_little_time_runs_in_the_next_invocation_however_often() -> None:
    assert [pause_before_retry(TooLittleTime(), attempt) for attempt in (1, 20, 500)] == [1] * 3


def test_a_webhook_is_sent_for_a_day_close_together_at_first() -> None:
    pauses = attempts(Exception(), pause_before_webhook)
    assert len(pauses) == 10
    assert pauses[0] <= 6
    assert pauses == sorted(pauses)
    assert 86_400 <= sum(pauses) + 3_000 <= 1.25 * 86_400 + 3_000
