"""The first answer to a key, again, and nobody else's."""

import json
from typing import Any

import pytest
from botocore.config import Config

from audio_translation.aws.idempotency_store import IdempotencyStore
from audio_translation.errors import (
    IdempotencyConflict,
    Internal,
    ProviderRejected,
    ServiceError,
)
from local.aws.lambda_context import LambdaContext
from tests.fakes.aws.moto_server import JOB_TABLE, Aws, ClientsAt
from tests.fakes.proxy import Answered, Proxy

Answer = dict[str, Any]


class Asked:
    """Answers with how often it was asked, or raises ``error``."""

    def __init__(self, error: Exception | None = None) -> None:
        self.times = 0
        self.error = error

    def __call__(self) -> Answer:
        self.times += 1
        if self.error:
            raise self.error
        return {"status": 200, "body": f"Nº {self.times}", "headers": {}}


@pytest.fixture
def store(aws: Aws) -> IdempotencyStore:
    return IdempotencyStore(aws.clients, table=JOB_TABLE)


def once(store: IdempotencyStore, key: str, request: str, answer: Asked) -> Answer:
    return store.once(key, request, answer, LambdaContext("request-1", ends_at=2_000_000_000))  # type: ignore[arg-type]


def test_the_same_request_is_answered_once_and_told_again(store: IdempotencyStore) -> None:
    asked = Asked()
    answers = [once(store, "me k", "r", asked) for _ in range(3)]
    assert answers == [{"status": 200, "body": "Nº 1", "headers": {}}] * 3
    assert asked.times == 1


def test_another_key_is_another_request(store: IdempotencyStore) -> None:
    asked = Asked()
    assert once(store, "me k", "r", asked) != once(store, "them k", "r", asked)


def test_the_same_key_with_another_request_is_a_conflict(store: IdempotencyStore) -> None:
    asked = Asked()
    once(store, "me k", "r", asked)
    with pytest.raises(IdempotencyConflict) as raised:
        once(store, "me k", "other", asked)
    assert (raised.value.param, raised.value.retry_after, asked.times) == (
        "Idempotency-Key",
        None,
        1,
    )


def test_a_request_that_is_not_answered_yet_is_a_conflict_that_passes(
    store: IdempotencyStore,
) -> None:
    inner: list[ServiceError] = []

    class Meanwhile(Asked):
        def __call__(self) -> Answer:
            with pytest.raises(IdempotencyConflict) as raised:
                once(store, "me k", "r", Asked())
            inner.append(raised.value)
            return super().__call__()

    once(store, "me k", "r", Meanwhile())
    assert inner[0].retry_after


def test_an_error_is_not_remembered(store: IdempotencyStore, aws: Aws) -> None:
    with pytest.raises(ProviderRejected, match="no key"):
        once(store, "me k", "r", Asked(ProviderRejected("no key")))
    assert once(store, "me k", "r", Asked())["body"] == "Nº 1"


def test_a_crash_is_raised_though_the_table_fails_then(aws: Aws) -> None:
    class TableThatForgetsNothing(Proxy):
        def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
            if headers.get("X-Amz-Target", "").endswith(".DeleteItem"):
                return 400, b'{"__type": "AccessDeniedException", "message": "no"}', {}
            return self.passed_on(method, path, body, headers)

    with TableThatForgetsNothing(aws.endpoint) as table:
        store = IdempotencyStore(ClientsAt(table.url), table=JOB_TABLE)
        for error in (KeyError("the crash"), ProviderRejected("no key")):
            with pytest.raises(type(error)):
                once(store, f"me {error}", "r", Asked(error))


def test_neither_keys_nor_requests_are_stored(store: IdempotencyStore, aws: Aws) -> None:
    once(store, "me a-secret-key", "a secret prompt", Asked())
    assert "secret" not in json.dumps(aws.items())


def test_a_table_that_fails_is_an_error_of_the_table_before_anything_is_answered(
    aws: Aws,
) -> None:
    gone = IdempotencyStore(aws.clients, table="nowhere")
    down = IdempotencyStore(
        ClientsAt(
            "http://127.0.0.1:9",
            config=Config(connect_timeout=1, retries={"total_max_attempts": 1}),
        ),
        table=JOB_TABLE,
    )
    for store in (gone, down):
        asked = Asked()
        with pytest.raises(Internal, match="The job table failed"):
            once(store, "me k", "r", asked)
        assert asked.times == 0
