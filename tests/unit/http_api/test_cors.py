"""Which pages may read an answer, and what of it."""

from typing import Any

import pytest

from audio_translation.http_api.cors import let_pages_read

APP, OTHER = "https://app.example.com", "https://other.example.com"


def event(origin: str | None = APP) -> dict[str, Any]:
    return {"headers": {"origin": origin} if origin else None}


def read(given: dict[str, Any], *allowed: str, **headers: list[str]) -> dict[str, list[str]]:
    response = {"multiValueHeaders": {n.replace("_", "-"): v for n, v in headers.items()}}
    let_pages_read(response, given, allowed)
    return response["multiValueHeaders"]


def test_the_page_that_asks_may_read_all_headers_of_the_answer() -> None:
    headers = read(event(), OTHER, APP, Content_Type=["text/vtt"], Retry_After=["1"], X_New=["x"])
    assert headers["Access-Control-Allow-Origin"] == [APP]
    assert headers["Access-Control-Expose-Headers"] == ["Retry-After, X-New"]
    assert headers["Vary"] == ["Origin"]


@pytest.mark.parametrize("name", ["origin", "Origin", "ORIGIN"])
def test_an_origin_is_found_however_its_header_is_written(name: str) -> None:
    assert read({"headers": {name: APP}}, APP)["Access-Control-Allow-Origin"] == [APP]


@pytest.mark.parametrize("origin", [OTHER, "null", f"{APP}.evil.test", APP.upper(), "", None])
def test_other_pages_are_told_nothing(origin: str | None) -> None:
    assert read(event(origin), APP, X_A=["1"]) == {"X-A": ["1"], "Vary": ["Origin"]}


def test_what_an_answer_varies_by_already_is_kept() -> None:
    assert read(event(), APP, Vary=["Accept"])["Vary"] == ["Accept, Origin"]


def test_a_star_allows_every_page_and_answers_do_not_vary() -> None:
    headers = read(event(OTHER), "*")
    assert headers["Access-Control-Allow-Origin"] == ["*"]
    assert "Vary" not in headers


def test_without_allowed_origins_nothing_is_added() -> None:
    assert read(event(), X_A=["1"]) == {"X-A": ["1"]}
