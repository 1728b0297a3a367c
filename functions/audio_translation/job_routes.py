"""The routes of jobs: list them, look at one, read it, delete it."""

import json
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator

from audio_translation import openapi, rest
from audio_translation.answer_headers import answer_headers
from audio_translation.bootstrap import service
from audio_translation.domain.errors import AudioTooLarge
from audio_translation.domain.rendering import render
from audio_translation.domain.request import ResponseFormat, any_case
from audio_translation.usecases.jobs import JobList, JobView

_LONGEST_ANSWER = 6_200_000
"""Bytes as JSON; Lambda takes 6 MiB with the headers."""

router = Router()  # type: ignore[no-untyped-call]


@router.get("/jobs", responses=openapi.responses("This key's jobs, newest first", JobList))
def jobs(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response[str]:
    """List the jobs of this API key."""
    page = service().jobs.page(_owner(), limit=limit, cursor=cursor)
    return rest.json_response(200, page)


@router.get("/jobs/<job_id>", responses=openapi.responses("The job", JobView))
def job(job_id: str) -> Response[str]:
    """Tell how far a job is, and where its result is."""
    found = service().jobs.find(job_id, _owner())
    return rest.json_response(200, service().jobs.view(found), rest.poll(found))


@router.get("/jobs/<job_id>/translation", responses=openapi.TRANSLATION)
def translation(
    job_id: str,
    response_format: Annotated[
        ResponseFormat | None, BeforeValidator(any_case), Query(alias="format")
    ] = None,
) -> Response[str]:
    """Return a finished job's text in any format; nobody is asked or paid again."""
    found = service().jobs.find(job_id, _owner())
    stored, asked = service().jobs.translation(found), found.request
    rendered = render(
        stored, response_format or asked.response_format, with_source=asked.with_source
    )
    headers = answer_headers(
        service().model_asked(asked), stored.model, untranslated=stored.untranslated
    )
    if len(json.dumps(rendered.text)) > _LONGEST_ANSWER:
        raise AudioTooLarge(
            "The translation is too long for one answer in this format. Ask for text, srt or vtt,"
            " or for a job in this format, whose result is a URL."
        )
    return Response(200, rendered.content_type, rendered.text, {**headers})


@router.delete("/jobs/<job_id>", responses=openapi.responses("It is gone", None, status=204))
def delete(job_id: str) -> Response[str]:
    """Cancel a job that has not ended, forget one that has; delete all that it stored."""
    service().jobs.delete(service().jobs.find(job_id, _owner()))
    return Response(204, body="")


def _owner() -> str:
    return rest.owner(router.current_event.raw_event)
