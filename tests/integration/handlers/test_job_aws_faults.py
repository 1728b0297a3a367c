"""AWS fails under a job, each service in each class of fault: it waits, and pays nothing twice."""

import re
from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook

from audio_translation.jobs.job import Job, JobStatus
from tests.audio.tones import spoken
from tests.fakes.aws.failing import TOLD_BY_AWS, FailingAws, Fault, ImpatientClients
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, KEY_PARAMETER
from tests.fakes.webhook_receiver import Receiver
from tests.worlds.jobs import WEBHOOK_PARAMETER, WEBHOOK_SECRET, JobWorld, run

_KEY = "audio/call.wav"
_URL = f"s3://{BUCKET}/{_KEY}"
_NAMES = re.compile(
    "|".join([BUCKET, JOB_TABLE, KEY_PARAMETER, WEBHOOK_PARAMETER, TOLD_BY_AWS, "arn:aws"])
)
_DEFINITE = [("ssm", KEY_PARAMETER), ("s3", f"GET .*{_KEY}")]
"""Where a refusal is an answer."""
_PASSING = [
    ("ssm", WEBHOOK_PARAMETER),
    ("s3", f"GET /{BUCKET}$"),
    ("s3", "PUT .*/kept/"),
    ("s3", "PUT .*/translation"),
    ("dynamodb", "GetItem"),
    ("dynamodb", "UpdateItem"),
    ("kms", "Sign"),
    ("events", "PutEvents"),
]


@pytest.fixture
def failing(jobs: JobWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingAws]:
    """AWS as the job function of a stack with records sees it."""
    monkeypatch.setattr("audio_translation.wiring.job_function.Clients", ImpatientClients)
    jobs.aws.client("s3").put_object(Bucket=BUCKET, Key=_KEY, Body=spoken([3, 4]))
    record_key = jobs.aws.new_record_key()
    with (
        FailingAws(jobs.aws.endpoint) as aws,
        jobs.settings(AWS_ENDPOINT_URL=aws.url, RECORDS="on", RECORD_KEY=record_key),
    ):
        yield aws


def _failed(jobs: JobWorld, job_id: str) -> tuple[str, str]:
    """Return the code and the message of a job that has failed, once names are looked for."""
    job: Job = jobs.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert not _NAMES.search(str(job.error))
    return job.error["code"], job.error["message"]


@pytest.mark.parametrize("fault", Fault)
def test_a_job_outlasts_all_that_fails_for_a_while(
    jobs: JobWorld, failing: FailingAws, fault: Fault
) -> None:
    put = jobs.bus()
    for service, where in _PASSING if fault is Fault.REFUSE else _DEFINITE + _PASSING:
        failing.fail(service, fault, where=where, times=1)
    with Receiver() as receiver:
        job_id = jobs.job(_URL, record=True, callbackUrl=receiver.hook())
        run(job_id)
    job = jobs.find(job_id)
    assert (job.status, job.error) == (JobStatus.SUCCEEDED, None)
    assert failing.left == []
    assert len(jobs.said(job_id)) == 2
    jobs.check_paid_once(job_id)
    ((headers, body),) = receiver.received
    assert Webhook(WEBHOOK_SECRET).verify(body, headers)["data"]["status"] == "succeeded"
    if fault is not Fault.CUT_BODY:  # of an answer that is lost on its way, the event is not
        assert put()["Job Succeeded"] == 1


@pytest.mark.parametrize(
    ("service", "where", "fault", "code", "asked"),
    [
        ("ssm", "", Fault.CUT, "internal", 4),
        ("ssm", "", Fault.THROTTLE, "rate_limited", 4),
        ("ssm", "", Fault.REFUSE, "provider_rejected", 1),
        ("s3", f"GET .*{_KEY}", Fault.SERVER_ERROR, "internal", 4),
        ("s3", f"GET .*{_KEY}", Fault.THROTTLE, "rate_limited", 4),
        ("s3", f"GET .*{_KEY}", Fault.REFUSE, "audio_not_retrievable", 1),
    ],
)
def test_what_goes_on_failing_is_told_as_what_it_is(
    jobs: JobWorld,
    failing: FailingAws,
    service: str,
    where: str,
    fault: Fault,
    code: str,
    asked: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("audio_translation.jobs.steps.retries._ATTEMPTS", 4)
    job_id = jobs.job(_URL)
    failing.fail(service, fault, where=where)
    run(job_id)
    assert _failed(jobs, job_id)[0] == code
    assert failing.failed[service] == asked
    assert not jobs.provider.received


def test_what_cannot_be_stored_is_paid_a_few_times_only(
    jobs: JobWorld, failing: FailingAws
) -> None:
    job_id = jobs.job(_URL)
    failing.fail("s3", Fault.REFUSE, where="PUT .*/parts/")
    run(job_id)
    assert _failed(jobs, job_id)[0] == "internal"
    assert max(jobs.provider.paid.values()) <= 3


def test_a_warm_sandbox_needs_ssm_no_more(jobs: JobWorld, failing: FailingAws) -> None:
    with Receiver() as receiver:
        for number in range(2):
            run(jobs.job(_URL, job_id=f"job-{number}", callbackUrl=receiver.hook()))
            failing.fail("ssm", Fault.HANG)
        assert len(receiver.received) == 2
    assert jobs.find("job-1").status is JobStatus.SUCCEEDED
