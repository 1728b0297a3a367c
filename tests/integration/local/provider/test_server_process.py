"""The provider's process ends with its block, and is missed at once if it cannot start."""

import time

import pytest
import requests

from local.provider.server_process import ProviderNotStarted, running_provider, wait_for_provider


def test_a_model_that_cannot_be_loaded_is_told_without_waiting() -> None:
    with (
        running_provider("/no/such/model", progress=False) as url,
        pytest.raises(ProviderNotStarted, match="Whisper did not start"),
    ):
        wait_for_provider(url)


def test_nobody_answers_when_the_block_has_ended() -> None:
    with running_provider("/no/such/model", progress=False) as url:
        began = time.monotonic()
    assert time.monotonic() - began < 10
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/models", timeout=10)
