"""The provider's key in SSM."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config

from audio_translation.aws.provider_key import ProviderKey
from audio_translation.errors import Internal, ProviderRejected, RateLimited, ServiceError
from tests.fakes.aws.moto_server import KEY, KEY_PARAMETER, Aws, ClientsAt
from tests.fakes.proxy import Answered, Proxy


def provider_key(
    aws: Aws, *, parameter: str = KEY_PARAMETER, cache_seconds: int = 300
) -> ProviderKey:
    return ProviderKey(aws.clients, parameter=parameter, cache_seconds=cache_seconds)


def test_the_key_is_read_decrypted(aws: Aws) -> None:
    assert provider_key(aws).current() == KEY


def test_a_key_is_kept_until_it_is_too_old(aws: Aws) -> None:
    patient, impatient = provider_key(aws), provider_key(aws, cache_seconds=1)
    patient.current(), impatient.current()
    aws.put_key("sk-rotated")
    time.sleep(1.1)
    assert (patient.current(), impatient.current()) == (KEY, "sk-rotated")


def test_reading_again_says_whether_the_key_changed(aws: Aws) -> None:
    reader = provider_key(aws)
    reader.current()
    assert reader.refresh() is False
    aws.put_key("sk-rotated")
    assert reader.refresh() is True
    assert reader.current() == "sk-rotated"


def test_a_line_break_pasted_with_the_key_does_no_harm(aws: Aws) -> None:
    aws.put_key(" sk-pasted\n")
    assert provider_key(aws).current() == "sk-pasted"


def test_a_missing_parameter_says_where_the_key_belongs(aws: Aws) -> None:
    with pytest.raises(ProviderRejected, match=r"'/nowhere'.*put-parameter"):
        provider_key(aws, parameter="/nowhere").current()


def test_an_empty_parameter_is_refused(aws: Aws) -> None:
    aws.put_key(" ")
    with pytest.raises(ProviderRejected, match="is empty"):
        provider_key(aws).current()


class FailingSsm(Proxy):
    """Passes requests on until ``code`` is set, then refuses all with it."""

    code = ""

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
        if not self.code:
            return self.passed_on(method, path, body, headers)
        status = 500 if self.code == "InternalServerError" else 400
        return status, json.dumps({"__type": self.code, "message": "arn:aws:secret"}).encode(), {}


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ThrottlingException", RateLimited),
        ("InternalServerError", Internal),
        ("AccessDeniedException", ProviderRejected),
        ("InvalidKeyId", ProviderRejected),
    ],
)
def test_only_what_an_operator_must_mend_is_called_so(
    aws: Aws, code: str, error: type[ServiceError]
) -> None:
    with FailingSsm(aws.endpoint) as ssm:
        ssm.code = code
        clients = ClientsAt(ssm.url, config=Config(retries={"total_max_attempts": 1}))
        with pytest.raises(error) as raised:
            ProviderKey(clients, parameter=KEY_PARAMETER, cache_seconds=300).current()
    assert type(raised.value) is error
    assert "secret" not in raised.value.message
    assert ("put-parameter" in raised.value.message) is (error is ProviderRejected)


def test_while_ssm_fails_the_last_key_is_used(aws: Aws) -> None:
    with FailingSsm(aws.endpoint) as ssm:
        clients = ClientsAt(ssm.url, config=Config(retries={"total_max_attempts": 1}))
        reader = ProviderKey(clients, parameter=KEY_PARAMETER, cache_seconds=300)
        assert reader.current() == KEY
        ssm.code = "ThrottlingException"
        assert reader.refresh() is False
        ssm.code = "AccessDeniedException"
        with pytest.raises(ProviderRejected):
            reader.refresh()


class SlowSsm(Proxy):
    """Counts what it is asked, and answers when all threads had time to ask."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.asked = 0

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
        self.asked += 1
        time.sleep(0.5)
        return self.passed_on(method, path, body, headers)


def test_threads_that_need_the_key_at_once_ask_once(aws: Aws) -> None:
    together = threading.Barrier(24)

    def at_once(what: Callable[[], object]) -> object:
        together.wait(20)
        return what()

    with SlowSsm(aws.endpoint) as ssm, ThreadPoolExecutor(24) as threads:
        reader = ProviderKey(ClientsAt(ssm.url), parameter=KEY_PARAMETER, cache_seconds=300)
        assert set(threads.map(at_once, [reader.current] * 24)) == {KEY}
        assert ssm.asked == 1
        aws.put_key("sk-rotated")
        assert set(threads.map(at_once, [reader.refresh] * 24)) == {True}
        assert ssm.asked == 2
        assert reader.current() == "sk-rotated"
