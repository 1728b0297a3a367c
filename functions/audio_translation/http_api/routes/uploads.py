"""POST /uploads: a job, and a presigned URL with which its audio is put into the bucket."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from audio_translation.http_api.app import only_an_object
from audio_translation.http_api.cache_control import CacheControl, as_header_says
from audio_translation.http_api.caller import owner
from audio_translation.http_api.idempotency_key import IdempotencyKey, first_answer
from audio_translation.http_api.openapi.responses import LOCATION, responses
from audio_translation.http_api.polling import Poll, PollParameter, Prefer, asked_poll, job_url
from audio_translation.jobs.job_view import PreparedUpload
from audio_translation.jobs.upload_request import UploadRequest
from audio_translation.wiring.request_functions import request_functions

_RESPONSES = responses(
    "The job, and how to upload the file; Location is the job's URL",
    PreparedUpload,
    status=201,
    headers=LOCATION,
    errors={
        400: "invalid_request or url_not_allowed",
        409: "idempotency_conflict",
        413: "audio_too_large",
    },
)

router = Router()  # type: ignore[no-untyped-call]


@router.post(
    "/uploads",
    operation_id="prepareUpload",
    tags=["Uploads"],
    responses=_RESPONSES,
    middlewares=[only_an_object],
)
def prepare(
    body: UploadRequest,
    idempotency_key: IdempotencyKey = None,
    poll: PollParameter = None,
    prefer: Prefer = None,
    cache_control: CacheControl = None,
) -> Response[str]:
    """Make a job for a file that has no URL; it begins when the file has been uploaded."""
    event, by = router.current_event.raw_event, asked_poll(prefer, poll)
    body = as_header_says(body, cache_control)
    answer = first_answer(
        idempotency_key,
        body,
        lambda: _answer(body, event, by),
        owner=owner(event),
        context=router.lambda_context,
    )
    return Response(201, "application/json", answer["body"], {"Location": answer["location"]})


def _answer(request: UploadRequest, event: dict[str, Any], poll: Poll | None) -> dict[str, Any]:
    functions = request_functions()
    functions.download.check_callback_url(request.callback_url)
    prepared = functions.jobs.prepare(request, owner=owner(event))
    functions.telemetry.submitted(prepared.upload.url)
    return {
        "body": prepared.model_dump_json(),
        "location": job_url(event, prepared.job.id, poll),
    }
