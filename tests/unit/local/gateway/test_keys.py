"""Which key a request has on this machine: that which our authorizer finds."""

import pytest
from starlette.requests import Request

from local.gateway.keys import NotAuthorized, key_of
from local.gateway.routes import find

KEYS = frozenset({"the-key"})
PATH = "/app/{}/services/OpenAIAudioTranslation/translate"


def key(path: str, headers: dict[str, str], keys: frozenset[str] | None = KEYS) -> str | None:
    found = find("POST", path)
    assert found is not None
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": raw}
    return key_of(Request(scope), found, keys)


def test_a_key_is_taken_from_where_the_route_has_it() -> None:
    assert key("/translate", {"x-api-key": "the-key"}) == "the-key"
    assert key("/v1/audio/translations", {"authorization": "Bearer the-key"}) == "the-key"
    assert key(PATH.format("the-key"), {}) == "the-key"
    assert key("/health", {}) is None


@pytest.mark.parametrize(
    ("path", "headers", "kind"),
    [
        ("/translate", {}, "UNAUTHORIZED"),
        ("/translate", {"authorization": "Bearer the-key"}, "UNAUTHORIZED"),
        ("/translate", {"x-api-key": "other"}, "INVALID_API_KEY"),
        (PATH.format("other"), {}, "INVALID_API_KEY"),
        (PATH.format("other"), {"x-api-key": "the-key"}, "INVALID_API_KEY"),
        (PATH.format("é"), {}, "UNAUTHORIZED"),
    ],
)
def test_another_key_is_not_let_in(path: str, headers: dict[str, str], kind: str) -> None:
    with pytest.raises(NotAuthorized, match=kind):
        key(path, headers)


def test_without_a_usage_plan_none_is_needed() -> None:
    assert key("/translate", {}, None) is None
    assert key(PATH.format("any"), {}, None) == "any"
