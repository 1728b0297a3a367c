"""Lambda's environment, as far as the functions' parts need it to be made."""

import pytest


@pytest.fixture(autouse=True)
def _lambda_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "POWERTOOLS_SERVICE_NAME": "audio-translation",
        "POWERTOOLS_METRICS_NAMESPACE": "AudioTranslation",
    }.items():
        monkeypatch.setenv(name, value)
