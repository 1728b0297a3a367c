"""How far a job is, and whether it has ended."""

from datetime import UTC, datetime

from audio_translation.jobs.job import Job, JobStatus
from audio_translation.translation.request import TranslationRequest

NOW = datetime.now(UTC)


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
