"""What stands before a route is found in the event, whatever the base path and the route are."""

from typing import Any

import pytest

from audio_translation.http_api.base_path import base_path, without_base_path


def event(resource: str, path: str, asked: str | None = None, **parameters: str) -> dict[str, Any]:
    context = {"path": asked} if asked else {}
    return {
        "resource": resource,
        "path": path,
        "pathParameters": parameters or None,
        "requestContext": context,
    }


@pytest.mark.parametrize(
    ("given", "route", "base"),
    [
        (event("/translate", "/translate", "/v1/translate"), "/translate", "/v1"),
        (event("/translate", "/translate", "/translate"), "/translate", ""),
        (event("/translate", "/translate"), "/translate", ""),
        (event("/translate", "/a/translate", "/a/translate"), "/translate", "/a"),
        (event("/translate", "/a/b/translate", "/a/b/translate"), "/translate", "/a/b"),
        (event("/translate", "/translate/translate"), "/translate", "/translate"),
        (event("/v1/models", "/v1/models"), "/v1/models", ""),
        (event("/v1/models", "/v1/v1/models"), "/v1/models", "/v1"),
        (event("/v1/models", "/v1/models", "/v1/v1/models"), "/v1/models", "/v1"),
        (event("/jobs/{id}", "/jobs/jobs/jobs", id="jobs"), "/jobs/jobs", "/jobs"),
        (event("/jobs/{id}/text", "/a/jobs/7/text", id="7"), "/jobs/7/text", "/a"),
        (event("/m/{a}/{b}", "/m/m/x/y", a="x", b="y"), "/m/x/y", "/m"),
        (event("/m/{a}", "/s/m/o%2Fw", a="o%2Fw"), "/m/o%2Fw", "/s"),
        (event("/m/{a}", "/s/m/o%2Fw", a="o/w"), "/m/o%2Fw", "/s"),
        (event("/{a}/{b}/s/t", "/x/app/key/s/t", a="app", b="key"), "/app/key/s/t", "/x"),
        (event("/{a}/{b}/s/t", "/app/key/s/t", a="app", b="key"), "/app/key/s/t", ""),
        (event("/{proxy+}", "/a/jobs/7", proxy="jobs/7"), "/jobs/7", "/a"),
        (event("/{proxy+}", "/jobs/7", "/v1/jobs/7", proxy="jobs/7"), "/jobs/7", "/v1"),
        (event("/", "/a", "/a"), "/", "/a"),
        (event("/", "/", "/v1/"), "/", "/v1"),
        (event("/translate", "/a/translate/"), "/translate", "/a"),
        (event("/translate", "/translate/"), "/translate/", ""),
        (event("/translate", "//a//translate"), "/translate", "/a"),
    ],
)
def test_the_route_and_what_stands_before_it(given: dict[str, Any], route: str, base: str) -> None:
    assert without_base_path(given) == {**given, "path": route}
    assert base_path(given) == base


@pytest.mark.parametrize("path", ["/", "/translations", "/a/b/c", "/jobs"])
def test_a_path_that_does_not_end_with_the_route_is_left_alone(path: str) -> None:
    given = event("/jobs/{id}/text", path, id="7")
    assert without_base_path(given) == given
    assert base_path(given) == ""
