"""What a session becomes when it ends, in the job function, with its pauses skipped."""

import pytest
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus

from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.live.live_sessions import LiveSessions
from audio_translation.live.session_table import Claim
from audio_translation.wiring.job_function import job_function
from tests.audio.tones import english
from tests.integration.live.test_live_sessions import OWNER, opened, say, sent
from tests.worlds.jobs import JobWorld, run


def ended(session: str, execution: str = "ended") -> None:
    assert run(session, live=execution).status is InvocationStatus.SUCCEEDED


def test_a_session_that_nobody_ends_becomes_a_finished_job_when_its_time_is_over(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live, maxMinutes=3)
    for seq in (1, 0):
        say(live, session, sent(seq))
    ended(session, "opened")
    job = jobs.find(session)
    assert (job.status, job.error) == (JobStatus.SUCCEEDED, None)
    assert jobs.said(session) == [english(0), english(1)]
    assert (job.audio, job.audio_done, job.chunks, job.chunks_done) == (180_000, 180_000, 2, 2)
    assert jobs.files.translation(session).duration == 180_000
    assert 0 < job.paid <= 7_000


def test_of_two_executions_the_first_one_ends_it_and_the_other_does_nothing(
    live: LiveSessions, jobs: JobWorld
) -> None:
    listened = jobs.bus()
    session = opened(live)
    say(live, session, sent(0))
    live.end(session, OWNER)
    ended(session)
    first = jobs.find(session)
    ended(session, "opened")
    ended(session)
    assert jobs.find(session) == first
    assert listened()["Job Succeeded"] == 2  # the execution that ended it was run twice


def test_a_session_in_which_nobody_spoke_is_a_finished_job_without_text(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live, responseFormat="vtt")
    live.end(session, OWNER)
    ended(session)
    assert jobs.find(session).status is JobStatus.SUCCEEDED
    assert jobs.result(session, "vtt") == "WEBVTT\n\n"
    assert jobs.said(session) == []


def test_the_end_waits_for_who_is_still_translating_but_not_for_who_crashed(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live)
    crashed = Claim.of(session, 5, "sum", -0.5)
    live.table.take(crashed, OWNER)
    end = job_function().live
    assert not end.is_silent(session)
    live.end(session, OWNER)
    ended(session)
    assert jobs.find(session).status is JobStatus.SUCCEEDED
    assert end.seconds_left(session) == 0


def test_a_session_that_was_deleted_stays_so_and_is_told(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live)
    say(live, session, sent(0))
    live.jobs.delete(live.find(session, OWNER))
    ended(session)
    ended(session, "opened")
    assert jobs.find(session).status is JobStatus.CANCELLED
    assert jobs.stored() == []


def test_what_was_lost_too_often_fails_and_the_utterances_stay(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live)
    say(live, session, sent(0))
    live.end(session, OWNER)
    assert run(session, live="ended", restarts=4).status is InvocationStatus.SUCCEEDED
    job = jobs.find(session)
    assert job.status is JobStatus.FAILED
    assert [one.text for one in live.spoken(job).utterances] == [english(0)]


def test_an_end_that_fails_for_a_moment_is_tried_again(
    live: LiveSessions, jobs: JobWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(live)
    say(live, session, sent(0))
    live.end(session, OWNER)
    save, failures = JobFiles.save_translation, [OSError("once"), OSError("twice")]

    def fails_twice(*given: object) -> None:
        if failures:
            raise failures.pop()
        save(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(JobFiles, "save_translation", fails_twice)
    ended(session)
    assert jobs.find(session).status is JobStatus.SUCCEEDED
    assert jobs.said(session) == [english(0)]
