"""What JobFunction is made of: which settings reach what."""

from pathlib import Path

import pytest

from audio_translation.audio.media import decoding
from audio_translation.jobs.slots import JOBS
from audio_translation.settings import Settings
from audio_translation.wiring.job_function import JobFunction
from audio_translation.wiring.listening import listening


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    return Settings(
        bucket="own",
        upload_bucket="theirs",
        allowed_buckets=("allowed",),
        job_table="t",
        audio_folder="kept",
        default_model="m",
        price_per_minute_usd=0.5,
        max_job_audio_hours=1.5,
        max_job_audio_bytes=123,
        chunk_target_seconds=7,
        job_call_seconds=9,
        job_concurrency=11,
        max_jobs_at_once=5,
        event_bus="bus",
        provider_max_audio_bytes=1_000_000,
        work_folder=tmp_path / "work",
    )


def test_each_setting_reaches_the_steps(settings: Settings) -> None:
    function = JobFunction(settings)
    run, pipeline = function.run, function.run.turn.pipeline
    assert (pipeline.at_once, pipeline.call_seconds) == (11, 9)
    assert pipeline.listening == listening(settings, decoding)
    assert (run.default_model, run.costs.prices.default) == ("m", 0.5)
    assert (run.table.table, run.files.bucket.name) == ("t", "own")
    assert pipeline.translate.decoder is decoding
    assert (run.slots.table, run.slots.name, run.slots.slots) == ("t", JOBS, 5)
    assert function.notify.events.bus == "bus"
    assert function.notify.table == run.table


def test_a_bucket_of_uploads_is_read_for_its_own_recordings_only(settings: Settings) -> None:
    source = JobFunction(settings).run.turn.source
    assert source.uploads.buckets == {"own", "theirs"}
    assert source.uploads.max_bytes == 123
    assert (source.saved_sources.bucket.name, source.saved_sources.folder) == ("own", "kept")


def test_what_a_crash_has_left_on_the_disk_is_gone(settings: Settings) -> None:
    settings.work_folder.mkdir()
    (settings.work_folder / "left.pcm").write_bytes(b"x")
    JobFunction(settings)
    assert list(settings.work_folder.iterdir()) == []
    assert settings.work_folder.stat().st_mode & 0o777 == 0o700
