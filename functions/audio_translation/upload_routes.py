"""POST /uploads: a job for a file that its owner then puts into the bucket, past this API."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from audio_translation import openapi, rest
from audio_translation.bootstrap import service
from audio_translation.domain.upload_request import UploadRequest
from audio_translation.repeats import IdempotencyKey, first_answer
from audio_translation.usecases.jobs import PreparedUpload

_RESPONSES = openapi.responses(
    "The job, and how to upload the file; Location is the job's URL",
    PreparedUpload,
    status=201,
    errors={
        400: "invalid_request or url_not_allowed",
        409: "idempotency_conflict",
        413: "audio_too_large",
    },
)

router = Router()  # type: ignore[no-untyped-call]


@router.post("/uploads", responses=_RESPONSES, middlewares=[rest.only_an_object])
def prepare(body: UploadRequest, idempotency_key: IdempotencyKey = None) -> Response[str]:
    """Make a job for a file that has no URL; it begins when the file has been uploaded."""
    event, context = router.current_event.raw_event, router.lambda_context
    owner = rest.owner(event)

    def answer() -> dict[str, Any]:
        prepared = service().prepare(body, owner=owner)
        return {
            "body": prepared.model_dump_json(),
            "location": f"{rest.base(event)}/jobs/{prepared.job.id}",
        }

    first = first_answer(idempotency_key, body, answer, owner=owner, context=context)
    return Response(201, "application/json", first["body"], {"Location": first["location"]})
