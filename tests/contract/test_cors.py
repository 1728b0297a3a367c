"""Pages of allowed origins call every route; without the setting nothing is different."""

import re

import pytest
import requests

from audio_translation.handlers.http import app
from tests.worlds.http_api import ROUTE, ApiWorld

APP = "https://app.example.com"
ORIGINS = f"http://localhost:3000,{APP}"
ROUTES = sorted(
    (str(route.method).upper(), re.sub(r"\{.*?\}", "7", str(route.openapi_path)))
    for route in (*app._static_routes, *app._dynamic_routes)
)
BY = {"Origin": APP}


def cors(response: requests.Response) -> dict[str, str]:
    return {
        name.lower(): value
        for name, value in response.headers.items()
        if name.lower().startswith("access-control-") or name.lower() == "vary"
    }


def exposed(response: requests.Response) -> set[str]:
    return set(response.headers["Access-Control-Expose-Headers"].lower().split(", "))


def test_a_page_reads_the_answers_of_every_route(jobs: ApiWorld) -> None:
    with jobs.settings(ALLOWED_ORIGINS=ORIGINS):
        for method, route in ROUTES:
            answer = requests.request(
                method, jobs.url + route, headers=BY, timeout=60, allow_redirects=False
            )
            assert cors(answer)["access-control-allow-origin"] == APP, route
            assert "x-request-id" in exposed(answer)
            assert answer.headers["Vary"] == ("Accept, Origin" if route == "/" else "Origin")


def test_a_page_reads_every_header_of_a_translation(world: ApiWorld, audio_url: str) -> None:
    with world.settings(ALLOWED_ORIGINS=ORIGINS):
        answer = world.post({"audioFileUrl": audio_url, "saveSource": True}, headers=BY)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert {"x-request-id", "x-model", "deprecation", "sunset", "x-source-location"} <= exposed(
        answer
    )
    assert "content-type" not in exposed(answer)


def test_a_page_reads_where_a_job_is_and_when_to_look(world: ApiWorld, audio_url: str) -> None:
    with world.with_jobs(ALLOWED_ORIGINS=ORIGINS):
        made = world.post({"audioFileUrl": audio_url}, headers={**BY, "Prefer": "respond-async"})
    assert made.status_code == 202
    assert {"location", "retry-after", "preference-applied", "x-request-id"} <= exposed(made)


@pytest.mark.parametrize("route", [ROUTE, "/v1/audio/translations", "/uploads"])
def test_a_page_reads_an_error(world: ApiWorld, route: str) -> None:
    with world.settings(ALLOWED_ORIGINS=ORIGINS):
        answer = world.post(b"{", route, headers=BY)
    assert answer.status_code == 400
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert "x-request-id" in exposed(answer)


def test_another_page_reads_nothing(world: ApiWorld) -> None:
    with world.settings(ALLOWED_ORIGINS=ORIGINS):
        answers = [
            world.get("/health", headers={"Origin": "https://other.example.com"}),
            world.get("/health"),
        ]
    assert [cors(answer) for answer in answers] == [{"vary": "Origin"}] * 2


def test_without_allowed_origins_no_answer_is_different(jobs: ApiWorld, audio_url: str) -> None:
    answers = [
        jobs.post({"audioFileUrl": audio_url}, headers=BY),
        jobs.get("/nowhere", headers=BY),
        jobs.get("/jobs", headers=BY),
    ]
    assert [cors(answer) for answer in answers] == [{}, {}, {}]
