"""What `sam build` made, run by Lambda's emulator against S3, SSM and Whisper on this machine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local import REPOSITORY
from local.aws.lambda_invoke_api import JOB_FUNCTION
from local.aws.resources import BUCKET, JOB_TABLE
from local.service import LocalService
from tests.fakes.provider.holding_proxy import HoldingProxy
from tests.worlds.runtime_emulator import Sandbox, sandbox

RECORDING = REPOSITORY / "tests" / "data" / "speech" / "es" / "conf-waitforleader.mp3"
SECONDS = 60
"""Time for a direct invoke: enough for a cold start and Whisper on a busy machine."""
SPOKEN = {"conference", "leader"}
"""Words that every good translation of the recording has."""


@pytest.fixture(scope="module")
def provider(local_service: LocalService) -> Iterator[HoldingProxy]:
    assert local_service.put(RECORDING, "audio") == f"s3://{BUCKET}/audio/{RECORDING.name}"
    with HoldingProxy(local_service.provider_url) as provider:
        yield provider


@pytest.fixture(scope="module")
def references(provider: HoldingProxy) -> dict[str, str]:
    return {
        "AudioBucket": BUCKET,
        "JobTable": "",
        "KeepAnswers": "off",  # the same recording is to be translated each time
        "ProviderBaseUrl": provider.base_url,
    }


@pytest.fixture(scope="module")
def http_function(local_service: LocalService, references: dict[str, str]) -> Iterator[Sandbox]:
    with sandbox("HttpFunction", aws_endpoint=local_service.aws_url, values=references) as running:
        yield running


@pytest.fixture(scope="module")
def invoke_function(local_service: LocalService, references: dict[str, str]) -> Iterator[Sandbox]:
    """Its time is cut from 15 minutes, so that it can be seen to run out."""
    with sandbox(
        "InvokeFunction", aws_endpoint=local_service.aws_url, values=references, timeout=SECONDS
    ) as running:
        yield running


def test_an_http_request_is_translated(http_function: Sandbox) -> None:
    response = http_function.invoke(_event("http-translate"))
    assert response["statusCode"] == 200, http_function.log.read_text()
    assert _words(json.loads(response["body"])["text"]) >= SPOKEN


def test_a_backendless_request_is_translated_and_its_source_kept(
    http_function: Sandbox, local_service: LocalService
) -> None:
    response = http_function.invoke(_event("http-backendless"))
    assert response["statusCode"] == 200, http_function.log.read_text()
    headers = response["multiValueHeaders"]
    assert headers["Content-Type"] == ["application/x-subrip; charset=utf-8"]
    assert headers["X-Ignored-Fields"] == ["language"]
    assert _words(response["body"]) >= SPOKEN
    bucket, _, key = headers["X-Source-Location"][0].removeprefix("s3://").partition("/")
    kept = local_service.s3().get_object(Bucket=bucket, Key=key)["Body"].read()
    assert kept == RECORDING.read_bytes()


def test_a_form_of_openais_contract_is_translated(http_function: Sandbox) -> None:
    response = http_function.invoke(_event("http-openai"))
    assert response["statusCode"] == 200, http_function.log.read_text()
    answer = json.loads(response["body"])
    assert answer["task"] == "translate"
    assert _words(answer["text"]) >= SPOKEN


@pytest.mark.parametrize("name", ["http-openai-transcription", "http-asr"])
def test_speech_is_written_down_in_its_own_language(http_function: Sandbox, name: str) -> None:
    response = http_function.invoke(_event(name))
    assert response["statusCode"] == 200, http_function.log.read_text()
    assert "conferencia" in response["body"].lower()


@pytest.mark.parametrize(
    ("name", "status", "content_type", "content"),
    [
        ("http-health", 200, "application/json", '"ok"'),
        ("http-openapi", 200, "application/json", "/translate"),
        ("http-docs", 200, "text/html", "<html"),
        ("http-invalid", 400, "application/json", "audioFileUrl"),
    ],
)
def test_the_other_http_events_are_answered(
    http_function: Sandbox, name: str, status: int, content_type: str, content: str
) -> None:
    response = http_function.invoke(_event(name))
    assert response["statusCode"] == status
    assert response["multiValueHeaders"]["Content-Type"][0].startswith(content_type)
    assert content in response["body"]


@pytest.mark.parametrize(
    ("resource", "path", "content_type", "content"),
    [
        ("/", "/", "text/html", '<base href="/v1/">'),
        ("/page/{file}", "/page/app.js", "text/javascript", "import "),
        ("/page/{file}", "/page/page.css", "text/css", "color-scheme"),
    ],
)
def test_the_page_and_its_files_are_in_what_was_built(
    http_function: Sandbox, resource: str, path: str, content_type: str, content: str
) -> None:
    event = _event("http-docs")
    event |= {"resource": resource, "path": path, "headers": {"Accept": "text/html"}}
    event["requestContext"] |= {"resourcePath": resource, "path": f"/v1{path}"}
    response = http_function.invoke(event)
    assert response["statusCode"] == 200, http_function.log.read_text()
    assert response["multiValueHeaders"]["Content-Type"][0].startswith(content_type)
    assert content in response["body"]


def test_a_provider_that_hangs_is_given_up_before_lambda_gives_us_up(
    invoke_function: Sandbox, provider: HoldingProxy
) -> None:
    with provider.holding() as waiting:
        error = invoke_function.invoke(_event("invoke-translate"))
    assert waiting.is_set()
    assert error["errorType"] == "ProviderTimedOut"
    _check_that_it_translates(invoke_function)


def test_after_a_time_out_of_lambdas_the_next_request_is_translated(
    invoke_function: Sandbox, provider: HoldingProxy
) -> None:
    with (
        provider.holding() as waiting,
        invoke_function.invoking(_event("invoke-translate")) as answer,
    ):
        assert waiting.wait(SECONDS)
        invoke_function.freeze()
        assert f"Task timed out after {SECONDS}.00 seconds" in str(answer.result(2 * SECONDS))
    _check_that_it_translates(invoke_function)


def test_after_a_crash_the_next_request_is_translated(
    invoke_function: Sandbox, provider: HoldingProxy
) -> None:
    with (
        provider.holding() as waiting,
        invoke_function.invoking(_event("invoke-translate")) as answer,
    ):
        assert waiting.wait(SECONDS)
        crashed = invoke_function.runtime_pid()
        invoke_function.crash()
        assert answer.result(SECONDS)["errorType"] == "Runtime.ExitError"
    _check_that_it_translates(invoke_function)
    assert invoke_function.runtime_pid() != crashed


def _check_that_it_translates(function: Sandbox) -> None:
    translation = function.invoke(_event("invoke-translate"))
    assert translation.get("task") == "translate", f"{translation}\n{function.log.read_text()}"
    assert _words(translation["text"]) >= SPOKEN
    assert list(function.work_folder.iterdir()) == [], "what the last request left is gone, too"


def test_a_direct_invoke_of_a_bad_request_raises_a_class_of_the_error_table(
    invoke_function: Sandbox,
) -> None:
    error = invoke_function.invoke(_event("invoke-invalid"))
    assert error["errorType"] == "InvalidRequest"
    assert "temperature" in error["errorMessage"]


def test_a_direct_invoke_for_text_returns_the_text(invoke_function: Sandbox) -> None:
    assert _words(invoke_function.invoke(_event("invoke-text"))) >= SPOKEN


def test_an_upload_becomes_a_job_once(
    local_service: LocalService, references: dict[str, str]
) -> None:
    """Its event comes here as well as to the local service's own function."""
    values = {**references, "JobTable": JOB_TABLE, "JobFunction.Alias": JOB_FUNCTION}
    environ = {"AWS_ENDPOINT_URL_LAMBDA": local_service.lambda_url}
    event = _event("upload-recording")
    with sandbox(
        "UploadFunction", aws_endpoint=local_service.aws_url, values=values, environ=environ
    ) as function:
        assert local_service.put(RECORDING, "uploads") == f"s3://{BUCKET}/uploads/{RECORDING.name}"
        for _ in range(2):
            assert function.invoke(event) == {"batchItemFailures": []}, function.log.read_text()
        assert function.invoke({"Records": [{**event["Records"][0], "body": "{"}]}) == {
            "batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]
        }
    key = f"translations/{RECORDING.name}.json"
    local_service.s3().get_waiter("object_exists").wait(
        Bucket=BUCKET, Key=key, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
    )
    said = json.loads(local_service.s3().get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert _words(said["text"]) >= SPOKEN


def test_a_lost_job_is_started_again(
    local_service: LocalService, references: dict[str, str]
) -> None:
    """There is no such job, of which its execution makes nothing."""
    values = {**references, "JobFunction.Alias": JOB_FUNCTION}
    environ = {"AWS_ENDPOINT_URL_LAMBDA": local_service.lambda_url}
    with sandbox(
        "RestartFunction", aws_endpoint=local_service.aws_url, values=values, environ=environ
    ) as function:
        assert function.invoke(_event("restart-job")) is None, function.log.read_text()
    environ = {"AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:9"}
    with sandbox(
        "RestartFunction", aws_endpoint=local_service.aws_url, values=values, environ=environ
    ) as function:
        assert function.invoke(_event("restart-job"))["errorType"] == "Internal"


def _event(name: str) -> Any:
    return json.loads((REPOSITORY / "events" / f"{name}.json").read_text())


def _words(text: str) -> set[str]:
    return {word.strip(".,!?").lower() for word in text.split()}
