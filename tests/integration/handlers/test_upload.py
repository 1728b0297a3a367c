"""Recordings from a bucket to what is put beside them, through S3, EventBridge and SQS."""

import json
import random
import threading
import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from audio_translation.aws.bucket_keys import source_key
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.job_table import JobTable
from audio_translation.jobs.upload_slots import UploadSlots
from audio_translation.translation.request import TranslationRequest
from tests.audio.tones import english, heard, spoken
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, OTHER_BUCKET, Aws
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_behaviours import RateLimit
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.webhook_receiver import Receiver
from tests.worlds.jobs import WEBHOOK_PARAMETER, WEBHOOK_SECRET
from tests.worlds.uploads import Template, UploadWorld, changed, running_uploads

KEYS = [
    "a b.wav",
    "a+b.wav",
    "100%.wav",
    "a%20b.wav",
    "a%2Fb.wav",
    "a&b=c#d?e.wav",
    "\"quoted\" 'single' `back`.wav",
    ".hidden.wav",
    ".folder/..wav",
    unicodedata.normalize("NFC", "Café.wav"),
    unicodedata.normalize("NFD", "Café.wav"),
    "日本語/録音 1.wav",
    "a//b.wav",
    "no extension",
    "ends in a space ",
    "UPPER.WAV",
    "😀.wav",
    "<&>.wav",
    "back\\slash.wav",
    "l" * 900 + ".wav",
]
BROKEN = {"text.mp3": b"This is no audio at all. " * 50, "cut.wav": b"RIFF\x24", "empty.mp3": b""}


@pytest.fixture(scope="module")
def listener() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones()) as provider:
        yield provider


@pytest.fixture
def provider(listener: SpeechProvider) -> SpeechProvider:
    listener.reset()
    return listener


@pytest.fixture
def world(aws_server: Aws, provider: SpeechProvider, tmp_path: Path) -> Iterator[UploadWorld]:
    with running_uploads(aws_server, provider, tmp_path, UploadJobsAtOnce="8") as world:
        yield world


def words(world: UploadWorld, name: str, bucket: str = BUCKET) -> str:
    """The text beside a recording."""
    return str(json.loads(world.read(f"translations/{name}.json", bucket))["text"])


def test_every_key_survives_and_gets_its_own_translation(
    world: UploadWorld, provider: SpeechProvider
) -> None:
    for number, key in enumerate(KEYS):
        world.put(f"uploads/{key}", spoken([number]))
    world.settle()
    for number, key in enumerate(KEYS):
        assert words(world, key) == english(number)
        assert english(number) in world.read(f"translations/{key}.vtt")
    assert len(world.written()) == 2 * len(KEYS)
    assert len(provider.received) == len(KEYS)
    assert world.roles.refused == []


def test_thirty_recordings_of_which_three_are_broken_each_event_three_times(
    world: UploadWorld, provider: SpeechProvider
) -> None:
    good = {f"calls/{number}.wav": number for number in range(27)}
    for name, number in good.items():
        world.put(f"uploads/{name}", spoken([number]))
    for name, content in BROKEN.items():
        world.put(f"uploads/{name}", content)
    events = world.taken() * 3
    assert len(events) == 90
    random.Random(4).shuffle(events)
    for event in events:
        world.send(event)
    world.settle()
    assert {name: words(world, name) for name in good} == {n: english(i) for n, i in good.items()}
    expected = {f"translations/{name}.{form}" for name in good for form in ("json", "vtt")}
    expected |= {f"translations/{name}.error.json" for name in BROKEN}
    assert set(world.written()) == expected
    assert {world.error(f"uploads/{name}")["code"] for name in BROKEN} == {"unsupported_audio"}
    assert len(provider.received) == 27
    assert set(provider.paid.values()) == {1}
    assert len(world.aws.items()) == 30 + 1, "a job each, and the slots"
    assert provider.most_at_once <= 8
    assert world.lost() == 0


def test_metadata_has_a_wish_for_every_field(world: UploadWorld, provider: SpeechProvider) -> None:
    world.aws.client("ssm").put_parameter(
        Name=WEBHOOK_PARAMETER, Value=WEBHOOK_SECRET, Type="SecureString"
    )
    with Receiver() as receiver:
        world.put(
            "uploads/a.wav",
            spoken([1]),
            response_format="srt, text",
            model="whisper-large-v3",
            prompt="Names: Jose.",
            temperature="0.5",
            save_source="true",
            callback_url=receiver.hook(),
            camera="left",
        )
        world.settle()
    (asked,) = provider.received
    assert asked.fields["model"] == "whisper-large-v3"
    assert asked.fields["prompt"] == "Names: Jose."
    assert asked.fields["temperature"] == "0.5"
    assert world.written() == ["translations/a.wav.srt", "translations/a.wav.txt"]
    assert world.read("translations/a.wav.txt").strip() == english(1)
    ((headers, body),) = receiver.received
    assert Webhook(WEBHOOK_SECRET).verify(body, headers)["type"] == "translation.succeeded"
    (kept,) = [key for key in world.aws.keys(BUCKET) if key.startswith("audio/")]
    assert kept.endswith("-a.wav")


def test_a_folder_has_options_for_what_is_in_it_and_below(
    world: UploadWorld, provider: SpeechProvider
) -> None:
    world.put("uploads/translation.json", json.dumps({"prompt": "all"}).encode())
    near = {"prompt": "near", "responseFormat": ["text"]}
    world.put("uploads/a/b/translation.json", json.dumps(near).encode())
    world.put("uploads/top.wav", spoken([0]))
    world.put("uploads/a/inherits.wav", spoken([1]))
    world.put("uploads/a/b/near.wav", spoken([2]))
    world.put("uploads/a/b/c/own.wav", spoken([3]), prompt="own")
    world.settle()
    assert {
        numbers: asked.fields["prompt"]
        for asked in provider.received
        for numbers in [said(asked.file)]
    } == {0: "all", 1: "all", 2: "near", 3: "own"}
    assert [key for key in world.written() if "/b/" in key] == [
        "translations/a/b/c/own.wav.txt",
        "translations/a/b/near.wav.txt",
    ]
    assert len(world.written()) == 2 + 2 + 1 + 1, "options are no recordings"


def said(audio: bytes) -> int:
    ((number, *_),) = heard(audio)
    return number


@pytest.mark.parametrize(
    ("metadata", "folder", "param"),
    [
        ({"response_format": "mp3"}, None, "responseFormat"),
        ({"temperature": "7"}, None, "temperature"),
        ({"save_source": "perhaps"}, None, "saveSource"),
        ({"callback_url": "ftp://example.com"}, None, "callbackUrl"),
        ({"callback_url": "http://10.0.0.1/"}, None, "callbackUrl"),
        ({}, {"promt": "x"}, "promt"),
        ({}, [], None),
    ],
)
def test_wrong_options_are_named_beside_the_recording_and_can_be_put_right(
    world: UploadWorld, provider: SpeechProvider, metadata: dict[str, str], folder: Any, param: str
) -> None:
    if folder is not None:
        world.put("uploads/translation.json", json.dumps(folder).encode())
    world.put("uploads/a.wav", spoken([1]), **metadata)
    world.settle()
    error = world.error("uploads/a.wav")
    assert error["code"] in {"invalid_request", "url_not_allowed"}
    assert error["param"] == param
    assert (param or "translation.json") in error["message"]
    assert not provider.received
    assert not world.executions.started
    world.aws.client("s3").delete_object(Bucket=BUCKET, Key="uploads/translation.json")
    world.put("uploads/a.wav", spoken([1]))
    world.settle()
    assert world.written() == ["translations/a.wav.json", "translations/a.wav.vtt"]


def test_the_same_content_with_other_options_is_translated_again(
    world: UploadWorld, provider: SpeechProvider
) -> None:
    world.put("uploads/a.wav", spoken([1]))
    world.settle()
    time.sleep(1)  # S3 tells whole seconds
    world.put("uploads/a.wav", spoken([1]), response_format="srt")
    world.settle()
    assert [key.rpartition(".")[2] for key in world.written()] == ["json", "srt", "vtt"]
    assert len(provider.received) == 2


def test_of_a_recording_that_is_replaced_while_its_job_runs_only_the_new_one_counts(
    world: UploadWorld, provider: SpeechProvider
) -> None:
    def replace(numbers: tuple[int, ...]) -> None:
        if numbers == (1,):
            world.put("uploads/a.wav", spoken([2]), response_format="text")

    provider.on_call = replace
    world.put("uploads/a.wav", spoken([1]))
    world.settle()
    world.settle()
    assert world.written() == ["translations/a.wav.txt"]
    assert world.read("translations/a.wav.txt").strip() == english(2)


def test_an_event_that_comes_after_that_of_newer_content_does_nothing(
    world: UploadWorld, provider: SpeechProvider
) -> None:
    world.put("uploads/a.wav", spoken([1]))
    world.put("uploads/a.wav", spoken([2]))
    old, new = sorted(world.taken(), key=lambda body: head(world, "uploads/a.wav") in body)
    for event in (new, old, new):
        world.send(event)
    world.settle()
    assert words(world, "a.wav") == english(2)
    assert list(provider.paid) == [(2,)]


def test_a_recording_that_is_gone_leaves_nothing(
    world: UploadWorld, provider: SpeechProvider
) -> None:
    world.put("uploads/a.wav", spoken([1]))
    world.aws.client("s3").delete_object(Bucket=BUCKET, Key="uploads/a.wav")
    world.settle()
    assert world.aws.keys() == []
    assert world.aws.items() == []


def test_a_bucket_of_theirs_is_translated_in_place(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    with running_uploads(aws_server, provider, tmp_path, UploadBucket=OTHER_BUCKET) as world:
        world.put("uploads/a.wav", spoken([1]), OTHER_BUCKET)
        world.put("uploads/b.mp3", BROKEN["text.mp3"], OTHER_BUCKET)
        world.put("elsewhere/c.wav", spoken([3]), OTHER_BUCKET)
        world.put("uploads/ours.wav", spoken([4]))
        world.settle()
        assert world.written(OTHER_BUCKET) == [
            "translations/a.wav.json",
            "translations/a.wav.vtt",
            "translations/b.mp3.error.json",
        ]
        assert words(world, "ours.wav") == english(4)
        assert world.roles.refused == []


def test_a_recording_that_may_not_be_read_is_said_to_be_so(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    with running_uploads(aws_server, provider, tmp_path, UploadBucket=OTHER_BUCKET) as world:
        deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*"}
        world.roles.may["UploadFunction"] = [*world.roles.may["UploadFunction"], deny]
        world.put("uploads/a.wav", spoken([1]), OTHER_BUCKET)
        world.settle()
        error = world.error("uploads/a.wav", OTHER_BUCKET)
        assert error["code"] == "audio_not_retrievable"
        assert "UploadBucket" in error["message"]


def test_the_stack_says_which_formats_there_are(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    formats = "verbose_json,text,srt,vtt,json"
    with running_uploads(aws_server, provider, tmp_path, UploadFormats=formats) as world:
        world.put("uploads/a.wav", spoken([1]))
        world.settle()
        assert world.written() == [
            f"translations/a.wav.{name}" for name in ("json", "srt", "txt", "verbose.json", "vtt")
        ]
        assert json.loads(world.read("translations/a.wav.verbose.json"))["segments"]


def test_what_fails_says_why_and_goes_when_it_succeeds(
    world: UploadWorld, provider: SpeechProvider
) -> None:
    provider.script.append(Answer(envelope("no credit", code="insufficient_quota"), 429))
    world.put("uploads/a.wav", spoken([1]))
    world.settle()
    assert world.error("uploads/a.wav")["code"] == "provider_quota_exhausted"
    again = created("uploads/a.wav", BUCKET, "audio-translation.backfill", world)
    again["detail"]["again"] = "1"
    world.send(again)
    world.settle()
    assert world.written() == ["translations/a.wav.json", "translations/a.wav.vtt"]


def head(world: UploadWorld, key: str, bucket: str = BUCKET) -> str:
    return str(world.aws.client("s3").head_object(Bucket=bucket, Key=key)["ETag"].strip('"'))


# Slots, and what does not work at once


def test_no_more_jobs_run_at_once_than_may(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    provider.delay = 0.3
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
        slots = UploadSlots(aws.clients, table=JOB_TABLE, slots=3)
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
    assert UploadSlots(aws.clients, table=JOB_TABLE, slots=3).holders() == []


def job(job_id: str, status: JobStatus, *, updated: timedelta = timedelta(0)) -> Job:
    now = datetime.now(UTC)
    return Job(
        id=job_id,
        owner="uploads",
        status=status,
        request=TranslationRequest.model_validate({"audioFileUrl": "s3://b/uploads/x.wav"}),
        created=now,
        updated=now - updated,
        expires=now + timedelta(days=7),
    )


def slots_of(world: UploadWorld, number: int) -> UploadSlots:
    return UploadSlots(world.aws.clients, table=JOB_TABLE, slots=number)


def create(world: UploadWorld, made: Job) -> None:
    JobTable(world.aws.clients, table=JOB_TABLE).create(made)


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


def impatient(template: Template) -> None:
    """A second to wait for a slot, and no long pause until the next delivery."""
    resources = template["Resources"]
    resources["UploadFunction"]["Properties"]["Timeout"] = 11
    resources["UploadQueue"]["Properties"]["VisibilityTimeout"] = 1
    resources["UploadQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"] = 3


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


# Audio of POST /uploads


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


def test_a_provider_that_takes_few_requests_gets_them_all_in_the_end(
    aws_server: Aws, tmp_path: Path
) -> None:
    count = 10
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
    formats = "verbose_json,text,srt,vtt,json"
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
        assert len([key for _, key in ours if folder(key) == "translations"]) == 4 * 5 + 4
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


def created(key: str, bucket: str, source: str, world: UploadWorld) -> dict[str, Any]:
    detail = {"bucket": {"name": bucket}, "object": {"key": key, "etag": head(world, key, bucket)}}
    return {"source": source, "detail-type": "Object Created", "detail": detail}


def folder(key: str) -> str:
    return key.partition("/")[0]


def everything(world: UploadWorld) -> tuple[set[tuple[str, str]], int, int]:
    """All keys, how many items the table has, and how many executions there were."""
    keys = {(bucket, key) for bucket in (BUCKET, OTHER_BUCKET) for key in world.aws.keys(bucket)}
    return keys, len(world.aws.items()), world.executions.started.total()
