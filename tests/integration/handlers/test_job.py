"""Jobs from their start to their end, in the durable runner with its pauses skipped."""

import itertools
import json
import re
import shutil
import socket
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import requests
from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus
from aws_durable_execution_sdk_python_testing.model import LambdaContext
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner
from standardwebhooks import Webhook

from audio_translation.aws.bucket_keys import source_key
from audio_translation.deadline import Deadline
from audio_translation.jobs.job import MOST_RESTARTS, JobStatus
from audio_translation.jobs.steps.durable import StepFailed, step
from audio_translation.jobs.upload_request import UploadRequest
from audio_translation.translation.language_detection import LanguageDetector
from audio_translation.wiring.job_function import job_function
from audio_translation.wiring.request_functions import request_functions
from tests.audio.tones import recording
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, Aws
from tests.fakes.aws.throttling import BreakingOff, ThrottlingProxy
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source, head
from tests.fakes.webhook_receiver import Receiver, Reply
from tests.worlds.jobs import WEBHOOK_SECRET, JobWorld, run, sentences

WAV = recording(24)  # a minute


@pytest.fixture(scope="module")
def listener() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones()) as provider:
        yield provider


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    with Source() as source:
        yield source


@pytest.fixture
def world(aws: Aws, listener: SpeechProvider, source: Source, tmp_path: Path) -> Iterator[JobWorld]:
    listener.reset()
    world = JobWorld(aws, listener, source, tmp_path / "work")
    with world.settings():
        yield world


@pytest.fixture
def url(world: JobWorld) -> str:
    return world.source.file("/minute.wav", WAV)


def test_a_recording_is_split_translated_and_stitched(world: JobWorld, url: str) -> None:
    job_id = world.job(url, responseFormat="text")
    result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED
    job = world.find(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert len(job.chunk_durations) >= 4
    assert job.chunks_done == set(range(len(job.chunk_durations)))
    assert job.audio_done == job.duration == 61_000
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)


def uploaded(body: bytes, name: str) -> str:
    """Do what a caller of POST /uploads does; return the job's id."""
    request = UploadRequest.model_validate({"fileName": name, "size": len(body)})
    prepared = request_functions().jobs.prepare(request, owner="me")
    link = prepared.upload
    sent = requests.put(link.url, body, headers=link.headers, timeout=30)
    assert sent.status_code == 200
    return prepared.job.id


def test_what_was_uploaded_for_a_job_is_translated_and_kept(world: JobWorld) -> None:
    job_id = uploaded(WAV, "minute.wav")
    waits = world.find(job_id).expires
    run(job_id)
    job = world.find(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)
    assert job.expires - waits == timedelta(days=6)
    assert source_key(job_id, "minute.wav") in world.stored()


@pytest.mark.parametrize("body", [b"<html>no audio</html>", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_an_upload_that_is_no_audio_fails_as_any_other(world: JobWorld, body: bytes) -> None:
    job_id = uploaded(body, "minute.wav")
    run(job_id)
    job = world.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "unsupported_audio"
    assert not world.provider.received


def test_a_recording_without_speech_succeeds_without_asking_anybody(world: JobWorld) -> None:
    job_id = world.job(world.source.file("/silence.wav", recording(0)), responseFormat="vtt")
    run(job_id)
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.result(job_id, "vtt") == "WEBVTT\n\n"
    assert not world.provider.received


def test_the_result_is_stored_in_the_format_that_was_asked_for(world: JobWorld, url: str) -> None:
    job_id = world.job(url, responseFormat="srt", saveSource=True)
    run(job_id)
    assert world.result(job_id, "srt").startswith("1\n00:00:01,")
    assert [key for key in world.stored() if key.startswith("audio/")] == [
        f"audio/{datetime.now(UTC):%Y/%m/%d}/{job_id}-minute.wav"
    ]


STORMS = {
    "429": [Answer(envelope("slow down", "requests"), 429)],
    "429 with Retry-After": [
        Answer(envelope("slow down", "requests"), 429, headers={"Retry-After": "1"})
    ],
    "5xx": [Answer(envelope("oh"), status) for status in (500, 502, 503, 504)],
    "hang up": [Answer(b"", hang_up=True)],
    "cut": [Answer(cut=True)],
    "no json": [Answer(b"<html>")],
}


@pytest.mark.parametrize("answers", STORMS.values(), ids=STORMS)
def test_storms_pass(world: JobWorld, url: str, answers: list[Answer]) -> None:
    world.provider.script.extend(itertools.islice(itertools.cycle(answers), 8))
    job_id = world.job(url)
    run(job_id)
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)


def test_a_call_that_hangs_is_given_up_and_made_again(world: JobWorld, url: str) -> None:
    world.provider.instead[7] = deque([Answer(delay=30), Answer(b"x" * 50, drip=0.2)])
    job_id = world.job(url)
    with world.settings(JOB_CALL_SECONDS="2"):
        run(job_id)
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)


def test_a_chunk_that_is_refused_fails_the_job_and_leaves_the_rest_readable(
    world: JobWorld, url: str
) -> None:
    refusal = Answer(envelope("The audio file could not be decoded", "invalid_request_error"), 400)
    world.provider.instead[12] = deque([refusal] * 9)
    job_id = world.job(url)
    with world.settings(JOB_CONCURRENCY="1"):
        result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED  # the function did what it had to
    job = world.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "unsupported_audio"
    assert re.search(r"from 0:00:\d\d to 0:00:\d\d\.$", job.error["message"])
    assert job.partial
    done = world.said(job_id)
    assert done == sentences(len(done))
    assert 4 <= len(done) <= 12
    assert len(world.provider.received) == len(job.chunks_done) + 1


def test_a_job_without_credit_fails_at_once(world: JobWorld, url: str) -> None:
    broke = Answer(envelope("You have no credit", code="insufficient_quota"), 429)
    world.provider.default = broke
    world.provider.instead = {number: deque([broke] * 9) for number in range(24)}
    job_id = world.job(url)
    with world.settings(JOB_CONCURRENCY="2"):
        run(job_id)
    job = world.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, False)
    assert job.error is not None
    assert job.error["code"] == "provider_quota_exhausted"
    assert len(world.provider.received) <= 3


@pytest.mark.parametrize(
    ("path", "code"),
    [("/nothing.wav", "audio_not_retrievable"), ("/text.wav", "unsupported_audio")],
)
def test_audio_that_cannot_be_had_fails_the_job(world: JobWorld, path: str, code: str) -> None:
    world.source.file("/text.wav", b"no audio at all" * 100)
    job_id = world.job(world.source.url(path))
    run(job_id)
    job = world.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, False)
    assert job.error is not None
    assert (job.error["code"], job.error["param"]) == (code, "audioFileUrl")


@pytest.mark.parametrize("trouble", ["503", "429", "cut", "reset"])
def test_a_host_that_fails_for_a_moment_is_asked_again(world: JobWorld, trouble: str) -> None:
    size = [("Content-Length", str(len(WAV)))]
    steps: list[Any] = {
        "503": [head(503, [])],
        "429": [head(429, [])],
        "cut": [head(200, size), WAV[: len(WAV) // 2]],
        "reset": [],
    }[trouble]
    answers = iter([steps, steps])
    url = world.source.script("/later.wav", lambda: next(answers, [head(200, size), WAV]))
    job_id = world.job(url)
    run(job_id)
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)


def test_a_host_that_goes_on_failing_is_not_asked_for_an_hour(world: JobWorld) -> None:
    before = len(world.source.requests)
    job_id = world.job(world.source.file("/never.wav", b"", status=503))
    run(job_id)
    error = world.find(job_id).error
    assert error is not None
    assert error["code"] == "audio_not_retrievable"
    assert len(world.source.requests) - before == 6


def test_a_download_from_s3_that_breaks_off_is_begun_again(world: JobWorld) -> None:
    world.aws.client("s3").put_object(Bucket=BUCKET, Key="audio/minute.wav", Body=WAV)
    job_id = world.job(f"s3://{BUCKET}/audio/minute.wav")
    with BreakingOff(world.aws.endpoint, "/audio/minute.wav", times=2) as proxy:
        with world.settings(AWS_ENDPOINT_URL=proxy.url):
            run(job_id)
        assert proxy.left == 0
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)


def test_when_one_chunk_is_refused_those_that_run_are_kept(world: JobWorld, url: str) -> None:
    """The SDK goes on at the first failure, while the other chunks are with the provider."""
    refusal = Answer(envelope("The audio file could not be decoded", "invalid_request_error"), 400)
    world.provider.instead[0] = deque([refusal])
    world.provider.delay = 1.5
    job_id = world.job(url)
    run(job_id)
    job = world.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, True)
    assert job.chunks_done == {1, 2, 3}
    heard = [s for chunk in world.plan(job_id)[1:4] for s in chunk.speech]
    assert len(world.said(job_id)) == len(heard)
    assert len(world.provider.received) == 4


def test_a_job_deleted_while_it_is_split_leaves_nothing(world: JobWorld) -> None:
    def deleted() -> Iterator[bytes]:
        yield head(200, [("Content-Length", str(len(WAV)))])
        yield WAV[:1000]
        request_functions().jobs.delete(world.find("job-1"))
        yield WAV[1000:]

    job_id = world.job(world.source.script("/deleted.wav", deleted))
    run(job_id)
    assert world.find(job_id).status is JobStatus.CANCELLED
    assert world.stored() == []
    assert not world.provider.received


def test_a_job_that_cannot_be_stitched_ends_all_the_same(world: JobWorld, url: str) -> None:
    job_id = world.job(url)
    key = f"jobs/{job_id}/parts/00000.json"
    world.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"{")
    count = world.bus()
    run(job_id, seconds=120)
    job = world.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, False)
    assert job.error is not None
    assert job.error["code"] == "internal"
    assert count() == {"Job Succeeded": 0, "Job Failed": 1}


def test_a_second_look_that_crashes_costs_nobody_the_first_answer(
    world: JobWorld, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> bool:
        raise OSError("no model of languages")

    monkeypatch.setattr(LanguageDetector, "is_foreign", crash)
    job_id = world.job(url)
    run(job_id)
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)


def test_another_jobs_files_are_no_audio(world: JobWorld) -> None:
    job_id = world.job(f"s3://{BUCKET}/jobs/job-0/chunks/00000.flac")
    run(job_id)
    error = world.find(job_id).error
    assert error is not None
    assert error["code"] == "url_not_allowed"


def test_a_cancelled_job_stops_at_the_next_chunk_and_writes_nothing_more(
    world: JobWorld, url: str
) -> None:
    job_id = world.job(url)

    def cancel(numbers: tuple[int, ...]) -> None:
        if 12 in numbers:
            world.table.cancel(job_id)

    world.provider.on_call = cancel
    with world.settings(JOB_CONCURRENCY="1"):
        result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED
    job = world.find(job_id)
    assert job.status is JobStatus.CANCELLED
    assert len(world.provider.received) == len(job.chunks_done) + 1
    keys = [key.removeprefix(f"jobs/{job_id}/") for key in world.stored()]
    assert sum(key.startswith("parts/") for key in keys) == len(job.chunks_done)
    assert not [key for key in keys if key.startswith(("translation", "result"))]


def test_a_job_that_was_cancelled_before_it_began_does_nothing(world: JobWorld, url: str) -> None:
    job_id = world.job(url)
    world.table.cancel(job_id)
    run(job_id)
    assert world.find(job_id).status is JobStatus.CANCELLED
    assert world.stored() == []


def test_what_is_stored_is_not_paid_again(world: JobWorld, url: str) -> None:
    job_id = world.job(url)
    broke = Answer(envelope("You have no credit", code="insufficient_quota"), 429)
    world.provider.instead[20] = deque([broke])
    with world.settings(JOB_CONCURRENCY="1"):
        run(job_id)
    paid = dict(world.provider.paid)
    # The same job from nothing, as after a loss of all that its execution had kept.
    world.aws.client("dynamodb").update_item(
        TableName=JOB_TABLE,
        Key={"id": {"S": job_id}},
        UpdateExpression="SET #s = :s REMOVE chunks_done, #e",
        ExpressionAttributeNames={"#s": "status", "#e": "error"},
        ExpressionAttributeValues={":s": {"S": "running"}},
    )
    run(job_id)
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)
    assert {key: world.provider.paid[key] for key in paid} == paid
    world.check_paid_once(job_id)


def test_a_job_whose_execution_is_lost_goes_on_in_the_next(world: JobWorld) -> None:
    job_id = world.job(world.source.file("/once.wav", WAV))
    assert job_function().run.split(job_id, Deadline.after(900))
    job_function().run.translate_chunk(job_id, 1, Deadline.after(900))
    world.source.file("/once.wav", b"<html>This link has expired.</html>")
    run(job_id, restarts=1)
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)


@pytest.mark.parametrize("begun", [False, True])
def test_a_job_that_is_lost_too_often_fails_and_who_wants_to_know_is_told(
    world: JobWorld, url: str, begun: bool
) -> None:
    bus = world.bus()
    with Receiver() as receiver:
        job_id = world.job(url, callbackUrl=receiver.hook())
        if begun:
            job_function().run.split(job_id, Deadline.after(900))
            job_function().run.translate_chunk(job_id, 0, Deadline.after(900))
        run(job_id, restarts=MOST_RESTARTS + 1)
    job = world.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "internal"
    assert job.partial is begun
    assert len(world.provider.received) == int(begun)
    assert bus() == {"Job Succeeded": 0, "Job Failed": 1}
    ((_, body),) = receiver.received
    assert json.loads(body)["type"] == "translation.failed"


def test_the_disk_may_be_wiped_between_steps(world: JobWorld, url: str) -> None:
    def wipe(_: tuple[int, ...]) -> None:
        shutil.rmtree(world.work_folder)

    world.provider.on_call = wipe
    job_id = world.job(url)
    with world.settings(JOB_CONCURRENCY="1"):
        run(job_id)
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)


def test_no_chunk_is_begun_when_the_invocation_is_about_to_end(
    world: JobWorld, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    invocations = []
    left = itertools.chain([900, 900, 900, 900, 900, 100, 100, 100, 100], itertools.repeat(900))
    monkeypatch.setattr(LambdaContext, "get_remaining_time_in_millis", lambda _: next(left) * 1000)
    world.provider.on_call = lambda _: invocations.append(1)
    job_id = world.job(url)
    with world.settings(JOB_CONCURRENCY="2"):
        run(job_id)
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)
    assert next(left) == 900


def test_throttled_storage_and_table_are_asked_again(world: JobWorld, url: str) -> None:
    job_id = world.job(url)
    with ThrottlingProxy(world.aws.endpoint, every=6) as proxy:
        with world.settings(AWS_ENDPOINT_URL=proxy.url):
            run(job_id)
        assert min(proxy.throttled["s3"], proxy.throttled["dynamodb"]) >= 3, proxy.throttled
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)


def test_speech_that_was_missed_is_asked_for_again_once(world: JobWorld, url: str) -> None:
    missing = {"duration": 1.0, "text": "", "language": "english", "segments": []}
    world.provider.instead[5] = deque([Answer(missing)])
    job_id = world.job(url)
    run(job_id)
    assert world.said(job_id) == sentences(24)
    assert len(world.provider.received) == len(world.find(job_id).chunk_durations) + 1


ECHO = "Felicidades, usted ha instalado y ejecutado exitosamente su sistema."
ECHOED = Answer(
    {
        "duration": 10.0,
        "text": "",
        "language": "english",
        "segments": [{"start": 0.5, "end": 9.5, "text": ECHO}],
    }
)


def test_what_came_back_in_the_spoken_language_is_asked_for_again_once(
    world: JobWorld, url: str
) -> None:
    world.provider.instead[5] = deque([ECHOED])
    job_id = world.job(url)
    run(job_id)
    assert world.said(job_id) == sentences(24)
    assert len(world.provider.received) == len(world.find(job_id).chunk_durations) + 1
    asked = [float(received.fields["temperature"]) for received in world.provider.received]
    assert sorted(asked) == [0.0] * (len(asked) - 1) + [0.2]


@pytest.mark.parametrize("second", [ECHOED, Answer(envelope("Invalid file format."), status=400)])
def test_an_echo_is_kept_if_the_second_answer_is_no_better(
    world: JobWorld, url: str, second: Answer
) -> None:
    world.provider.instead[5] = deque([ECHOED, second])
    job_id = world.job(url, responseFormat="verbose_json")
    with redirect_stdout(StringIO()) as output, world.settings():
        run(job_id)
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id).count(ECHO) == 1
    assert len(world.provider.received) == len(world.find(job_id).chunk_durations) + 1
    result = json.loads(world.result(job_id, "json"))
    assert [s["text"] for s in result["segments"] if "untranslated" in s] == [ECHO]
    of_all = f"1 of {len(result['segments'])} segments could not be translated"
    assert [warning.startswith(of_all) for warning in result["warnings"]] == [True]
    metrics = [json.loads(line) for line in output.getvalue().splitlines() if "_aws" in line]
    assert [m["UntranslatedSegments"] for m in metrics if "UntranslatedSegments" in m] == [[1]]


def test_the_same_job_run_by_three_at_once_ends_right(world: JobWorld, url: str) -> None:
    """Lambda starts one execution for a name (test_job_started.py); this is if it did not."""
    job_id = world.job(url)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run, [job_id] * 3))
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)


def test_a_result_of_a_step_is_held_to_what_aws_keeps() -> None:
    @durable_execution
    def handler(_: Any, context: DurableContext) -> str:
        try:
            step(context, "large", lambda _: "x" * (256 * 1024 - 1), lambda *_: None)
        except StepFailed as failure:
            return str(failure.error["message"])
        return "kept"

    runner = DurableFunctionTestRunner(handler)
    with closing(runner._scheduler._loop), runner:
        assert runner.run("{}").result == json.dumps("The step 'large' has too large a result.")


def test_the_caller_and_the_bus_are_told_of_the_end(world: JobWorld, url: str) -> None:
    bus = world.bus()
    with Receiver() as receiver:
        succeeded = world.job(url, "good", callbackUrl=receiver.hook(), reference="order 7")
        run(succeeded)
        failed = world.job(world.source.url("/nothing"), "bad", callbackUrl=receiver.hook())
        run(failed)
    good, bad = (Webhook(WEBHOOK_SECRET).verify(body, head) for head, body in receiver.received)
    assert good["type"] == "translation.succeeded"
    assert (good["data"]["id"], good["data"]["reference"]) == ("good", "order 7")
    assert requests.get(good["data"]["result"]["url"], timeout=60).ok
    assert bad["type"] == "translation.failed"
    assert bad["data"]["error"]["code"] == "audio_not_retrievable"
    assert [headers["webhook-id"] for headers, _ in receiver.received] == ["msg_good", "msg_bad"]
    assert bus() == {"Job Succeeded": 1, "Job Failed": 1}


def test_a_cancelled_job_is_told_to_its_caller(world: JobWorld, url: str) -> None:
    with Receiver() as receiver:
        job_id = world.job(url, callbackUrl=receiver.hook())
        world.table.cancel(job_id)
        run(job_id)
    ((_, body),) = receiver.received
    assert json.loads(body)["type"] == "translation.cancelled"


def test_a_callback_is_sent_until_its_receiver_is_up(world: JobWorld, url: str) -> None:
    """It fails, redirects to a private address, and is slow before."""
    with Receiver() as receiver, Receiver() as private:
        to_private = [Reply(307, private.hook()), Reply(302, "http://169.254.169.254/latest")]
        receiver.replies.extend([Reply(500), *to_private, Reply(503), Reply(delay=60), Reply(429)])
        job_id = world.job(url, callbackUrl=receiver.hook())
        run(job_id)
        assert private.received == []
    assert len(receiver.received) == 7
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)


def test_a_callback_to_a_receiver_that_is_down_changes_nothing(
    world: JobWorld, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    job_id = world.job(url, callbackUrl=f"http://127.0.0.1:{port}/hook?token=s3cret")
    result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(24)
    world.check_paid_once(job_id)
    (told,) = [r for r in caplog.records if r.getMessage() == "The end of a job was not told"]
    assert "does not accept connections" in vars(told)["reason"]
    assert "s3cret" not in caplog.text


def test_a_callback_that_nobody_takes_for_a_day_changes_nothing(
    world: JobWorld, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Receiver() as receiver:
        receiver.replies.extend([Reply(500)] * 50)
        job_id = world.job(url, callbackUrl=receiver.hook())
        result = run(job_id)
    assert 8 <= len(receiver.received) <= 15
    assert result.status is InvocationStatus.SUCCEEDED
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    (told,) = [r for r in caplog.records if r.getMessage() == "The end of a job was not told"]
    assert vars(told)["reason"] == "the receiver answered 500"
    assert "s3cret" not in caplog.text
