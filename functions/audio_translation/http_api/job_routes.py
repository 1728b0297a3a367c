"""GET /jobs, GET and DELETE /jobs/{id}, GET /jobs/{id}/translation."""

import json
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator

from audio_translation.errors import AudioTooLarge
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat, any_case
from audio_translation.http_api.app import json_response, retry_after
from audio_translation.http_api.caller import owner
from audio_translation.http_api.openapi_responses import TRANSLATION, responses
from audio_translation.http_api.response_headers import response_headers
from audio_translation.jobs.job_view import JobList, JobView
from audio_translation.wiring.request_functions import request_functions

_LONGEST_ANSWER = 6_200_000
"""Bytes of the body as JSON; Lambda's limit is 6 MiB with the headers."""

router = Router()  # type: ignore[no-untyped-call]


@router.get("/jobs", responses=responses("This key's jobs, newest first", JobList))
def jobs(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response[str]:
    """List the jobs of this API key."""
    page = request_functions().jobs.page(_owner(), limit=limit, cursor=cursor)
    return json_response(200, page)


@router.get("/jobs/<job_id>", responses=responses("The job", JobView))
def job(job_id: str) -> Response[str]:
    """Tell how far a job is, and where its result is."""
    found = request_functions().jobs.find(job_id, _owner())
    return json_response(200, request_functions().jobs.views.view(found), retry_after(found))


@router.get("/jobs/<job_id>/translation", responses=TRANSLATION)
def translation(
    job_id: str,
    response_format: Annotated[
        ResponseFormat | None, BeforeValidator(any_case), Query(alias="format")
    ] = None,
) -> Response[str]:
    """Return a finished job's text in any format; nobody is asked or paid again."""
    found = request_functions().jobs.find(job_id, _owner())
    stored, asked = request_functions().jobs.translation(found), found.request
    rendered = render(
        stored, response_format or asked.response_format, with_source=asked.with_source
    )
    headers = response_headers(
        request_functions().model_asked(asked),
        stored.model,
        untranslated_segments=stored.untranslated_segments,
    )
    if len(json.dumps(rendered.text)) > _LONGEST_ANSWER:
        raise AudioTooLarge(
            "The translation is too long for one answer in this format. Ask for text, srt or vtt,"
            " or for a job in this format, whose result is a URL."
        )
    return Response(200, rendered.content_type, rendered.text, {**headers})


@router.delete("/jobs/<job_id>", responses=responses("It is gone", None, status=204))
def delete(job_id: str) -> Response[str]:
    """Cancel a job that has not ended, forget one that has; delete all that it stored."""
    request_functions().jobs.delete(request_functions().jobs.find(job_id, _owner()))
    return Response(204, body="")


def _owner() -> str:
    return owner(router.current_event.raw_event)
