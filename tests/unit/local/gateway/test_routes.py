"""Where a path leads to, and with which parameters."""

import pytest

from local.gateway.routes import find

TRANSLATE = "/{appId}/{apiKey}/services/OpenAIAudioTranslation/translate"


@pytest.mark.parametrize(
    ("path", "route", "parameters"),
    [
        ("/", "/", {}),
        ("/translate", "/translate", {}),
        ("/jobs/7", "/jobs/{job_id}", {"job_id": "7"}),
        ("/jobs/", "/jobs", {}),
        ("/v1/models/a/b", "/v1/models/{model}/{variant}", {"model": "a", "variant": "b"}),
        (TRANSLATE.format(appId="A", apiKey="K"), TRANSLATE, {"appId": "A", "apiKey": "K"}),
        ("/api/A/K/info", "/api/{appId}/{apiKey}/info", {"appId": "A", "apiKey": "K"}),
        ("/api/info", "/api/info", {}),
    ],
)
def test_a_path_leads_to_its_route(path: str, route: str, parameters: dict[str, str]) -> None:
    found = find("POST", path)
    assert found is not None
    assert (found.route.path, found.parameters) == (route, parameters)


@pytest.mark.parametrize("path", ["/nowhere", "/translates", "/a/b/c", "", "/jobs/7/8"])
def test_a_path_that_leads_nowhere_is_none(path: str) -> None:
    assert find("GET", path) is None


def test_only_what_describes_the_service_needs_no_key() -> None:
    open_to_all = {"/", "/health", "/docs", "/openapi.json", "/api/info", "/page/app.js"}
    for path in (*open_to_all, "/translate", "/v1/models"):
        found = find("GET", path)
        assert found is not None
        assert (found.route.authorizer is None) == (path in open_to_all)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/translate", True),
        ("/translate/", True),
        ("/jobs/7/translation", True),
        ("/v1/models/a/b", True),
        ("/nowhere", False),
        ("/translate/more", False),
    ],
)
def test_a_path_is_a_route_of_the_template_or_none(path: str, known: bool) -> None:
    assert (find("GET", path) is not None) is known
