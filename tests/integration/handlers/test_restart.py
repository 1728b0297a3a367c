"""What AWS says of a lost execution starts the next one, as the template's role may."""

import copy
import json
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

import pytest

from audio_translation.errors import Internal
from audio_translation.handlers import restart
from audio_translation.jobs.job import MOST_RESTARTS
from audio_translation.wiring.restart_function import restart_function
from local import REPOSITORY
from local.aws.iam_policies import statements_of
from local.aws.template import environment, load_template, references
from tests.fakes.aws.lambda_invoke import FUNCTION
from tests.fakes.aws.moto_server import Aws
from tests.fakes.aws.roles import Roles

LOST = json.loads((REPOSITORY / "events" / "restart-job.json").read_text())
JOB = json.loads(LOST["Records"][0]["body"])["jobId"]
ROLE = "RestartFunction"
NAMES = {"JobFunction.Alias": FUNCTION, "AudioBucket": "", "JobTable": ""}


@pytest.fixture
def started() -> list[tuple[str, Any]]:
    return []


@pytest.fixture
def roles(aws: Aws, started: list[tuple[str, Any]]) -> Iterator[Roles]:
    def start(name: str, payload: str) -> None:
        started.append((name, json.loads(payload)))

    template = load_template()
    with Roles(aws.endpoint, start) as roles:
        roles.may[ROLE] = statements_of(template, ROLE, references(template, NAMES))
        environ = {
            **environment(template, ROLE, NAMES),
            **aws.environment,
            "AWS_ENDPOINT_URL": roles.url,
            "AWS_ACCESS_KEY_ID": ROLE,
        }
        with mock.patch.dict(os.environ, environ):
            restart_function.cache_clear()
            yield roles
        restart_function.cache_clear()


def lose(body: Any) -> None:
    """Do what SQS does with a message that Lambda has put into the queue."""
    event = copy.deepcopy(LOST)
    event["Records"][0]["body"] = json.dumps(body)
    restart.handler(event, cast(Any, SimpleNamespace(aws_request_id="request-1")))


def test_a_lost_job_is_started_again_under_another_name(
    roles: Roles, started: list[tuple[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    restart.handler(LOST, cast(Any, SimpleNamespace(aws_request_id="request-1")))
    assert started == [(f"{JOB}-restart-1", {"jobId": JOB, "restarts": 1})]
    assert roles.refused == []
    (said,) = [r for r in caplog.records if r.getMessage() == "An execution was lost"]
    assert (vars(said)["job_id"], vars(said)["executions"]) == (JOB, 1)


def test_who_loses_each_of_them_is_not_started_for_ever(
    roles: Roles, started: list[tuple[str, Any]]
) -> None:
    lose({"jobId": JOB})
    for _ in range(MOST_RESTARTS + 3):
        lose(started[-1][1])
    assert len({name for name, _ in started}) == MOST_RESTARTS + 1
    assert started[-1][1]["restarts"] > MOST_RESTARTS, "the last one ends the job"


def test_what_cannot_be_started_now_stays_in_the_queue(roles: Roles) -> None:
    roles.may[ROLE] = []
    with pytest.raises(Internal, match="AccessDenied"):
        lose({"jobId": JOB})
