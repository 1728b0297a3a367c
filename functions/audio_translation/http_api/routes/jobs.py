"""GET /jobs, GET and DELETE /jobs/{id}, GET /jobs/{id}/translation."""

import json
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator

from audio_translation.errors import AudioTooLarge
from audio_translation.formats.response_format import ResponseFormat, any_case
from audio_translation.formats.rules.styles import Style
from audio_translation.http_api.app import json_response
from audio_translation.http_api.caller import owner
from audio_translation.http_api.openapi.job_responses import RETRY
from audio_translation.http_api.openapi.responses import JOB, TRANSLATION, responses
from audio_translation.http_api.polling import (
    PollParameter,
    Prefer,
    asked_poll,
    polling_headers,
    spelt,
    status_of,
)
from audio_translation.http_api.response_headers import response_headers
from audio_translation.jobs.job_view import JobList
from audio_translation.jobs.waiting_caller import laid_out
from audio_translation.translation.fields.subtitle_rules import style_named, subtitle_rules
from audio_translation.wiring.request_functions import request_functions

_LONGEST_ANSWER = 6_200_000
"""Bytes of the body as JSON; Lambda's limit is 6 MiB with the headers."""

router = Router()  # type: ignore[no-untyped-call]


@router.get(
    "/jobs",
    operation_id="listJobs",
    tags=["Jobs"],
    responses=responses("This key's jobs, newest first", JobList),
)
def jobs(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response[str]:
    """List the jobs of this API key."""
    page = request_functions().jobs.page(_owner(), limit=limit, cursor=cursor)
    return json_response(200, page)


@router.get("/jobs/<job_id>", operation_id="getJob", tags=["Jobs"], responses=JOB)
def job(job_id: str, poll: PollParameter = None, prefer: Prefer = None) -> Response[str]:
    """Tell how far a job is, and where its result is."""
    found, by = request_functions().jobs.find(job_id, _owner()), asked_poll(prefer, poll)
    return Response(
        status_of(found, by),
        "application/json",
        spelt(request_functions().jobs.views.view(found), by),
        {**polling_headers(router.current_event.raw_event, found, by)},
    )


@router.get(
    "/jobs/<job_id>/translation",
    operation_id="getJobTranslation",
    tags=["Jobs"],
    responses=TRANSLATION,
)
def translation(
    job_id: str,
    *,
    response_format: Annotated[
        ResponseFormat | None, BeforeValidator(any_case), Query(alias="format")
    ] = None,
    style: Annotated[Style | None, BeforeValidator(style_named), Query()] = None,
    line_length: Annotated[int | None, Query(alias="maxLineLength")] = None,
    lines: Annotated[int | None, Query(alias="maxLines")] = None,
    shortest: Annotated[float | None, Query(alias="minSeconds")] = None,
    longest: Annotated[float | None, Query(alias="maxSeconds")] = None,
    speed: Annotated[float | None, Query(alias="maxCharsPerSecond")] = None,
    gap: Annotated[float | None, Query(alias="minGapSeconds")] = None,
) -> Response[str]:
    """Return a finished job's text in any format; nobody is asked or paid again.

    Subtitles are laid out anew if rules are given; those that are not are the job's own.
    """
    found = request_functions().jobs.find(job_id, _owner())
    asked = {
        "style": style,
        "maxLineLength": line_length,
        "maxLines": lines,
        "minSeconds": shortest,
        "maxSeconds": longest,
        "maxCharsPerSecond": speed,
        "minGapSeconds": gap,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    rules = subtitle_rules(given) if given else None
    made = laid_out(found, request_functions().jobs, response_format, rules)
    headers = response_headers(
        request_functions().model_asked(found.request),
        made.served,
        untranslated_segments=made.untranslated_segments,
        warnings=made.warnings,
        cached=made.cached,
    )
    if len(json.dumps(made.rendered.text)) > _LONGEST_ANSWER:
        raise AudioTooLarge(
            "The translation is too long for one answer in this format. Ask for text, srt or vtt,"
            " or for a job in this format, whose result is a URL."
        )
    return Response(200, made.rendered.content_type, made.rendered.text, {**headers})


@router.post(
    "/jobs/<job_id>/retry",
    operation_id="retryJob",
    tags=["Jobs"],
    responses=RETRY,
)
def retry(job_id: str) -> Response[str]:
    """Have a job that has failed go on; what is translated of it is not paid again."""
    functions = request_functions()
    again = functions.job_retry.retry(functions.jobs.find(job_id, _owner()))
    return Response(
        202,
        "application/json",
        functions.jobs.views.view(again).model_dump_json(),
        {**polling_headers(router.current_event.raw_event, again, None)},
    )


@router.delete(
    "/jobs/<job_id>",
    operation_id="deleteJob",
    tags=["Jobs"],
    responses=responses("It is gone", None, status=204),
)
def delete(job_id: str) -> Response[str]:
    """Cancel a job that has not ended, forget one that has; delete all that it stored."""
    request_functions().jobs.delete(request_functions().jobs.find(job_id, _owner()))
    return Response(204, body="")


def _owner() -> str:
    return owner(router.current_event.raw_event)
