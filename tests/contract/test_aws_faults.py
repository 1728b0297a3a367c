"""AWS fails under a request, each service in each class of fault: what callers are told of it.

Rows are requests by the service that they need. None of them may fail for long, with another error
than the table's, or with a name that is nobody's business; and nothing is paid in vain.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from audio_translation.errors import Internal, ProviderRejected, RateLimited, ServiceError
from audio_translation.handlers import invoke
from local.aws.lambda_context import LambdaContext
from tests.contract.jobs_over_http import ASYNC, MINE, finished
from tests.fakes.aws.failing import TOLD_BY_AWS, FailingAws, Fault, ImpatientClients
from tests.fakes.aws.lambda_invoke import FUNCTION
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, KEY_PARAMETER, OTHER_BUCKET
from tests.worlds.http_api import ApiWorld

_NAMES = re.compile(
    "|".join([BUCKET, OTHER_BUCKET, JOB_TABLE, KEY_PARAMETER, TOLD_BY_AWS, FUNCTION, "arn:aws"])
)
_FAULTS = [fault for fault in Fault if fault is not Fault.CUT_BODY]
_PASSING = dict.fromkeys(Fault, (500, "internal")) | {Fault.THROTTLE: (429, "rate_limited")}
_S3_URL = f"s3://{OTHER_BUCKET}/a.wav"


@dataclass
class Failing:
    """The API in front of AWS that fails. ``job`` has ended well, ``session`` is a live one."""

    api: ApiWorld
    aws: FailingAws
    functions: FailingAws
    audio_url: str
    wav: bytes
    job: str = ""
    session: str = ""

    def fail(self, service: str, fault: Fault, where: str = "") -> None:
        (self.functions if service == "lambda" else self.aws).fail(service, fault, where=where)

    def recover(self) -> None:
        self.aws.recover()
        self.functions.recover()

    def translate(self, url: str, headers: Any = None, **fields: Any) -> requests.Response:
        return self.api.post({"audioFileUrl": url, **fields}, headers={**MINE, **(headers or {})})

    def say(self) -> requests.Response:
        headers = MINE | {"Seq": "0", "Start": "0", "Content-Type": "audio/wav"}
        return self.api.post(self.wav, f"/live/{self.session}/utterances", headers=headers)


@pytest.fixture
def failing(
    world: ApiWorld, audio_url: str, wav: bytes, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Failing]:
    monkeypatch.setattr("audio_translation.wiring.request_functions.Clients", ImpatientClients)
    world.aws.client("s3").put_object(Bucket=OTHER_BUCKET, Key="a.wav", Body=wav)
    with FailingAws(world.aws.endpoint) as aws, FailingAws(world.functions.url) as functions:
        changes = {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_ENDPOINT_URL_LAMBDA": functions.url,
            "API_KEY_CACHE_SECONDS": "0",
            "RECORDS": "on",
            "RECORD_KEY": world.aws.new_record_key(),
        }
        with world.with_jobs(**changes):
            yield Failing(world, aws, functions, audio_url, wav)


def _refused(response: requests.Response, fault: Fault, expected: tuple[int, str]) -> None:
    """Check what a caller is told; what AWS said stays in the log."""
    assert response.headers["content-type"] == "application/json", (fault, response.text)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == expected, (fault, error)
    assert not _NAMES.search(response.text), (fault, response.text)
    assert ("retry-after" in response.headers) is (expected[0] == 429)


def _open_session(it: Failing) -> requests.Response:
    return it.api.post({}, "/live", headers=MINE)


def _prepare_upload(it: Failing) -> requests.Response:
    return it.api.post({"fileName": "a.wav", "size": 9}, "/uploads", headers=MINE)


Send = Callable[[Failing], requests.Response]
ROWS: dict[str, dict[str, Send]] = {
    "ssm": {"a translation by its key": lambda it: it.translate(it.audio_url)},
    "s3": {
        "audio in a bucket": lambda it: it.translate(_S3_URL),
        "the example": lambda it: it.api.get("/example.mp3", allow_redirects=False),
        "an utterance": Failing.say,
        "a session so far": lambda it: it.api.get(f"/live/{it.session}", headers=MINE),
        "a job's text": lambda it: it.api.get(f"/jobs/{it.job}/translation", headers=MINE),
        "a job's end": lambda it: it.api.delete(f"/jobs/{it.job}", headers=MINE),
    },
    "dynamodb": {
        "an utterance": Failing.say,
        "a session": _open_session,
        "a job": lambda it: it.translate(it.audio_url, ASYNC),
        "a look at a job": lambda it: it.api.get(f"/jobs/{it.job}", headers=MINE),
        "the list of jobs": lambda it: it.api.get("/jobs", headers=MINE),
        "an upload": _prepare_upload,
        "a key for repeats": lambda it: it.translate(it.audio_url, {"Idempotency-Key": "k"}),
    },
    "lambda": {
        "a job's start": lambda it: it.translate(it.audio_url, ASYNC),
        "a session's start": _open_session,
    },
    "kms": {"the records' key": lambda it: it.api.get("/record/key")},
}
_DEFINITE = {
    ("a translation by its key", Fault.REFUSE): (502, "provider_rejected"),
    ("audio in a bucket", Fault.REFUSE): (400, "audio_not_retrievable"),
}


@pytest.mark.parametrize("service", ROWS)
def test_a_caller_is_told_an_error_of_the_table_and_no_name(failing: Failing, service: str) -> None:
    failing.job = finished(failing.api)
    failing.session = _open_session(failing).json()["id"]
    for row, send in ROWS[service].items():
        paid = len(failing.api.provider.received)
        for fault in _FAULTS:
            failing.fail(service, fault)
            _refused(send(failing), fault, _DEFINITE.get((row, fault), _PASSING[fault]))
            assert len(failing.api.provider.received) == paid, "nothing is paid for"
            failing.recover()
        response = send(failing)
        assert response.status_code < 400, response.text
    assert (KEY_PARAMETER in failing.api.log.getvalue()) is (service == "ssm"), "the operator's"


def test_a_warm_sandbox_goes_on_with_its_key_in_every_class_of_fault(failing: Failing) -> None:
    assert failing.translate(failing.audio_url).status_code == 200
    for fault in Fault:
        failing.recover()
        failing.fail("ssm", fault)
        assert failing.translate(failing.audio_url).status_code == 200, fault
    assert KEY_PARAMETER in failing.api.log.getvalue()


def test_a_text_that_is_paid_is_answered_whatever_fails_afterwards(failing: Failing) -> None:
    """The source cannot be saved, and the answer cannot be kept for a repeat."""
    for paid, fault in enumerate(_FAULTS, start=1):
        failing.fail("s3", fault, "PUT")
        failing.fail("dynamodb", fault, "UpdateItem")
        asked = {"saveSource": True}
        answer = failing.translate(failing.audio_url, {"Idempotency-Key": fault.value}, **asked)
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-source-error"]
        assert not _NAMES.search(str(answer.headers))
        assert failing.aws.failed == {"s3": 1, "dynamodb": 1}
        assert len(failing.api.provider.received) == paid
        failing.recover()


def test_an_utterance_that_cannot_be_stored_at_once_is_not_paid_again(
    failing: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A request has six seconds here.
    monkeypatch.setattr("audio_translation.live.live_sessions._STORING_SECONDS", 0.5)
    failing.session = _open_session(failing).json()["id"]
    failing.aws.fail("s3", Fault.SERVER_ERROR, where="PUT", times=2)
    assert failing.say().status_code == 200
    assert failing.aws.failed["s3"] == 2
    assert failing.say().status_code == 200
    assert len(failing.api.provider.received) == 1


def test_who_invokes_is_told_the_same_by_class(failing: Failing) -> None:
    told = {Fault.THROTTLE: RateLimited, Fault.REFUSE: ProviderRejected}
    for fault in _FAULTS:
        failing.recover()
        failing.fail("ssm", fault)
        context: Any = LambdaContext("request-1", ends_at=time.time() + 30)
        with failing.api.sandbox(), pytest.raises(ServiceError) as raised:
            invoke.handler({"audioFileUrl": failing.audio_url}, context)
        assert type(raised.value) is told.get(fault, Internal)
        assert not _NAMES.search(str(raised.value))
