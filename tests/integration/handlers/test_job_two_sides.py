"""Jobs of recordings with two sides: both paid once, whatever is interrupted."""

import io
import time
import wave
from array import array
from collections import deque
from contextlib import closing
from typing import Any, cast

from audio_translation.handlers import invoke
from audio_translation.jobs.job import JobStatus
from local.aws.lambda_context import LambdaContext
from tests.audio.tones import english, spoken
from tests.fakes.aws.lambda_invoke import FUNCTION, Functions
from tests.fakes.aws.moto_server import JOB_TABLE
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.jobs import JobWorld, run

OPTIONS: dict[str, Any] = {"channels": "separate", "channelNames": ["Agent", "Customer"]}


def two_sides(count: int) -> bytes:
    """Return a wav with the sentences 0, 1, 2 … on the left, as many others on the right."""
    left, right = (_samples(spoken(range(first, first + count))) for first in (0, count))
    both = array("h", bytes(4 * len(left)))
    both[::2], both[1::2] = left, right
    file = io.BytesIO()
    with closing(wave.open(file, "wb")) as writer:
        writer.setparams((2, 2, 16_000, 0, "NONE", ""))
        writer.writeframes(both.tobytes())
    return file.getvalue()


def _samples(wav: bytes) -> "array[int]":
    with closing(wave.open(io.BytesIO(wav))) as reader:
        return array("h", reader.readframes(reader.getnframes()))


def check_said(jobs: JobWorld, job_id: str, count: int) -> None:
    segments = jobs.files.translation(job_id).segments
    for channel in (0, 1):
        own = [segment.text.strip() for segment in segments if segment.channel == channel]
        assert own == [english(number + channel * count) for number in range(count)]
    starts = [segment.start for segment in segments]
    assert starts == sorted(starts)


def test_both_sides_are_paid_once_and_told_once(jobs: JobWorld) -> None:
    job_id = jobs.job(jobs.source.file("/call.wav", two_sides(24)), responseFormat="vtt", **OPTIONS)
    run(job_id)
    job = jobs.find(job_id)
    assert job.status is JobStatus.SUCCEEDED
    check_said(jobs, job_id, 24)
    jobs.check_paid_once(job_id)
    assert job.audio_done == job.audio == 61_000
    assert job.paid == sum(chunk.length for chunk in jobs.plan(job_id))
    assert 110_000 < job.paid < 122_000
    assert jobs.result(job_id, "vtt").count("<v Agent>") >= 12


def test_a_job_that_failed_on_one_side_has_the_other_and_pays_nothing_twice(
    jobs: JobWorld,
) -> None:
    job_id = jobs.job(jobs.source.file("/call.wav", two_sides(24)), **OPTIONS)
    broke = Answer(envelope("You have no credit", code="insufficient_quota"), 429)
    jobs.provider.instead[40] = deque([broke])  # on the right
    with jobs.settings(JOB_CONCURRENCY="1"):
        run(job_id)
    failed = jobs.find(job_id)
    assert (failed.status, failed.partial) == (JobStatus.FAILED, True)
    assert 0 < failed.audio_done < 61_000
    (told,) = failed.warnings
    assert "there is text of 0:00:00 to 0:01:00 of Agent and 0:00:0" in told
    assert told.endswith(" of Customer.")
    there = {segment.channel for segment in jobs.files.translation(job_id).segments}
    assert there == {0, 1}
    paid = dict(jobs.provider.paid)
    jobs.aws.client("dynamodb").update_item(
        TableName=JOB_TABLE,
        Key={"id": {"S": job_id}},
        UpdateExpression="SET #s = :s REMOVE chunks_done, #e",
        ExpressionAttributeNames={"#s": "status", "#e": "error"},
        ExpressionAttributeValues={":s": {"S": "running"}},
    )
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    check_said(jobs, job_id, 24)
    assert {numbers: jobs.provider.paid[numbers] for numbers in paid} == paid
    jobs.check_paid_once(job_id)


def test_a_job_goes_on_with_what_a_request_has_paid_of_a_side(jobs: JobWorld) -> None:
    url = jobs.source.file("/once.wav", two_sides(40))
    jobs.provider.delay = 1.5  # 20 chunks of 10 s: half a minute
    with (
        Functions() as functions,
        jobs.settings(
            JOB_TABLE=JOB_TABLE,
            JOB_FUNCTION=FUNCTION,
            AWS_ENDPOINT_URL_LAMBDA=functions.url,
            JOB_CONCURRENCY="1",
        ),
    ):
        context = LambdaContext("request-1", ends_at=time.time() + 13)
        answer = invoke.handler({"audioFileUrl": url, **OPTIONS}, cast(Any, context))
    assert isinstance(answer, dict)
    assert answer["status"] == "queued"
    paid = dict(jobs.provider.paid)
    assert len(jobs.plan("request-1")) == len(paid) >= 2
    jobs.source.file("/once.wav", b"<html>This link has expired.</html>")
    jobs.provider.delay = 0.0
    run("request-1")
    assert jobs.find("request-1").status is JobStatus.SUCCEEDED
    check_said(jobs, "request-1", 40)
    assert set(jobs.provider.paid.values()) == {1}
