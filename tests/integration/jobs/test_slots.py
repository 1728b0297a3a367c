"""How many jobs run at once, over all sandboxes."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.slots import JOBS, Slots
from tests.audio.tones import english, spoken
from tests.fakes.aws.moto_server import JOB_TABLE, Aws
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.uploads.recordings_and_jobs import create, job, slots_of, words
from tests.worlds.uploads import running_uploads


def test_no_more_jobs_run_at_once_than_may(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    provider.delay = 0.3
    provider.on_call = lambda _: provider.wait_for_calls(2)
    with running_uploads(aws_server, provider, tmp_path, UploadJobsAtOnce="2") as world:
        for number in range(8):
            world.put(f"uploads/{number}.wav", spoken([number]))
        world.settle()
        assert len(world.written()) == 16
        assert provider.most_at_once == 2


def test_never_more_hold_slots_than_there_are(aws: Aws) -> None:
    """Twelve workers, each with a client of its own, as sandboxes have."""
    holding, most, lock = 0, 0, threading.Lock()

    def work(number: int) -> int:
        nonlocal holding, most
        slots = Slots(aws.clients, JOB_TABLE, JOBS, 3)
        taken = 0
        for turn in range(6):
            job_id = f"u-{number}-{turn}"
            if not slots.take(job_id):
                continue
            assert slots.take(job_id), "who has a slot has it"
            with lock:
                holding += 1
                most = max(most, holding)
            assert len(slots.holders()) <= 3
            time.sleep(random.uniform(0, 0.02))
            with lock:
                holding -= 1
            slots.give_back([job_id])
            taken += 1
        return taken

    with ThreadPoolExecutor(12) as pool:
        taken = sum(pool.map(work, range(12)))
    assert 1 <= most <= 3
    assert taken >= 6
    assert Slots(aws.clients, JOB_TABLE, JOBS, 3).holders() == []


def test_slots_of_jobs_that_have_ended_or_are_lost_are_free_again(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    with running_uploads(aws_server, provider, tmp_path, UploadJobsAtOnce="3") as world:
        create(world, job("u-ended", JobStatus.CANCELLED))
        create(world, job("u-lost", JobStatus.RUNNING, updated=timedelta(days=3)))
        for holder in ("u-ended", "u-lost", "u-forgotten"):
            assert slots_of(world, 3).take(holder)
        world.put("uploads/a.wav", spoken([1]))
        world.settle()
        assert words(world, "a.wav") == english(1)
