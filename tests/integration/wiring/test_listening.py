"""How recordings are listened to follows from the settings, the same everywhere."""

import os

import pytest

from audio_translation.audio.chunk_plan import LEAST_LIMIT, longest
from audio_translation.audio.media import decoding
from audio_translation.settings import Settings
from audio_translation.wiring.listening import listening


def test_each_setting_reaches_its_length() -> None:
    settings = Settings(
        chunk_target_seconds=7, max_job_audio_hours=1.5, provider_max_audio_bytes=1_000_000
    )
    found = listening(settings, decoding)
    assert found.decoder is decoding
    assert (found.target, found.max_duration) == (7_000, 5_400_000)
    assert found.limit == longest(1_000_000)


@pytest.mark.parametrize(
    ("megabytes", "processors"), [("1024", 1), ("1769", 1), ("3537", 1), ("3538", 2), ("10240", 5)]
)
def test_lambda_gives_processors_in_proportion_to_memory(
    monkeypatch: pytest.MonkeyPatch, megabytes: str, processors: int
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", megabytes)
    assert listening(Settings(), decoding).processors == processors


def test_elsewhere_all_processors_that_there_are_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    assert listening(Settings(), decoding).processors == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("size", "limit"), [(10**9, 300_000), (1_000, LEAST_LIMIT)])
def test_chunks_are_neither_too_long_nor_too_short_for_anybody(size: int, limit: int) -> None:
    assert listening(Settings(provider_max_audio_bytes=size), decoding).limit == limit
