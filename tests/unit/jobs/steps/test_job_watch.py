"""When a job's turn goes on, and what is told of it meanwhile."""

from typing import Any, cast

import pytest

from audio_translation.aws.bucket import Bucket
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    Internal,
    ProviderQuotaExhausted,
    ProviderUnavailable,
    RateLimited,
    UnsupportedAudio,
)
from audio_translation.jobs.steps.job_watch import JobOver, JobWatch
from audio_translation.jobs.steps.retries import TooLittleTime
from audio_translation.jobs.storage.job_files import JobParts
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.translation.pipeline import Progress


class Table:
    """Keeps what is told; ``runs`` is whether the job still does."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.runs = True

    def progress(self, job_id: str, **numbers: int) -> bool:
        assert job_id == "j"
        self.told.append(numbers)
        return self.runs


def watch(table: Table, seconds: float = 900, *, kept: int = 0) -> JobWatch:
    parts = JobParts(cast(Bucket, None), "j", kept=kept)
    return JobWatch("j", cast(JobTable, table), parts, 240, Deadline.after(seconds))


def test_progress_is_told_and_not_more_often_than_anybody_looks() -> None:
    table = Table()
    progress = Progress(decoded=9_000, stated=60_000, chunks=3, done=1, translated=4_000)
    looking = watch(table)
    for _ in range(100):
        looking.look(progress)
    (told,) = table.told
    assert told.pop("goes_on") is False
    assert told == {"chunks": 0, "chunks_done": 1, "audio": 60_000, "audio_done": 4_000}


def test_the_number_of_chunks_is_told_when_all_are_found() -> None:
    table = Table()
    progress = Progress(decoded=61_000, stated=60_000, ended=True, chunks=3, done=3)
    progress.translated = 62_000
    watch(table).tell(progress)
    (told,) = table.told
    assert told.pop("goes_on") is False
    assert told == {"chunks": 3, "chunks_done": 3, "audio": 61_000, "audio_done": 61_000}


def test_of_two_sides_the_recordings_own_length_is_told() -> None:
    table = Table()
    progress = Progress(streams=2, decoded=9_000, stated=120_000, chunks=3, done=1)
    progress.translated = 30_000
    watch(table).tell(progress)
    progress.decoded, progress.ended, progress.translated = 122_000, True, 122_000
    watch(table).tell(progress)
    audio = [(told["audio_done"], told["audio"]) for told in table.told]
    assert audio == [(15_000, 60_000), (61_000, 61_000)]


def test_what_failed_before_is_over_once_this_turn_has_translated_something() -> None:
    table = Table()
    watch(table, kept=1).tell(Progress(chunks=3, done=3))
    assert [told["goes_on"] for told in table.told] == [True]


def test_a_job_that_is_over_is_left_at_once() -> None:
    table = Table()
    table.runs = False
    with pytest.raises(JobOver):
        watch(table).look(Progress())


def test_no_chunk_is_begun_that_the_invocation_has_no_time_for() -> None:
    with pytest.raises(TooLittleTime):
        watch(Table(), seconds=240).look(Progress())
    watch(Table(), seconds=240).look(Progress(ended=True))


@pytest.mark.parametrize(
    "error",
    [
        UnsupportedAudio("?"),
        ProviderQuotaExhausted("?"),
        RateLimited("?"),
        TooLittleTime(),
        JobOver(),
        Internal("?", paid=True),
    ],
)
def test_what_ends_the_turn_waits_for_what_is_paid(error: Exception) -> None:
    assert watch(Table()).grace_seconds(error) == float("inf")


@pytest.mark.parametrize("error", [ProviderUnavailable("?"), Internal("?"), OSError("?")])
def test_after_a_chunk_that_may_succeed_later_the_others_go_on(error: Exception) -> None:
    looking = watch(Table())
    for _ in range(3):
        assert looking.grace_seconds(error) is None


def test_when_many_fail_the_rest_waits_for_the_next_turn() -> None:
    looking = watch(Table())
    errors = [ProviderUnavailable("?") for _ in range(8)]
    assert [looking.grace_seconds(error) for error in errors] == [None] * 7 + [float("inf")]
