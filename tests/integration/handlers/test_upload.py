"""Recordings from a bucket to what is put beside them, through S3, EventBridge and SQS."""

import random
from pathlib import Path
from typing import Any

from audio_translation.aws.bucket_keys import source_key
from audio_translation.jobs.job import JobStatus
from tests.audio.tones import english, spoken
from tests.fakes.aws.moto_server import BUCKET, OTHER_BUCKET, Aws
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_behaviours import RateLimit
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.uploads.recordings_and_jobs import (
    BROKEN,
    create,
    created,
    impatient,
    job,
    words,
)
from tests.worlds.uploads import UploadWorld, changed, running_uploads


def test_fifteen_recordings_of_which_three_are_broken_each_event_three_times(
    uploads: UploadWorld, provider: SpeechProvider
) -> None:
    good = {f"calls/{number}.wav": number for number in range(12)}
    for name, number in good.items():
        uploads.put(f"uploads/{name}", spoken([number]))
    for name, content in BROKEN.items():
        uploads.put(f"uploads/{name}", content)
    events = uploads.taken() * 3
    assert len(events) == 45
    random.Random(4).shuffle(events)
    for event in events:
        uploads.send(event)
    uploads.settle()
    assert {name: words(uploads, name) for name in good} == {n: english(i) for n, i in good.items()}
    expected = {f"translations/{name}.{form}" for name in good for form in ("json", "vtt")}
    expected |= {f"translations/{name}.error.json" for name in BROKEN}
    assert set(uploads.written()) == expected
    assert {uploads.error(f"uploads/{name}")["code"] for name in BROKEN} == {"unsupported_audio"}
    assert len(provider.received) == 12
    assert set(provider.paid.values()) == {1}
    assert len(uploads.aws.items()) == 15 + 2, "a job each, and two kinds of slots"
    assert provider.most_at_once <= 8
    assert uploads.lost() == 0


def test_what_nothing_can_be_made_of_ends_in_the_dead_letter_queue_alone(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    with running_uploads(aws_server, provider, tmp_path, template=changed(impatient)) as world:
        world.send("this is no event")
        long: dict[str, Any] = {"source": "aws.s3", "detail-type": "Object Created"}
        key = "uploads/" + "l" * 1010
        long |= {"detail": {"bucket": {"name": BUCKET}, "object": {"key": key, "etag": "e"}}}
        world.send(long)
        world.put("uploads/a.wav", spoken([1]))
        world.settle()
        assert words(world, "a.wav") == english(1)
        assert world.lost() == 2
        assert len(provider.received) == 1


def test_a_provider_that_takes_few_requests_gets_them_all_in_the_end(
    aws_server: Aws, tmp_path: Path
) -> None:
    count = 6
    limit = RateLimit(a_second=1)
    with (
        SpeechProvider(Tones(), limit) as provider,
        running_uploads(aws_server, provider, tmp_path, UploadJobsAtOnce="8") as world,
    ):
        for number in range(count):
            world.put(f"uploads/{number}.wav", spoken([number]))
        world.settle()
        assert [words(world, f"{number}.wav") for number in range(count)] == list(
            map(english, range(count))
        )
        assert len(world.written()) == 2 * count
    assert limit.passed == count
    assert limit.refused > 0


# Recursion


def test_nothing_that_the_service_writes_wakes_it(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    formats = "verbose_json,text,srt,vtt,json,html"
    with running_uploads(
        aws_server, provider, tmp_path, UploadBucket=OTHER_BUCKET, UploadFormats=formats
    ) as world:
        put = set()

        def upload(key: str, content: bytes, bucket: str = BUCKET, **metadata: str) -> None:
            world.put(key, content, bucket, **metadata)
            put.add((bucket, key))

        for bucket in (BUCKET, OTHER_BUCKET):
            upload("uploads/a.wav", spoken([1]), bucket, save_source="true")
            upload("uploads/b.mp3", BROKEN["text.mp3"], bucket)
            upload("uploads/c.wav", spoken([2]), bucket, temperature="hot")
        upload("uploads/jobs/x/source/uploads/d.wav", spoken([3]))
        upload("calls/e.wav", spoken([4]), OTHER_BUCKET)
        world.send(created("calls/e.wav", OTHER_BUCKET, "audio-translation.backfill", world))
        wanted = job("job-1", JobStatus.QUEUED)
        key = source_key("job-1", "f.wav")
        request = wanted.request.model_copy(update={"audio_file_url": f"s3://{BUCKET}/{key}"})
        create(world, wanted.model_copy(update={"request": request}))
        upload(key, spoken([5]))
        world.settle()
        before = everything(world)
        ours = before[0] - put
        assert {folder(key) for _, key in ours} == {"audio", "jobs", "translations"}
        assert len([key for _, key in ours if folder(key) == "translations"]) == 4 * 6 + 4
        provider.received.clear()

        s3 = world.aws.client("s3")
        for bucket, key in ours:  # once more as events of S3, through the rules
            place = {"Bucket": bucket, "Key": key}
            s3.copy_object(CopySource=place, MetadataDirective="REPLACE", **place)
        assert world.idle()
        assert world.taken() == []
        for bucket, key in ours:  # and past them
            for source in ("aws.s3", "audio-translation.backfill"):
                event = created(key, bucket, source, world)
                world.send(event)
                world.send(event, single=True)
        world.settle()
        assert everything(world) == before
        assert provider.received == []
        assert world.lost() == 0


def folder(key: str) -> str:
    return key.partition("/")[0]


def everything(world: UploadWorld) -> tuple[set[tuple[str, str]], int, int]:
    """All keys, how many items the table has, and how many executions there were."""
    keys = {(bucket, key) for bucket in (BUCKET, OTHER_BUCKET) for key in world.aws.keys(bucket)}
    return keys, len(world.aws.items()), world.executions.started.total()
