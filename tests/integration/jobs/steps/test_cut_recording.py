"""A recording is cut into chunks that hold what the plan says, and each is stored."""

from pathlib import Path

import pytest

from audio_translation.audio.decoding import decode
from audio_translation.deadline import Deadline
from audio_translation.errors import AudioTooLarge, UnsupportedAudio
from audio_translation.jobs.steps.cut_recording import Cut, CutRecording
from audio_translation.wiring.job_function import job_function
from tests.integration.minute import WAV
from tests.worlds.jobs import JobWorld


def cut(jobs: JobWorld, body: bytes, folder: Path) -> tuple[str, Cut]:
    job_id = jobs.job(jobs.source.file("/recording.wav", body))
    recording = job_function().run.recording
    return job_id, recording.cut(jobs.find(job_id), folder, Deadline.after(900))


def test_each_chunk_of_the_plan_is_stored_with_its_sound(jobs: JobWorld, tmp_path: Path) -> None:
    job_id, done = cut(jobs, WAV, tmp_path)
    assert len(done.chunks) > 1
    for index, chunk in enumerate(done.chunks):
        path = tmp_path / "again.flac"
        job_function().run.files.chunk(job_id, index, path)
        sound = decode(path, tmp_path, max_duration=10**6, deadline=Deadline.after(60))
        assert sound.info.duration == pytest.approx(chunk.end - chunk.start, abs=1)
    assert done.chunks[-1].end <= done.duration
    assert not list(tmp_path.glob("[0-9]*.flac")), "chunks stay on the disk"


@pytest.mark.parametrize(
    ("body", "limit", "error"),
    [(b"no audio at all" * 100, 10**9, UnsupportedAudio), (WAV, 1_000, AudioTooLarge)],
)
def test_what_cannot_be_cut_says_which_field_names_it(
    jobs: JobWorld,
    tmp_path: Path,
    body: bytes,
    limit: int,
    error: type[UnsupportedAudio | AudioTooLarge],
) -> None:
    known = job_function().run.recording
    recording = CutRecording(
        known.source, known.decoder, known.files, limit, known.chunk_target, known.chunk_limit
    )
    job = jobs.find(jobs.job(jobs.source.file("/recording.wav", body)))
    with pytest.raises(error) as raised:
        recording.cut(job, tmp_path, Deadline.after(900))
    assert raised.value.param == "audioFileUrl"
    assert jobs.stored() == []
