"""Where jobs are kept follows from the settings."""

from datetime import timedelta

from audio_translation.aws.clients import Clients
from audio_translation.aws.telemetry import Telemetry
from audio_translation.settings import Settings
from audio_translation.wiring.job_storage import job_management, kept_answers, saved_sources


def test_each_setting_reaches_what_it_is_for() -> None:
    settings = Settings(
        bucket="b",
        job_table="t",
        job_function="f",
        job_retention_days=3,
        max_job_audio_bytes=7,
    )
    clients = Clients()
    jobs = job_management(settings, clients)
    assert (jobs.table.table, jobs.files.bucket.name, jobs.starter.function) == ("t", "b", "f")
    assert (jobs.retention, jobs.max_audio_bytes) == (timedelta(days=3), 7)
    assert jobs.views.files is jobs.files
    for part in (jobs.table, jobs.files.bucket, jobs.starter):
        assert part.clients is clients, "one session, and one set of connections"


def test_answers_are_kept_in_the_bucket_unless_there_is_none_or_the_operator_wants_none() -> None:
    clients, telemetry = Clients(), Telemetry()
    kept = kept_answers(Settings(bucket="b"), clients, telemetry)
    assert kept.bucket == saved_sources(Settings(bucket="b"), clients).bucket
    assert kept_answers(Settings(), clients, telemetry).bucket is None
    assert kept_answers(Settings(bucket="b", keep_answers="off"), clients, telemetry).bucket is None


def test_answers_of_other_models_and_servers_are_others() -> None:
    clients, telemetry = Clients(), Telemetry()
    before, others = (
        kept_answers(settings, clients, telemetry).served_by
        for settings in (Settings(), Settings(text_model="another"))
    )
    assert before != others
    assert kept_answers(Settings(max_audio_bytes=1), clients, telemetry).served_by == before
