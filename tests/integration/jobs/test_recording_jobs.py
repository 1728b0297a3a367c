"""Events of objects become jobs, each once: late, repeated, without a slot, in vain."""

import time
from pathlib import Path

from audio_translation.aws.bucket_keys import source_key
from audio_translation.jobs.job import JobStatus
from tests.audio.tones import english, spoken
from tests.fakes.aws.moto_server import BUCKET, Aws
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.uploads.recordings_and_jobs import (
    create,
    head,
    impatient,
    job,
    slots_of,
    words,
)
from tests.worlds.uploads import UploadWorld, changed, running_uploads


def test_an_event_that_comes_after_that_of_newer_content_does_nothing(
    uploads: UploadWorld, provider: SpeechProvider
) -> None:
    uploads.put("uploads/a.wav", spoken([1]))
    uploads.put("uploads/a.wav", spoken([2]))
    old, new = sorted(uploads.taken(), key=lambda body: head(uploads, "uploads/a.wav") in body)
    for event in (new, old, new):
        uploads.send(event)
    uploads.settle()
    assert words(uploads, "a.wav") == english(2)
    assert list(provider.paid) == [(2,)]


def test_who_gets_no_slot_comes_back(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    template = changed(impatient)
    template["Resources"]["UploadQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"] = 99
    with running_uploads(
        aws_server, provider, tmp_path, template=template, UploadJobsAtOnce="1"
    ) as world:
        create(world, job("u-runs", JobStatus.RUNNING))
        assert slots_of(world, 1).take("u-runs")
        for number in range(3):
            world.put(f"uploads/{number}.wav", spoken([number]))
        with world.delivering():
            time.sleep(3)
            assert world.written() == []
            assert not world.executions.started
            assert slots_of(world, 1).holders() == ["u-runs"]
        slots_of(world, 1).give_back(["u-runs"])
        world.settle()
        assert len(world.written()) == 6
        assert world.lost() == 0
        assert len(provider.received) == 3, "nothing is paid twice"


def test_a_start_that_fails_gives_its_slot_back_and_is_made_again(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    template = changed(impatient)
    with running_uploads(
        aws_server, provider, tmp_path, template=template, UploadJobsAtOnce="1"
    ) as world:
        may = world.roles.may["UploadFunction"]
        world.roles.may["UploadFunction"] = [s for s in may if s["Sid"] != "StartJobs"]
        world.put("uploads/a.wav", spoken([1]))
        with world.delivering():
            ends = time.monotonic() + 20
            while ("UploadFunction", "lambda:InvokeFunction") not in world.roles.refused:
                assert time.monotonic() < ends
                time.sleep(0.05)
        assert slots_of(world, 1).holders() == []
        world.roles.may["UploadFunction"] = may
        world.settle()
        assert words(world, "a.wav") == english(1)


def test_audio_that_was_uploaded_for_a_job_starts_it_without_a_slot(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    with running_uploads(aws_server, provider, tmp_path, UploadJobsAtOnce="1") as world:
        assert slots_of(world, 1).take("u-runs")
        create(world, job("u-runs", JobStatus.RUNNING))
        key = source_key("job-1", "a.wav")
        wanted = job("job-1", JobStatus.QUEUED)
        request = wanted.request.model_copy(update={"audio_file_url": f"s3://{BUCKET}/{key}"})
        create(world, wanted.model_copy(update={"request": request, "owner": "somebody"}))
        world.put(key, spoken([1]))
        world.put(key, spoken([1]))
        world.put(source_key("nobody", "a.wav"), spoken([2]))
        world.settle()
        assert set(world.executions.started) == {"job-1"}
        assert world.written() == []
        assert "This is sentence 1." in world.read("jobs/job-1/result.json")
        assert world.roles.refused == []
