"""What UploadFunction is made of: which settings reach what."""

from datetime import timedelta

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.settings import Settings
from audio_translation.wiring.upload_function import UploadFunction


def test_each_setting_reaches_what_it_is_for() -> None:
    made = UploadFunction(
        Settings(
            bucket="b",
            job_table="t",
            job_function="f",
            job_retention_days=3,
            upload_jobs_at_once=5,
            upload_formats=("srt", "text"),
            audio_folder="kept",
        )
    ).recording_jobs
    assert (made.table.table, made.slots.table, made.slots.slots) == ("t", "t", 5)
    assert (made.starter.function, made.audio_folder) == ("f", "kept")
    assert made.formats == (ResponseFormat.SRT, ResponseFormat.TEXT)
    assert made.retention == timedelta(days=3)
    assert made.results.buckets is made.buckets
