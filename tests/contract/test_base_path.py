"""Every route answers alike behind API Gateway's own name and any mapping of a domain to it."""

import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from audio_translation.handlers.http import app
from local.aws.lambda_context import LambdaContext
from tests.worlds.http_api import ApiWorld

ROUTES = sorted(
    (str(route.method).upper(), str(route.openapi_path))
    for route in (*app._static_routes, *app._dynamic_routes)
)
BASES = ["/speech", "/speech/v2", "/translate", "/v1", "/v1/models", "/jobs", "/a%20b"]
SLOW = {"/docs", "/openapi.json"}
"""What takes long to make."""
STAGE = "/v1"
URL = "https://example.com/a.mp3"


def ways_in(base: str) -> list[tuple[str, str, str]]:
    """What stands before the route in `path`, in `requestContext.path`, and in links."""
    return [
        ("", STAGE, STAGE),
        ("", "", ""),
        (base, base, base),
        (base + STAGE, base + STAGE, base + STAGE),
    ]


def call(
    world: ApiWorld,
    method: str,
    resource: str,
    before: tuple[str, str] = ("", ""),
    *,
    end: str = "",
    body: dict[str, Any] | None = None,
    **headers: str,
) -> dict[str, Any]:
    """Have the function answer API Gateway's event; ids hold an encoded slash."""
    names = re.findall(r"\{(\w+)\}", resource)
    path = re.sub(r"\{\w+\}", "7%2Fb", resource) + end
    event = {
        "resource": resource,
        "path": before[0] + path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json", **headers},
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": dict.fromkeys(names, "7%2Fb") or None,
        "requestContext": {
            "resourcePath": resource,
            "path": before[1] + path,
            "stage": STAGE.strip("/"),
            "identity": {"apiKey": "key"},
            "requestId": "id",
        },
        "body": json.dumps(body or {}),
        "isBase64Encoded": False,
    }
    return dict(world.call(event, LambdaContext("id", time.time() + 20)))


def without_links(answer: dict[str, Any]) -> tuple[int, str]:
    """Return status and body without what is new each time, and links to the service."""
    new = r'"(?:url|id|created|expires)": ?"[^"]*"|"milliseconds":\d+'
    links = r'"[^"]*/(?:docs|openapi\.json|health|example\.mp3)"'
    return answer["statusCode"], re.sub(f"{new}|{links}", "", answer["body"])


@pytest.mark.parametrize(("method", "resource"), ROUTES)
def test_a_route_answers_alike_whatever_stands_before_it(
    jobs: ApiWorld, method: str, resource: str
) -> None:
    wanted = without_links(call(jobs, method, resource))
    assert "There is no such route" not in wanted[1]
    for base in BASES[: 1 if resource in SLOW else None]:
        for path, asked, _ in ways_in(base):
            found = call(jobs, method, resource, (path, asked))
            assert without_links(found) == wanted, (path, asked)
    slash = call(jobs, method, resource, ("/speech", "/speech"), end="/")
    assert without_links(slash) == wanted


@pytest.mark.parametrize("base", BASES)
def test_links_lead_back_through_the_way_in(jobs: ApiWorld, base: str) -> None:
    for path, asked, linked in ways_in(base):
        before = path, asked
        for resource, body in (
            ("/translate", {"audioFileUrl": URL}),
            ("/uploads", {"fileName": "a.mp3", "size": 1000}),
        ):
            made = call(jobs, "POST", resource, before, body=body, Prefer="respond-async")
            (location,) = made["multiValueHeaders"]["Location"]
            job = json.loads(made["body"])
            job_id = job.get("id") or job["job"]["id"]
            assert urlsplit(location).path == f"{linked}/jobs/{job_id}"
        spec = json.loads(call(jobs, "GET", "/openapi.json", before)["body"])
        assert [urlsplit(server["url"]).path for server in spec["servers"]] == [linked or "/"]
        page = call(jobs, "GET", "/docs", before)
        assert json.dumps(spec["servers"], separators=(",", ":")) in re.sub(r"\s", "", page["body"])


@pytest.mark.parametrize("path", ["/speech/nowhere", "/translate/nowhere", "/speech"])
def test_an_unknown_route_is_not_found_under_a_base_path_either(jobs: ApiWorld, path: str) -> None:
    answer = call(jobs, "GET", path, ("/speech", "/speech"))
    assert (answer["statusCode"], json.loads(answer["body"])["error"]["code"]) == (
        404,
        "not_found",
    )
