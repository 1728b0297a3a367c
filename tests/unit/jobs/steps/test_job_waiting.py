"""What is stored of a job that is tried again."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from audio_translation.errors import Internal, RateLimited, UnsupportedAudio
from audio_translation.jobs.job import Job
from audio_translation.jobs.steps.job_waiting import pause_and_tell, tell_wait
from audio_translation.jobs.steps.retries import TooLittleTime
from audio_translation.jobs.storage.job_table import JobTable
from tests.unit.jobs.made_jobs import made


class Table:
    """Has one job and keeps what it is told of it."""

    def __init__(self, *, attempts: int = 0, fails: bool = False) -> None:
        self.job, self.fails = made("j", attempts=attempts), fails
        self.told: list[dict[str, Any]] = []

    def find(self, job_id: str) -> Job:
        assert job_id == "j"
        return self.job

    def waits(self, job_id: str, **told: Any) -> None:
        assert job_id == "j"
        if self.fails:
            raise Internal("The table is gone.")
        self.told.append(told)


def paused(table: Table, error: Exception, attempt: int = 1) -> int | None:
    return pause_and_tell(cast(JobTable, table), "j", error, attempt)


def test_the_next_try_the_attempts_and_the_error_are_stored() -> None:
    table, before = Table(attempts=2), datetime.now(UTC)
    pause = paused(table, RateLimited("Too many.", retry_after=100))
    assert pause is not None
    (told,) = table.told
    assert told["attempts"] == 3
    assert timedelta(0) <= told["until"] - before - timedelta(seconds=pause) < timedelta(seconds=5)
    assert (told["error"]["code"], told["error"]["message"]) == ("rate_limited", "Too many.")


def test_after_something_was_translated_it_is_the_first_failure() -> None:
    table = Table(attempts=7)
    tell_wait(cast(JobTable, table), "j", RateLimited("Too many."), 5, went_on=True)
    assert [told["attempts"] for told in table.told] == [1]


def test_of_an_unexpected_error_nothing_is_told() -> None:
    table = Table()
    assert paused(table, OSError("/secret/path?token=abc")) is not None
    (told,) = table.told
    assert told["error"]["code"] == "internal"
    assert "secret" not in str(told)
    assert "abc" not in str(told)


@pytest.mark.parametrize("error", [TooLittleTime(), UnsupportedAudio("No.")])
def test_what_only_goes_on_and_what_is_not_tried_again_is_no_wait(error: Exception) -> None:
    table = Table()
    paused(table, error)
    assert table.told == []


def test_a_table_that_fails_changes_nothing() -> None:
    table = Table(fails=True)
    assert paused(table, RateLimited("Too many.")) is not None
