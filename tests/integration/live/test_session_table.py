"""Who translates which utterance, and who ends a session: conditions of the table."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.live.session_table import Claim, Refused, SessionTable
from tests.fakes.aws.moto_server import JOB_TABLE, Aws
from tests.unit.jobs.made_jobs import made


@pytest.fixture
def table(aws: Aws) -> SessionTable:
    return SessionTable(aws.clients, JOB_TABLE)


def session(table: SessionTable, *, minutes: float = 60, status: str = "running") -> Job:
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    job = made("live", status=JobStatus(status), live_until=until)
    JobTable(table.clients, table.table).create(job)
    return job


def claim(seq: int = 0, sha256: str = "a", seconds: float = 20) -> Claim:
    return Claim.of("live", seq, sha256, seconds)


def test_an_utterance_is_taken_once_and_can_be_taken_when_it_is_given_back(
    table: SessionTable,
) -> None:
    session(table)
    first = claim()
    taken = table.take(first, "me")
    assert isinstance(taken, Job)
    assert taken.id == "live"
    assert table.take(claim(), "me") is Refused.UNDER_WAY
    assert table.take(claim(sha256="b"), "me") is Refused.OTHER_AUDIO
    assert isinstance(table.take(claim(1), "me"), Job)
    assert table.under_way("live") == 2
    assert table.give_back(first)
    assert not table.give_back(first)
    assert isinstance(table.take(claim(sha256="b"), "me"), Job)


def test_of_many_who_take_it_together_one_has_it(table: SessionTable) -> None:
    session(table)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: table.take(claim(), "me"), range(8)))
    assert sum(isinstance(one, Job) for one in taken) == 1
    assert taken.count(Refused.UNDER_WAY) == 7


def test_an_utterance_of_somebody_who_crashed_is_free_when_the_time_is_over(
    table: SessionTable,
) -> None:
    session(table)
    lost = replace(claim(), until=datetime.now(UTC) - timedelta(milliseconds=5))
    assert isinstance(table.take(lost, "me"), Job)
    assert table.under_way("live") == 0
    mine = claim()
    assert isinstance(table.take(mine, "me"), Job)
    assert not table.give_back(lost, length=2_000)
    assert table.give_back(mine, length=2_000)
    assert JobTable(table.clients, table.table).find("live").audio_done == 2_000  # type: ignore[union-attr]


def test_translated_utterances_and_their_audio_are_counted(table: SessionTable) -> None:
    session(table)
    for seq, length in ((0, 2_000), (1, 0), (2, 3_000)):
        mine = claim(seq)
        table.take(mine, "me")
        assert table.give_back(mine, length=length)
    found = JobTable(table.clients, table.table).find("live")
    assert found is not None
    assert (found.chunks_done, found.audio_done) == (2, 5_000)


def test_nothing_is_taken_in_no_session_of_another_or_one_that_is_over(
    table: SessionTable,
) -> None:
    assert table.take(claim(), "me") is Refused.NO_SESSION
    session(table)
    assert table.take(claim(), "somebody else") is Refused.NO_SESSION
    table.close("live")
    assert table.take(claim(), "me") is Refused.OVER


def test_a_session_is_over_when_its_time_is(table: SessionTable) -> None:
    session(table, minutes=-0.001)
    assert table.take(claim(), "me") is Refused.OVER


@pytest.mark.parametrize(
    ("status", "why"),
    [("succeeded", Refused.OVER), ("failed", Refused.OVER), ("cancelled", Refused.NO_SESSION)],
)
def test_a_job_that_has_ended_takes_nothing(table: SessionTable, status: str, why: Refused) -> None:
    session(table, status=status)
    assert table.take(claim(), "me") is why


def test_a_job_that_is_no_session_takes_nothing(table: SessionTable) -> None:
    JobTable(table.clients, table.table).create(made("live", status=JobStatus.RUNNING))
    assert table.take(claim(), "me") is Refused.NO_SESSION
    assert not table.take_end("live", "opened")


def test_to_close_a_session_twice_changes_nothing(table: SessionTable) -> None:
    session(table)
    jobs = JobTable(table.clients, table.table)
    table.close("live")
    closed = jobs.find("live")
    table.close("live")
    assert closed is not None
    assert closed == jobs.find("live")
    assert closed.live_until is not None
    assert closed.live_until <= datetime.now(UTC)


def test_one_execution_ends_a_session_and_may_begin_again(table: SessionTable) -> None:
    session(table)
    assert table.take_end("live", "ended")
    assert not table.take_end("live", "opened")
    assert table.take_end("live", "ended")
    assert not table.take_end("another", "ended")


def test_what_is_given_back_after_the_end_is_told(table: SessionTable) -> None:
    session(table)
    mine = claim()
    table.take(mine, "me")
    JobTable(table.clients, table.table).cancel("live")
    assert not table.give_back(mine, length=1)
