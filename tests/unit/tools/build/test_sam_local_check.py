"""What `sam local` is given to run, and which answers are the expected ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from local import REPOSITORY
from tools.build.sam_local_check import EVENTS, is_expected, last_json, local_template

VALUES = {
    "AudioBucket": "b",
    "JobTable": "",
    "Architecture": "arm64",
    "ProviderBaseUrl": "http://engine:1/v1",
}


@pytest.fixture
def functions(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "template.yaml").write_text((REPOSITORY / "template.yaml").read_text())
    template = local_template(tmp_path, VALUES, "http://engine:2", "http://engine:3")
    json.dumps(template)
    assert template["Parameters"]["Architecture"]["Default"] == "arm64"
    resources: dict[str, Any] = template["Resources"]
    assert resources["MediaLayer"]["Properties"]["ContentUri"] == str(tmp_path / "MediaLayer")
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def test_every_function_calls_this_machine_and_is_taken_from_the_build(
    functions: dict[str, Any], tmp_path: Path
) -> None:
    assert functions
    for name, properties in functions.items():
        variables = properties["Environment"]["Variables"]
        assert variables["AWS_ENDPOINT_URL"] == "http://engine:2"
        assert variables["AWS_ENDPOINT_URL_LAMBDA"] == "http://engine:3"
        assert variables["BUCKET"] == "b"
        assert all(isinstance(value, str) for value in variables.values())
        assert properties["CodeUri"] == str(tmp_path / name)


def test_only_uploads_and_restarts_make_jobs(functions: dict[str, Any]) -> None:
    tables = {
        name: properties["Environment"]["Variables"].get("JOB_TABLE")
        for name, properties in functions.items()
    }
    assert tables["UploadFunction"] == tables["RestartFunction"] == "jobs"
    assert not tables["HttpFunction"]
    assert not tables["InvokeFunction"]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("http-translate", {"statusCode": 200}, {"statusCode": 500}),
        ("http-invalid", {"statusCode": 400}, {"statusCode": 200}),
        ("upload-recording", {"batchItemFailures": []}, {"batchItemFailures": [{}]}),
        ("restart-job", None, {"errorType": "Internal"}),
        ("invoke-invalid", {"errorType": "InvalidRequest"}, {"errorType": "Internal"}),
        ("invoke-translate", {"text": "Hello."}, {"errorType": "Internal"}),
        ("invoke-text", "Hello.", ""),
    ],
)
def test_an_events_name_says_how_it_is_answered(name: str, good: Any, bad: Any) -> None:
    assert (EVENTS / f"{name}.json").exists()
    assert is_expected(name, good)
    assert not is_expected(name, bad)


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ('a log\n{"text": "a"}\n', {"text": "a"}),
        ('log\n"one\u2028line"\n', "one\u2028line"),
        ("null", None),
        ("Traceback\n", ""),
        ("", ""),
    ],
)
def test_the_answer_is_the_last_line(output: str, answer: Any) -> None:
    assert last_json(output) == answer
