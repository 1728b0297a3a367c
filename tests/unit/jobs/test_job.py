"""The rule for 200 or 202, ids, and how far a job is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.audio_file import Audio, AudioType
from audio_translation.audio.containers.audio_types import MOV, MP3
from audio_translation.aws.bucket_keys import (
    chunk_key,
    is_job_id,
    job_folder,
    part_key,
    plan_key,
    result_key,
    translation_key,
)
from audio_translation.jobs.job import Job, JobStatus, fits_a_request
from audio_translation.translation.request import TranslationRequest

NOW = datetime.now(UTC)


def fits(size: int = 1000, duration: int | None = 1000, kind: AudioType = MP3) -> bool:
    audio = Audio(path=Path("unused"), type=kind, size=size)
    return fits_a_request(audio, duration, max_bytes=1_000_000, max_duration=120_000)


@pytest.mark.parametrize(
    ("size", "duration", "fitting"),
    [
        (1_000_000, 120_000, True),
        (1_000_001, 120_000, False),
        (1_000_000, 120_001, False),
        (480_000, None, True),  # 120 s at 32 kbit/s
        (480_004, None, False),
        (480_004, 0, False),
        (480_004, 1, True),
    ],
)
def test_size_and_duration_decide_and_size_stands_for_a_duration_that_is_not_known(
    size: int, duration: int | None, fitting: bool
) -> None:
    assert fits(size, duration) is fitting


def test_a_type_that_no_provider_takes_never_fits() -> None:
    assert fits()
    assert not fits(kind=MOV)


@given(st.integers(0, 2_000_000), st.integers(0, 2_000_000), st.none() | st.integers(0, 10**6))
def test_less_audio_never_needs_a_job_where_more_does_not(
    size: int, more: int, duration: int | None
) -> None:
    assert fits(size, duration) or not fits(size + more, duration)


@pytest.mark.parametrize("job_id", ["a", "01525987-8252-4da8-8b02-606da76c433e", "A_1", "x" * 64])
def test_what_lambda_takes_as_a_name_may_be_an_id(job_id: str) -> None:
    assert is_job_id(job_id)


@pytest.mark.parametrize("job_id", ["", "x" * 65, "a b", "a/b", "a#b", "a.b", "ñ", "a\n", "a\0"])
def test_nothing_else_may_be_an_id(job_id: str) -> None:
    assert not is_job_id(job_id)


def test_progress_is_counted_in_the_audio_of_the_chunks() -> None:
    job = Job(
        id="j",
        owner="me",
        request=TranslationRequest.model_validate({"audioFileUrl": "https://a.test"}),
        created=NOW,
        updated=NOW,
        expires=NOW,
        chunk_durations=(10, 20, 30),
        chunks_done=frozenset({0, 2}),
    )
    assert (job.audio_done, job.audio_total) == (40, 60)


def test_three_of_the_states_are_final() -> None:
    final = {status for status in JobStatus if status.final}
    assert final == {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED}


def test_everything_of_a_job_lies_in_its_folder() -> None:
    keys = [
        chunk_key("j", 7),
        part_key("j", 7),
        plan_key("j"),
        translation_key("j"),
        result_key("j", "srt"),
    ]
    assert len(set(keys)) == 5
    assert all(key.startswith(job_folder("j")) for key in keys)
    assert not any(key.startswith(job_folder("other")) for key in keys)
