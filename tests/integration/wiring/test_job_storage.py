"""Where jobs are kept follows from the settings."""

from datetime import timedelta

from audio_translation.aws.clients import Clients
from audio_translation.settings import Settings
from audio_translation.wiring.job_storage import job_management


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
