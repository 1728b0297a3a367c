"""What UploadFunction is made of: which settings reach what."""

import subprocess
import sys
from datetime import timedelta

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.settings import Settings
from audio_translation.wiring.upload_function import UploadFunction
from local import REPOSITORY


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
            fetch_allow_loopback=True,
        )
    ).recording_jobs
    assert (made.table.table, made.slots.table, made.slots.slots) == ("t", "t", 5)
    assert (made.starter.function, made.audio_folder) == ("f", "kept")
    assert made.formats == (ResponseFormat.SRT, ResponseFormat.TEXT)
    assert made.retention == timedelta(days=3)
    assert made.allow_loopback
    assert made.results.buckets is made.buckets


def test_no_library_is_loaded_that_fetches_or_translates() -> None:
    program = "import sys, audio_translation.wiring.upload_function as _; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY / "functions",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert not {"requests", "openai", "av"} & set(ran.stdout.split())
