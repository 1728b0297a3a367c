"""What RestartFunction is made of."""

import pytest

from audio_translation.wiring.restart_function import restart_function


def test_it_starts_the_job_function_of_the_environment_and_is_made_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JOB_FUNCTION", "arn:the-alias")
    restart_function.cache_clear()
    function = restart_function()
    assert function.starter.function == "arn:the-alias"
    assert restart_function() is function
    restart_function.cache_clear()
