"""The provider's key in SSM."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config

from audio_translation.aws.provider_key import ProviderKey, SecretParameter
from audio_translation.aws.telemetry import Telemetry
from audio_translation.errors import Internal, ProviderRejected, RateLimited, ServiceError
from tests.fakes.aws.failing import TOLD_BY_AWS, FailingAws, Fault
from tests.fakes.aws.moto_server import KEY, KEY_PARAMETER, Aws, ClientsAt
from tests.fakes.proxy import Answered, Proxy


def provider_key(
    aws: Aws, *, parameter: str = KEY_PARAMETER, cache_seconds: int = 300
) -> ProviderKey:
    return ProviderKey(aws.clients, Telemetry(), parameter=parameter, cache_seconds=cache_seconds)


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


def test_a_missing_parameter_is_named_in_the_log_and_to_nobody_else(
    aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ProviderRejected, match="ParameterNotFound") as raised:
        provider_key(aws, parameter="/nowhere").current()
    assert "nowhere" not in raised.value.message
    (said,) = [one for one in caplog.records if vars(one).get("parameter") == "/nowhere"]
    assert said.levelname == "ERROR"
    assert "put-parameter" in said.getMessage()


def test_an_empty_parameter_is_refused(aws: Aws) -> None:
    aws.put_key(" ")
    with pytest.raises(ProviderRejected, match="is empty") as raised:
        provider_key(aws).current()
    assert KEY_PARAMETER not in raised.value.message


@pytest.fixture
def ssm(aws: Aws) -> Iterator[FailingAws]:
    with FailingAws(aws.endpoint) as ssm:
        yield ssm


def key_at(ssm: FailingAws, **options: Any) -> ProviderKey:
    config = Config(read_timeout=0.3, retries={"total_max_attempts": 1})
    clients = ClientsAt(ssm.url, config=config)
    settings = {"parameter": KEY_PARAMETER, "cache_seconds": 300}
    return ProviderKey(clients, Telemetry(), **{**settings, **options})


@pytest.mark.parametrize("fault", Fault)
def test_only_what_an_operator_must_mend_is_called_so_and_it_passes(
    ssm: FailingAws, fault: Fault
) -> None:
    key = key_at(ssm)
    ssm.fail("ssm", fault)
    with pytest.raises(ServiceError) as raised:
        key.current()
    expected = {Fault.THROTTLE: RateLimited, Fault.REFUSE: ProviderRejected}.get(fault, Internal)
    assert type(raised.value) is expected
    assert not re.search(f"{TOLD_BY_AWS}|{KEY_PARAMETER}", raised.value.message)
    ssm.recover()
    assert key.current() == KEY


@pytest.mark.parametrize("fault", Fault)
def test_while_ssm_fails_the_last_key_is_used(ssm: FailingAws, fault: Fault) -> None:
    key = key_at(ssm, cache_seconds=0)
    assert key.current() == KEY
    ssm.fail("ssm", fault)
    assert key.refresh() is False
    assert [key.current() for _ in range(100)] == [KEY] * 100
    assert ssm.failed["ssm"] == 1, "then it is left alone for a while"


def test_who_has_a_key_does_not_wait_long_for_another(
    ssm: FailingAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audio_translation.aws.provider_key._PATIENCE_SECONDS", 0.05)
    config = Config(read_timeout=20, retries={"total_max_attempts": 1})
    clients = ClientsAt(ssm.url, config=config)
    key = ProviderKey(clients, Telemetry(), parameter=KEY_PARAMETER, cache_seconds=0)
    assert key.current() == KEY
    ssm.fail("ssm", Fault.HANG)
    began = time.monotonic()
    assert (key.refresh(), key.current()) == (False, KEY)
    assert time.monotonic() - began < 4, "SSM hangs for five seconds"


def test_a_key_that_was_taken_away_is_not_used_any_more(aws: Aws) -> None:
    key = provider_key(aws, cache_seconds=0)
    assert key.current() == KEY
    aws.client("ssm").delete_parameter(Name=KEY_PARAMETER)
    for _ in range(2):
        with pytest.raises(ProviderRejected):
            key.current()
    aws.put_key("sk-rotated")
    assert key.current() == "sk-rotated"


def test_threads_that_wait_for_ssm_fail_together(ssm: FailingAws) -> None:
    together = threading.Barrier(8)

    def failure(_: int) -> str:
        together.wait(20)
        with pytest.raises(Internal) as raised:
            key.current()
        return raised.value.message

    key = key_at(ssm)
    ssm.fail("ssm", Fault.HANG)
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(failure, range(8)))) == 1
    assert ssm.failed["ssm"] < 8


def test_another_secret_is_not_called_the_providers(ssm: FailingAws) -> None:
    config = Config(retries={"total_max_attempts": 1})
    secret = SecretParameter(
        ClientsAt(ssm.url, config=config), Telemetry(), parameter="/none", cache_seconds=300
    )
    with pytest.raises(Internal, match="ParameterNotFound") as raised:
        secret.current()
    assert "/none" not in raised.value.message


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
        reader = ProviderKey(
            ClientsAt(ssm.url), Telemetry(), parameter=KEY_PARAMETER, cache_seconds=300
        )
        assert set(threads.map(at_once, [reader.current] * 24)) == {KEY}
        assert ssm.asked == 1
        aws.put_key("sk-rotated")
        assert set(threads.map(at_once, [reader.refresh] * 24)) == {True}
        assert ssm.asked == 2
        assert reader.current() == "sk-rotated"
