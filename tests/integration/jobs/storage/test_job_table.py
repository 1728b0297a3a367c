"""The job table: states change under conditions, pages belong to owners, failures are mapped."""

import base64
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.config import Config

from audio_translation.errors import Internal, InvalidRequest
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.transcript import ServedBy
from audio_translation.translation.request import TranslationRequest
from tests.fakes.aws.moto_server import JOB_TABLE, Aws, ClientsAt

Step = Callable[[JobTable], object]
NOW = datetime.now(UTC)
REQUEST = TranslationRequest.model_validate(
    {"audioFileUrl": "https://a.test/ñ.mp3?x=1", "prompt": "Ñu", "responseFormat": "vtt"}
)
ERROR = {"message": "No.", "type": "provider_error", "param": None, "code": "provider_rejected"}


def make(job_id: str = "one", owner: str = "me", **changes: Any) -> Job:
    fields = {"created": NOW, "updated": NOW, "expires": NOW + timedelta(days=1), **changes}
    return Job(id=job_id, owner=owner, request=REQUEST, **fields)


@pytest.fixture
def table(aws: Aws) -> JobTable:
    return JobTable(aws.clients, table=JOB_TABLE)


def found(table: JobTable, job_id: str = "one") -> Job:
    job = table.find(job_id)
    assert job is not None
    return job


def test_a_new_job_is_found_as_it_was_made(table: JobTable) -> None:
    job = make()
    table.create(job)
    assert found(table) == job.model_copy(update={"expires": job.expires.replace(microsecond=0)})


def test_there_is_no_job_that_nobody_made(table: JobTable) -> None:
    assert table.find("one") is None


def test_a_second_job_under_the_same_id_changes_nothing(table: JobTable) -> None:
    table.create(make())
    table.begin("one")
    table.create(make(owner="somebody else"))
    assert (found(table).owner, found(table).status) == ("me", JobStatus.RUNNING)


def test_an_expired_job_is_gone_before_dynamodb_deletes_it(table: JobTable, aws: Aws) -> None:
    table.create(make(expires=NOW - timedelta(seconds=2)))
    assert len(aws.items()) == 1
    assert table.find("one") is None
    assert table.page("me", limit=10, cursor=None) == ([], None)


def test_a_job_that_waits_for_its_audio_is_kept_longer_once_it_has_begun(table: JobTable) -> None:
    soon, late = NOW.replace(microsecond=0) + timedelta(days=1), NOW + timedelta(days=7)
    table.create(make(expires=soon, kept_until=late))
    late = late.replace(microsecond=0)
    waiting = found(table)
    assert (waiting.expires, waiting.kept_until) == (soon, late)
    for _ in range(2):
        begun = table.begin("one")
        assert begun is not None
        assert begun.expires == late


@pytest.mark.parametrize("end", ["begin", "cancel"])
def test_no_other_job_is_kept_longer_than_it_was_to_be(table: JobTable, end: str) -> None:
    table.create(make(kept_until=NOW + timedelta(days=7) if end == "cancel" else None))
    changed = getattr(table, end)("one")
    assert changed.expires == (NOW + timedelta(days=1)).replace(microsecond=0)


def test_a_job_runs_through_its_life(table: JobTable) -> None:
    table.create(make())
    began = table.begin("one")
    assert began is not None
    assert began.status is JobStatus.RUNNING
    assert began.updated > began.created
    assert table.progress("one", chunks=0, chunks_done=1, audio=9000, audio_done=5000)
    assert (found(table).chunks, found(table).chunks_done) == (0, 1)
    assert (found(table).audio, found(table).audio_done) == (9000, 5000)
    assert table.translated(
        "one",
        duration=9000,
        chunks=2,
        paid=12_000,
        warnings=["Two streams.", "Odd."],
        languages=[("es", 0.75), ("fr", 0.25)],
    )
    done = found(table)
    assert done.warnings == ("Two streams.", "Odd.")
    assert done.languages == (("es", 0.75), ("fr", 0.25))
    assert (done.audio, done.audio_done, done.paid) == (9000, 9000, 12_000)
    assert (done.chunks, done.chunks_done) == (2, 2)
    ended = table.succeed("one", served=ServedBy("whisper-1, gpt-transcribe"))
    assert ended == found(table)
    assert ended is not None
    assert ended.status is JobStatus.SUCCEEDED
    assert (done.model, ended.model) == (None, "whisper-1, gpt-transcribe")


def test_a_failed_job_keeps_its_error_and_says_that_a_part_can_be_read(table: JobTable) -> None:
    table.create(make())
    table.begin("one")
    failed = table.fail("one", ERROR, partial=True, served=ServedBy("whisper-1"))
    assert failed is not None
    assert (failed.status, failed.error, failed.partial) == (JobStatus.FAILED, ERROR, True)
    assert failed.model == "whisper-1"
    assert found(table) == failed


def test_a_job_can_begin_twice_as_a_step_that_is_run_again_does(table: JobTable) -> None:
    table.create(make())
    assert table.begin("one") is not None
    assert table.begin("one") is not None


def test_a_job_waits_until_it_is_tried_again_and_goes_on_when_a_chunk_is_done(
    table: JobTable,
) -> None:
    table.create(make())
    first = table.begin("one")
    assert first is not None
    assert first.begun == first.updated
    table.waits("one", attempts=2, until=NOW, error=ERROR)
    waiting = found(table)
    assert (waiting.attempts, waiting.next_try) == (2, NOW)
    assert waiting.last_error == {"message": ERROR["message"], "code": ERROR["code"]}
    again = table.begin("one")
    assert again is not None
    assert (again.attempts, again.next_try, again.begun) == (2, None, first.begun)
    numbers: Any = {"chunks": 0, "chunks_done": 1, "audio": 9000, "audio_done": 5000}
    assert table.progress("one", **numbers)
    assert found(table).last_error is not None
    assert table.progress("one", **numbers, goes_on=True)
    went_on = found(table)
    assert (went_on.attempts, went_on.next_try, went_on.last_error) == (0, None, None)


def test_only_a_queued_job_gets_its_audio(table: JobTable) -> None:
    table.create(make())
    table.arrived("one")
    arrived = found(table).arrived
    assert arrived is not None
    assert arrived >= found(table).created
    table.begin("one")
    table.arrived("one")
    assert found(table).arrived == arrived


STEPS: dict[str, Step] = {
    "begin": lambda table: table.begin("one"),
    "progress": lambda table: table.progress("one", chunks=1, chunks_done=1, audio=1, audio_done=1),
    "waits": lambda table: table.waits("one", attempts=1, until=NOW, error=ERROR),
    "arrived": lambda table: table.arrived("one"),
    "translated": lambda table: table.translated("one", duration=1, chunks=1, paid=1),
    "succeed": lambda table: table.succeed("one"),
    "fail": lambda table: table.fail("one", ERROR, partial=False),
    "cancel": lambda table: table.cancel("one"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("end", ["succeed", "fail", "cancel"])
def test_a_job_that_has_ended_stays_as_it_is(table: JobTable, end: str, step: str) -> None:
    table.create(make())
    table.begin("one")
    assert STEPS[end](table) is not None
    before = found(table)
    assert not STEPS[step](table)
    assert found(table) == before


@pytest.mark.parametrize("step", STEPS)
def test_a_job_that_was_deleted_does_not_come_back(table: JobTable, aws: Aws, step: str) -> None:
    assert not STEPS[step](table)
    assert aws.items() == []


@pytest.mark.parametrize("step", ["progress", "translated", "succeed"])
def test_what_has_not_begun_makes_no_progress(table: JobTable, step: str) -> None:
    table.create(make())
    assert not STEPS[step](table)
    assert found(table).status is JobStatus.QUEUED


def test_only_one_of_many_cancels_changes_the_job(table: JobTable) -> None:
    table.create(make())
    answers: list[Job | None] = []
    threads = [
        threading.Thread(target=lambda: answers.append(table.cancel("one"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sum(answer is not None for answer in answers) == 1


def test_only_a_job_that_has_ended_is_deleted(table: JobTable, aws: Aws) -> None:
    table.create(make())
    table.delete("one")
    assert found(table).status is JobStatus.QUEUED
    table.cancel("one")
    table.delete("one")
    table.delete("one")
    assert aws.items() == []


def test_pages_give_every_job_of_an_owner_once_newest_first(table: JobTable) -> None:
    for number in range(7):
        table.create(make(f"mine-{number}", created=NOW + timedelta(seconds=number)))
        table.create(make(f"theirs-{number}", owner="them"))
    seen: list[str] = []
    cursor = None
    for _ in range(4):
        jobs, cursor = table.page("me", limit=3, cursor=cursor)
        assert len(jobs) <= 3
        seen += [job.id for job in jobs]
        if cursor is None:
            break
    assert cursor is None
    assert seen == [f"mine-{number}" for number in reversed(range(7))]


def test_jobs_of_one_moment_are_all_listed(table: JobTable) -> None:
    for number in range(5):
        table.create(make(f"job-{number}"))
    first, cursor = table.page("me", limit=3, cursor=None)
    second, _ = table.page("me", limit=3, cursor=cursor)
    assert {job.id for job in first + second} == {f"job-{number}" for number in range(5)}


def cursors(table: JobTable) -> str:
    for number in range(3):
        table.create(make(f"job-{number}"))
    _, cursor = table.page("me", limit=1, cursor=None)
    assert cursor is not None
    return cursor


def test_a_cursor_of_somebody_else_is_refused(table: JobTable) -> None:
    cursor = cursors(table)
    with pytest.raises(InvalidRequest) as caught:
        table.page("them", limit=1, cursor=cursor)
    assert caught.value.param == "cursor"


def test_no_character_of_a_cursor_can_be_changed(table: JobTable) -> None:
    cursor = cursors(table)
    for place in range(0, len(cursor), 5):
        other = "A" if cursor[place] != "A" else "B"
        with pytest.raises(InvalidRequest):
            table.page("me", limit=1, cursor=cursor[:place] + other + cursor[place + 1 :])


@pytest.mark.parametrize(
    "cursor", ["", "x", "ñ", "====", "AAAA", "a" * 999, base64.b64encode(b"[1]" * 9).decode()]
)
def test_what_is_no_cursor_is_refused(table: JobTable, cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        table.page("me", limit=1, cursor=cursor)


@pytest.mark.parametrize("step", [*STEPS, "create", "find", "page", "delete"])
def test_nothing_foreign_comes_out_of_a_table_that_cannot_be_reached(step: str) -> None:
    clients = ClientsAt(
        "http://127.0.0.1:9",
        config=Config(connect_timeout=1, retries={"total_max_attempts": 1}),
    )
    steps: dict[str, Step] = {
        **STEPS,
        "create": lambda table: table.create(make()),
        "find": lambda table: table.find("one"),
        "page": lambda table: table.page("me", limit=1, cursor=None),
        "delete": lambda table: table.delete("one"),
    }
    with pytest.raises(Internal, match="EndpointConnectionError"):
        steps[step](JobTable(clients, table=JOB_TABLE))


def test_a_table_that_is_missing_is_an_error_of_the_table(aws: Aws) -> None:
    with pytest.raises(Internal, match="ResourceNotFoundException"):
        JobTable(aws.clients, table="nowhere").find("one")
