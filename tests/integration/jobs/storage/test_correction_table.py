"""Corrections in the job table: one at a time, of jobs that have succeeded."""

from datetime import timedelta

import pytest

from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.storage import correction_table
from audio_translation.jobs.storage.correction_table import CorrectionTable
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.transcript import ServedBy
from tests.fakes.aws.moto_server import JOB_TABLE, Aws
from tests.unit.jobs.made_jobs import made


@pytest.fixture
def table(aws: Aws) -> CorrectionTable:
    jobs = JobTable(aws.clients, table=JOB_TABLE)
    jobs.create(made("j"))
    jobs.begin("j")
    jobs.succeed("j", served=ServedBy("m"), recorded=True)
    return CorrectionTable(aws.clients, JOB_TABLE)


def test_one_begins_when_the_other_has_ended(table: CorrectionTable) -> None:
    begun = table.begin("j")
    assert begun is not None
    assert begun.revision == 0
    assert table.begin("j") is None
    ended = table.end("j", warnings=["Odd."], revision=1)
    assert ended is not None
    assert (ended.warnings, ended.revision, ended.model) == (("Odd.",), 1, "m")
    assert ended.updated > begun.updated
    assert table.begin("j") is not None


def test_one_that_changes_nothing_leaves_the_job_as_it_is(table: CorrectionTable) -> None:
    begun = table.begin("j")
    assert table.end("j") == begun


def test_one_that_was_lost_is_over_after_a_minute(
    table: CorrectionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correction_table, "_LONGEST", timedelta(seconds=-1))
    assert table.begin("j") is not None
    assert table.begin("j") is not None


@pytest.mark.parametrize("status", ["queued", "running", "cancelled", "missing"])
def test_other_jobs_are_not_corrected(aws: Aws, status: str) -> None:
    jobs = JobTable(aws.clients, table=JOB_TABLE)
    if status != "missing":
        jobs.create(made("j"))
    if status == "running":
        jobs.begin("j")
    if status == "cancelled":
        jobs.cancel("j")
    assert CorrectionTable(aws.clients, JOB_TABLE).begin("j") is None


def test_a_job_that_was_deleted_meanwhile_stays_so(table: CorrectionTable, aws: Aws) -> None:
    table.begin("j")
    jobs = JobTable(aws.clients, table=JOB_TABLE)
    jobs.delete("j", states=(JobStatus.SUCCEEDED,))
    assert table.end("j", warnings=[], revision=1) is None
    assert jobs.find("j") is None
