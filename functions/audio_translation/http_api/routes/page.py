"""GET /: the page for browsers, links as JSON for programs; GET /page/{file}: the page's files."""

import json

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from audio_translation.errors import NotFound
from audio_translation.http_api.base_path import base_path, public_url
from audio_translation.http_api.page.page_files import (
    PageFile,
    page,
    page_file,
    prefers_html,
    security_policy,
)
from audio_translation.http_api.request_event import header
from audio_translation.wiring.request_functions import request_functions

_ASK_AGAIN = "no-cache"
"""The page itself: whoever has it asks whether it is still this one, so a deployment is seen."""
_FIVE_MINUTES = "public, max-age=300"
"""Its files: for so long at most a browser may have files of two deployments."""

router = Router()  # type: ignore[no-untyped-call]


@router.get("/", include_in_schema=False)
def root() -> Response[str]:
    """Return the page to whoever prefers HTML, else say where the documentation is."""
    event = router.current_event.raw_event
    base = base_path(event)
    if not prefers_html(header(event, "accept")):
        links = {name: f"{base}/{name}" for name in ("docs", "health")}
        links["openapi"] = f"{base}/openapi.json"
        body = json.dumps({"name": "Audio translation", **links})
        return Response(200, "application/json", body, {"Vary": "Accept"})
    policy = security_policy(
        request_functions().files_origin, over_http=public_url(event).startswith("http://")
    )
    headers = {
        "Content-Security-Policy": policy,
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept",
    }
    return _answer(page(base), _ASK_AGAIN, headers)


@router.get("/page/<file>", include_in_schema=False)
def file_of_the_page(file: str) -> Response[str]:
    """Return a script, a stylesheet or a picture of the page."""
    found = page_file(file)
    if found is None:
        raise NotFound("The page has no such file. GET / is the page.")
    return _answer(found, _FIVE_MINUTES, {})


def _answer(found: PageFile, cached: str, headers: dict[str, str]) -> Response[str]:
    """Return the file, or 304 to whoever has it already."""
    told = {
        "Cache-Control": cached,
        "ETag": found.etag,
        "X-Content-Type-Options": "nosniff",
        **headers,
    }
    known = header(router.current_event.raw_event, "if-none-match")
    if found.etag in {one.strip().removeprefix("W/") for one in known.split(",")}:
        return Response(304, body="", headers={**told})
    return Response(200, found.content_type, found.content, {**told})
