"""The clients of AWS: made late, once, with bounds, all in one session."""

import os
import re
import subprocess
import sys
import threading
from typing import Any, get_args

import botocore.session
import pytest
from botocore.exceptions import IncompleteReadError
from botocore.session import Session

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.clients import Clients, Name
from audio_translation.errors import Internal
from local import REPOSITORY
from tests.fakes.aws.failing import FailingAws, Fault
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, KEY_PARAMETER, Aws, ClientsAt

SERVICES = {
    "ssm": "ssm",
    "s3": "s3",
    "dynamodb": "dynamodb",
    "functions": "lambda",
    "events": "events",
    "kms": "kms",
}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    made = Session()
    made.set_credentials("testing", "testing")
    return made


@pytest.mark.parametrize(("name", "service"), SERVICES.items())
def test_each_client_is_of_its_service_in_the_sessions_region_and_made_once(
    session: Session, name: str, service: str
) -> None:
    clients = Clients(session)
    client = getattr(clients, name)
    assert client.meta.service_model.service_name == service
    assert client.meta.region_name == "eu-central-1"
    assert getattr(clients, name) is client


def test_the_layer_keeps_what_botocore_needs_of_each_service_and_nothing_else() -> None:
    assert set(SERVICES) == set(get_args(Name))
    recipe = (REPOSITORY / "layers/dependencies/Makefile").read_text()
    (kept,) = re.findall(r"^SERVICES := (.+)$", recipe, re.MULTILINE)
    assert kept.split() == sorted(SERVICES.values())


def test_who_waits_for_a_job_waits_longer_and_asks_more_often(session: Session) -> None:
    patient = Clients(session, read_seconds=20, attempts=8, connections=34)
    config: Any = patient.dynamodb.meta.config
    of_s3: Any = patient.s3.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert of_s3.read_timeout == 20
    assert config.max_pool_connections == 34
    assert config.retries == {"mode": "standard", "total_max_attempts": 8}
    ours: Any = Clients(session).dynamodb.meta.config
    assert (ours.read_timeout, ours.max_pool_connections) == (5, 10)
    assert ours.retries == {"mode": "standard", "total_max_attempts": 3}


def test_many_threads_may_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    made: list[Session] = []

    def counted() -> Session:
        made.append(Session())
        made[-1].set_credentials("testing", "testing")
        return made[-1]

    monkeypatch.setattr(botocore.session, "Session", counted)
    clients, failed = Clients(), []

    def ask(name: str) -> None:
        try:
            getattr(clients, name)
        except Exception as error:  # noqa: BLE001  whatever it is
            failed.append(error)

    threads = [threading.Thread(target=ask, args=(name,)) for name in SERVICES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(made), failed) == (1, [])


def test_botocore_is_imported_for_the_first_client_and_boto3_for_none() -> None:
    program = (
        "import sys; from audio_translation.aws.clients import Clients; clients = Clients();"
        "assert 'botocore' not in sys.modules; clients.ssm;"
        "assert 'botocore' in sys.modules and 'boto3' not in sys.modules"
    )
    environ = {**os.environ, "AWS_DEFAULT_REGION": "eu-central-1"}
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env=environ)


def test_an_answer_that_breaks_off_is_an_error_and_no_answer_without_fields(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Botocore notices neither: a job would be missing, and deleted for that."""
    with FailingAws(aws.endpoint) as failing:
        for name, value in {**aws.environment, "AWS_ENDPOINT_URL": failing.url}.items():
            monkeypatch.setenv(name, value)
        clients = Clients(attempts=1)
        for service in ("dynamodb", "ssm", "s3"):
            failing.fail(service, Fault.CUT_BODY)
        with pytest.raises(IncompleteReadError):
            clients.dynamodb.get_item(TableName=JOB_TABLE, Key={"id": {"S": "1"}})
        with pytest.raises(IncompleteReadError):
            clients.ssm.get_parameter(Name=KEY_PARAMETER)
        with pytest.raises(IncompleteReadError):
            clients.s3.list_objects_v2(Bucket=BUCKET)
        aws.client("s3").put_object(Bucket=BUCKET, Key="a", Body=b"0123456789")
        assert clients.s3.head_object(Bucket=BUCKET, Key="a")["ContentLength"] == 10
        for at_most in (None, 7, 100):
            with pytest.raises(Internal, match=r"IncompleteRead|Streaming"):
                Bucket(clients, BUCKET).read("a", at_most=at_most)
        failing.recover()
        assert [Bucket(clients, BUCKET).read("a", at_most=n) for n in (None, 7, 100)] == [
            b"0123456789",
            b"0123456",
            b"0123456789",
        ]


def test_what_our_role_may_not_read_is_missing_only_where_nobody_may_list(aws: Aws) -> None:
    with FailingAws(aws.endpoint) as failing:
        bucket = Bucket(ClientsAt(failing.url), BUCKET)
        failing.fail("s3", Fault.REFUSE)
        assert bucket.read("a", listed=False) is None
        with pytest.raises(Internal, match="AccessDenied"):
            bucket.read("a")
