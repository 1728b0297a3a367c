"""Whether a job has ended, and when it is worth to look at one that has not."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from audio_translation.jobs.job import Job, JobStatus, poll_seconds
from local import REPOSITORY
from tests.unit.jobs.made_jobs import made

NOW = datetime(2026, 11, 28, tzinfo=UTC)
SECONDS = st.floats(0, 200_000)
MILLISECONDS = st.integers(0, 36_000_000)


def test_three_of_the_states_are_final() -> None:
    final = {status for status in JobStatus if status.final}
    assert final == {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED}


def running(passed: float, *, done: int = 0, total: int = 0, wait: float | None = None) -> Job:
    """A job that began so many seconds ago; ``done`` and ``total`` are milliseconds of audio."""
    begun = NOW - timedelta(seconds=passed)
    next_try = None if wait is None else NOW + timedelta(seconds=wait)
    return made(
        "j",
        status=JobStatus.RUNNING,
        created=begun - timedelta(hours=1),
        begun=begun,
        audio=total,
        audio_done=done,
        next_try=next_try,
    )


@given(SECONDS, MILLISECONDS, MILLISECONDS, st.none() | st.floats(-1000, 100_000))
@example(0, 0, 0, None)
@example(10, 20, 10, None)
def test_it_is_between_two_seconds_and_a_minute(
    passed: float, done: int, total: int, wait: float | None
) -> None:
    for job in (
        running(passed, done=done, total=total, wait=wait),
        made("j", created=NOW - timedelta(seconds=passed)),
        made("j", created=NOW + timedelta(seconds=passed)),  # another machine's clock
    ):
        assert 2 <= poll_seconds(job, NOW) <= 60


@given(SECONDS, st.integers(1, 36_000_000), MILLISECONDS, MILLISECONDS)
def test_the_more_is_left_the_longer_it_is(passed: float, done: int, more: int, most: int) -> None:
    less, much = (
        poll_seconds(running(passed, done=done, total=done + left), NOW)
        for left in (min(more, most), max(more, most))
    )
    assert less <= much


@given(SECONDS, SECONDS)
def test_the_longer_nothing_is_known_the_longer_it_is(one: float, other: float) -> None:
    sooner, later = sorted((one, other))
    for job in (running, lambda ago: made("j", created=NOW - timedelta(0, ago))):
        assert poll_seconds(job(sooner), NOW) <= poll_seconds(job(later), NOW)


@given(st.floats(0, 59), SECONDS, MILLISECONDS)
def test_a_job_is_not_looked_at_before_its_next_try(wait: float, passed: float, done: int) -> None:
    found = poll_seconds(running(passed, done=done, total=36_000_000, wait=wait), NOW)
    assert found >= wait


def test_a_short_job_and_one_that_is_about_to_end_are_looked_at_at_once() -> None:
    assert poll_seconds(made("j", created=NOW), NOW) == 2
    assert poll_seconds(running(3600, done=1000, total=1000), NOW) == 2
    assert poll_seconds(running(100, done=99, total=100), NOW) == 2


def test_an_upload_that_has_arrived_is_new_again() -> None:
    waited = made("j", created=NOW - timedelta(hours=5))
    assert poll_seconds(waited, NOW) == 60
    assert poll_seconds(waited.model_copy(update={"arrived": NOW}), NOW) == 2


def test_where_the_audio_is_not_known_chunks_tell_how_much_is_left() -> None:
    job = running(30).model_copy(update={"chunks": 4, "chunks_done": 2})
    assert poll_seconds(job, NOW) == 10


def looks(lasts: float) -> tuple[int, float]:
    """How often a job is looked at that gets on evenly, and how long its end is not seen."""
    passed, count = 0.0, 0
    while True:
        passed += poll_seconds(
            running(passed, done=round(1000 * passed), total=round(1000 * lasts)), NOW
        )
        count += 1
        if passed >= lasts:
            return count, passed - lasts


@given(st.floats(1, 36_000))
def test_a_job_costs_few_looks_and_its_end_is_seen_soon(lasts: float) -> None:
    count, late = looks(lasts)
    assert count <= 12 + lasts / 60
    assert late <= 2


def test_the_documented_numbers_of_looks_are_those_of_today() -> None:
    page = (REPOSITORY / "docs" / "jobs.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) (minute|hour)s? \| (\d+) \|$", page, re.MULTILINE)
    documented = {int(n) * (60 if unit == "hour" else 1): int(count) for n, unit, count in rows}
    assert set(documented) == {1, 5, 20, 60}
    assert documented == {minutes: looks(60 * minutes)[0] for minutes in documented}
