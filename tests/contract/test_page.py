"""GET / for browsers and programs, and GET /page/{file}: the page and what it is made of."""

import json
import re
import time

import pytest

from local.aws.lambda_context import LambdaContext
from tests.worlds.http_api import ApiWorld

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_browser_gets_the_page_and_a_program_gets_json(world: ApiWorld) -> None:
    page = world.get("/", headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.startswith("<!DOCTYPE html>")
    told = world.get("/")
    assert told.json() == {
        "name": "Audio translation",
        "docs": "/docs",
        "health": "/health",
        "openapi": "/openapi.json",
    }
    assert page.headers["vary"] == told.headers["vary"] == "Accept"


def test_the_page_runs_its_own_scripts_only_and_talks_to_the_bucket(world: ApiWorld) -> None:
    page = world.get("/", headers={"Accept": BROWSER})
    policy = dict(
        part.split(" ", 1) for part in page.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    prepared = world_with_upload(world)
    origin = "/".join(prepared["upload"]["url"].split("/")[:3])
    assert policy["connect-src"] == f"'self' {origin}"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "microphone=(self)" in page.headers["permissions-policy"]


def world_with_upload(world: ApiWorld) -> dict[str, dict[str, str]]:
    with world.with_jobs():
        answer = world.post({"fileName": "a.mp3", "size": 1000}, route="/uploads")
    prepared: dict[str, dict[str, str]] = answer.json()
    return prepared


def test_a_service_without_a_bucket_has_the_page_all_the_same(world: ApiWorld) -> None:
    with world.settings(BUCKET=""):
        page = world.get("/", headers={"Accept": BROWSER})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "connect-src 'self';" in page.headers["content-security-policy"]


def test_all_that_the_page_names_is_there_and_cached(world: ApiWorld) -> None:
    page = world.get("/", headers={"Accept": BROWSER})
    named = re.findall(r'(?:href|src)="(page/[^"]+)"', page.text)
    assert len(named) >= 3
    for name in named:
        file = world.get(f"/{name}")
        assert file.status_code == 200
        assert file.headers["cache-control"] == "public, max-age=300"
        assert file.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/page/app.js"])
def test_who_has_a_file_already_is_told_so(world: ApiWorld, path: str) -> None:
    first = world.get(path, headers={"Accept": BROWSER})
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = world.get(path, headers={"Accept": BROWSER, "If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    other = world.get(path, headers={"Accept": BROWSER, "If-None-Match": '"other"'})
    assert other.content == first.content


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "page_files.py", "..%2Fapp.py"])
def test_the_page_has_no_other_files(world: ApiWorld, name: str) -> None:
    answer = world.get(f"/page/{name}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(("asked", "base"), [("/v1", "/v1"), ("/v1/", "/v1"), ("/", "")])
def test_the_page_of_a_stage_finds_the_stages_files(world: ApiWorld, asked: str, base: str) -> None:
    event = {
        "resource": "/",
        "path": "/",
        "httpMethod": "GET",
        "headers": {"Accept": BROWSER, "X-Forwarded-Proto": "https"},
        "multiValueHeaders": {"Accept": [BROWSER]},
        "requestContext": {"path": asked, "domainName": "a.test", "stage": "v1"},
        "body": None,
    }
    answer = world.call(event, LambdaContext("id", time.time() + 5))
    assert f'<base href="{base}/">' in answer["body"]
    (policy,) = answer["multiValueHeaders"]["Content-Security-Policy"]
    assert "media-src blob: https:;" in policy
    assert "http:" not in json.dumps(policy).partition("media-src")[2]
