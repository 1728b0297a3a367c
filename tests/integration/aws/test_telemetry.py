"""What the operator sees of the unexpected, and what must not be seen."""

import json
from contextlib import redirect_stdout
from io import StringIO

import pytest

from audio_translation.aws.telemetry import Telemetry


@pytest.fixture
def output() -> StringIO:
    return StringIO()


@pytest.fixture
def telemetry(
    output: StringIO, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Telemetry:
    # Powertools keeps one logger a name, with the output that it was first made with.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.name)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "AudioTranslation")
    with redirect_stdout(output):
        return Telemetry()


def test_a_crash_is_logged_with_its_place_but_without_secrets(
    telemetry: Telemetry, output: StringIO
) -> None:
    with telemetry.request("r-1"):
        try:
            raise RuntimeError("at https://x.test/a?X-Amz-Signature=hunter2 with Bearer gsk_secret")
        except RuntimeError as error:
            telemetry.crashed(error)
    entry = json.loads(output.getvalue())
    assert entry["request_id"] == "r-1"
    assert entry["exception_type"] == "RuntimeError"
    assert entry["exception_text"] == "at https://x.test/a[hidden] with Bearer [hidden]"
    assert "test_telemetry.py" in "".join(entry["stack"])


def test_one_requests_id_is_not_on_the_next_ones_lines(
    telemetry: Telemetry, output: StringIO
) -> None:
    with telemetry.request("r-1"):
        telemetry.source_not_saved("no bucket")
    with telemetry.request("r-2"):
        telemetry.source_not_saved("no bucket")
    entries = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [entry["request_id"] for entry in entries] == ["r-1", "r-2"]


def test_a_jobs_turn_counts_its_time_with_the_provider_if_it_had_any(
    telemetry: Telemetry, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.turn_ended(0)
    telemetry.turn_ended(1500)
    (entry,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert entry["JobProviderMilliseconds"] == [1500]
    (counted,) = entry["_aws"]["CloudWatchMetrics"]
    assert counted["Metrics"] == [{"Name": "JobProviderMilliseconds", "Unit": "Milliseconds"}]
