"""Who sends a request: what stands for the API key, never the key itself."""

from typing import Any

import pytest

from audio_translation.http_api.caller import owner


def event(**context: Any) -> dict[str, Any]:
    return {"requestContext": context}


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (
            {"identity": {"apiKeyId": "id", "apiKey": "key"}, "authorizer": {"principalId": "p"}},
            "id",
        ),
        ({"identity": {"apiKey": "key"}, "authorizer": {"principalId": "p"}}, "p"),
        ({"identity": None, "authorizer": None}, "local"),
        ({}, "local"),
    ],
)
def test_the_owner_is_what_api_gateway_knows_best(context: dict[str, Any], expected: str) -> None:
    assert owner(event(**context)) == expected


def test_a_key_that_comes_alone_is_hashed_and_two_keys_are_two_owners() -> None:
    mine, theirs = (owner(event(identity={"apiKey": key})) for key in ("mine", "theirs"))
    assert mine != theirs
    assert "mine" not in mine
    assert mine == owner(event(identity={"apiKey": "mine"}))
