"""What JobFunction is made of: which settings reach what."""

from pathlib import Path

import pytest

from audio_translation.audio import decoding
from audio_translation.audio.chunk_plan import longest
from audio_translation.settings import Settings
from audio_translation.wiring.job_function import JobFunction


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
        event_bus="bus",
        provider_max_audio_bytes=1_000_000,
        work_folder=tmp_path / "work",
    )


def test_each_setting_reaches_the_steps(settings: Settings) -> None:
    function = JobFunction(settings)
    run, recording = function.run, function.run.recording
    assert function.concurrency == 11
    assert (recording.max_duration, recording.chunk_target) == (5_400_000, 7_000)
    assert run.call_seconds == 9
    assert recording.chunk_limit == longest(1_000_000)
    assert (run.default_model, run.default_price_per_minute) == ("m", 0.5)
    assert (run.table.table, run.files.bucket.name) == ("t", "own")
    assert recording.decoder is run.translate.decoder is decoding
    assert function.notify.events.bus == "bus"
    assert function.notify.table == run.table


def test_no_chunk_is_longer_than_five_minutes_however_much_a_provider_takes(
    settings: Settings,
) -> None:
    large = settings.model_copy(update={"provider_max_audio_bytes": 10**9})
    assert JobFunction(large).run.recording.chunk_limit == 300_000


def test_a_bucket_of_uploads_is_read_for_its_own_recordings_only(settings: Settings) -> None:
    source = JobFunction(settings).run.recording.source
    assert source.uploads.buckets == {"own", "theirs"}
    assert source.uploads.max_bytes == 123
    assert (source.saved_sources.bucket.name, source.saved_sources.folder) == ("own", "kept")


def test_what_a_crash_has_left_on_the_disk_is_gone(settings: Settings) -> None:
    settings.work_folder.mkdir()
    (settings.work_folder / "left.pcm").write_bytes(b"x")
    JobFunction(settings)
    assert list(settings.work_folder.iterdir()) == []
    assert settings.work_folder.stat().st_mode & 0o777 == 0o700
