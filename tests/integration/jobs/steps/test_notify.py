"""Who wants to know that a job has ended is told, and their trouble is none of the job's."""

import json
import socket

import pytest
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus
from standardwebhooks import Webhook

from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.steps.notify import sent_to
from tests.fakes.webhook_receiver import Receiver, Reply
from tests.worlds.described_answers import the_page
from tests.worlds.jobs import WEBHOOK_SECRET, JobWorld, run, sentences

JOB_ENDED = {"$ref": "#/components/schemas/JobEnded"}
"""What the OpenAPI page says of a callback."""


def test_the_caller_and_the_bus_are_told_of_the_end(jobs: JobWorld, url: str) -> None:
    bus = jobs.bus()
    with Receiver() as receiver:
        succeeded = jobs.job(url, "good", callbackUrl=receiver.hook(), reference="order 7")
        run(succeeded)
        failed = jobs.job(jobs.source.url("/nothing"), "bad", callbackUrl=receiver.hook())
        run(failed)
    good, bad = (Webhook(WEBHOOK_SECRET).verify(body, head) for head, body in receiver.received)
    for message in (good, bad):
        assert list(the_page().faults_of(message, JOB_ENDED)) == []
    assert good["type"] == "translation.succeeded"
    assert (good["data"]["id"], good["data"]["reference"]) == ("good", "order 7")
    assert good["data"]["result"] is None, "the receiver has no https"
    assert bad["type"] == "translation.failed"
    assert bad["data"]["error"]["code"] == "audio_not_retrievable"
    assert [headers["webhook-id"] for headers, _ in receiver.received] == ["msg_good", "msg_bad"]
    assert bus() == {"Job Succeeded": 1, "Job Failed": 1}


@pytest.mark.parametrize(
    ("url", "has_links"),
    [("https://a.test/", True), ("HTTPS://a.test/", True), ("http://a.test/", False)],
)
def test_a_link_is_sent_over_https_alone(url: str, has_links: bool) -> None:
    links = {"result": {"url": "https://s3.test/a"}, "record": {"url": "https://s3.test/b"}}
    sent = sent_to(url, {"id": "job-1", **links})
    assert sent == {"id": "job-1", **(links if has_links else dict.fromkeys(links))}


def test_a_cancelled_job_is_told_to_its_caller(jobs: JobWorld, url: str) -> None:
    with Receiver() as receiver:
        job_id = jobs.job(url, callbackUrl=receiver.hook())
        jobs.table.cancel(job_id)
        run(job_id)
    ((_, body),) = receiver.received
    assert json.loads(body)["type"] == "translation.cancelled"


def test_a_callback_is_sent_until_its_receiver_is_up(jobs: JobWorld, url: str) -> None:
    """It fails, redirects to a private address, and is slow before."""
    with Receiver() as receiver, Receiver() as private:
        to_private = [Reply(307, private.hook()), Reply(302, "http://169.254.169.254/latest")]
        receiver.replies.extend([Reply(500), *to_private, Reply(503), Reply(delay=60), Reply(429)])
        job_id = jobs.job(url, callbackUrl=receiver.hook())
        run(job_id)
        assert private.received == []
    assert len(receiver.received) == 7
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)


def test_a_callback_to_a_receiver_that_is_down_changes_nothing(
    jobs: JobWorld, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    job_id = jobs.job(url, callbackUrl=f"http://127.0.0.1:{port}/hook?token=s3cret")
    result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)
    (told,) = [r for r in caplog.records if r.getMessage() == "The end of a job was not told"]
    assert "does not accept connections" in vars(told)["reason"]
    assert "s3cret" not in caplog.text


def test_a_callback_that_nobody_takes_for_a_day_changes_nothing(
    jobs: JobWorld, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Receiver() as receiver:
        receiver.replies.extend([Reply(500)] * 50)
        job_id = jobs.job(url, callbackUrl=receiver.hook())
        result = run(job_id)
    assert 8 <= len(receiver.received) <= 15
    assert result.status is InvocationStatus.SUCCEEDED
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    (told,) = [r for r in caplog.records if r.getMessage() == "The end of a job was not told"]
    assert vars(told)["reason"] == "the receiver answered 500"
    assert "s3cret" not in caplog.text
