"""``ask`` waits for jobs and tells errors; the commands as users run them are in tests/e2e."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from local.__main__ import Failed, ask, main
from tests.fakes.asgi_server import running_app


def job(status: str, done: int, error: Any = None) -> dict[str, Any]:
    progress = {
        "audioSeconds": {"total": 600, "done": 300 * done},
        "chunks": {"total": 2, "done": done},
    }
    return {"id": "1", "status": status, "progress": progress, "error": error}


@contextmanager
def service(*states: dict[str, Any], status: int = 202) -> Iterator[tuple[str, list[Any]]]:
    """A service of which every request becomes a job with these states; yield what it got, too."""
    left, received = list(states), []

    async def translate(request: Request) -> Response:
        received.append(await request.json())
        if status != 202:
            return JSONResponse({"error": {"message": "That is not audio."}}, status)
        return JSONResponse(job("queued", 0), 202, {"Retry-After": "0"})

    async def view(_: Request) -> Response:
        return JSONResponse(left.pop(0), headers={"Retry-After": "0"})

    async def translation(_: Request) -> Response:
        return PlainTextResponse("Hello.")

    routes = [
        Route("/translate", translate, methods=["POST"]),
        Route("/jobs/1", view),
        Route("/jobs/1/translation", translation),
    ]
    with running_app(Starlette(routes=routes)) as url:
        yield url, received


def test_a_job_is_waited_for_and_its_result_returned() -> None:
    with service(job("queued", 0), job("running", 1), job("succeeded", 2)) as (url, received):
        result = ask(url, "s3://b/a.mp3", "text", "gpt-transcribe", include=["source"])
        assert result.content("text") == "Hello."
    assert received == [
        {
            "audioFileUrl": "s3://b/a.mp3",
            "responseFormat": "text",
            "model": "gpt-transcribe",
            "include": ["source"],
        }
    ]


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (job("failed", 1, {"message": "The provider is gone."}), "The provider is gone"),
        (job("cancelled", 1), "The job was cancelled"),
    ],
)
def test_a_job_that_did_not_succeed_says_why(ended: dict[str, Any], reason: str) -> None:
    with service(ended) as (url, _), pytest.raises(Failed, match=reason):
        ask(url, "s3://b/a.mp3", "text")


def test_a_request_that_is_refused_says_why() -> None:
    with service(status=400) as (url, _), pytest.raises(Failed, match="That is not audio"):
        ask(url, "s3://b/a.mp3", "text")


def test_a_file_that_is_not_there_is_an_error_of_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["translate", "--audio", "no such file.mp3"]) == 1
    assert "There is no file 'no such file.mp3'" in capsys.readouterr().err
