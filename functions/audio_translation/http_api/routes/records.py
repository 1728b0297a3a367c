"""PATCH /jobs/{id}/segments, and GET /record/key."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from audio_translation.http_api.app import json_response, only_an_object
from audio_translation.http_api.caller import caller_of
from audio_translation.http_api.openapi.job_responses import CORRECTION
from audio_translation.http_api.openapi.responses import RECORD_KEY
from audio_translation.jobs.records.correction_request import CorrectionRequest
from audio_translation.wiring.request_functions import request_functions

_ANSWER_SECONDS = 2.0
"""Kept back to store what was made."""
_A_DAY = "public, max-age=86400"

router = Router()  # type: ignore[no-untyped-call]


@router.patch(
    "/jobs/<job_id>/segments",
    operation_id="correctSegments",
    tags=["Jobs"],
    responses=CORRECTION,
    middlewares=[only_an_object],
)
def correct(job_id: str, body: CorrectionRequest) -> Response[str]:
    """Correct what was said in segments of a job; these are translated again, and paid for again.

    The times stay. The result, and the record if there is one, are made anew.
    """
    functions, caller = request_functions(), caller_of(router)
    found = functions.jobs.find(job_id, caller.owner)
    corrected = functions.corrections.correct(found, body, caller.before(_ANSWER_SECONDS))
    return json_response(200, functions.jobs.views.view(corrected))


@router.get("/record/key", operation_id="getRecordKey", tags=["Service"], responses=RECORD_KEY)
def record_key() -> Response[str]:
    """Return the public key that records are checked with, as PEM; it needs no API key."""
    pem = request_functions().record_key.pem
    return Response(200, "application/x-pem-file", pem, {"Cache-Control": _A_DAY})
