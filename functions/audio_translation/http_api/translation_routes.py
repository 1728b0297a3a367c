"""POST /translate, also under the Backendless name: 200 with the translation, or 202 with a job."""

from typing import Annotated, Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import BeforeValidator

from audio_translation.http_api.app import base_url, only_an_object, retry_after
from audio_translation.http_api.caller import caller_of
from audio_translation.http_api.idempotency_key import IdempotencyKey, first_answer
from audio_translation.http_api.openapi_responses import TRANSLATION_RESPONSES
from audio_translation.http_api.response_headers import response_headers
from audio_translation.jobs.job import Job
from audio_translation.translation.direct import Outcome
from audio_translation.translation.request import BackendlessRequest, TranslationRequest
from audio_translation.wiring.request_functions import request_functions

Prefer = Annotated[
    list[str] | None,
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    Header(alias="Prefer", description="`respond-async` asks for a job (RFC 7240)"),
]

router = Router()  # type: ignore[no-untyped-call]


@router.post("/translate", responses=TRANSLATION_RESPONSES, middlewares=[only_an_object])
def translate(
    body: TranslationRequest, prefer: Prefer = None, idempotency_key: IdempotencyKey = None
) -> Response[str]:
    """Translate an audio file. An unknown field is an error."""
    return _response(body, prefer, idempotency_key, {})


@router.post(
    "/api/services/OpenAIAudioTranslation/translate",
    responses=TRANSLATION_RESPONSES,
    middlewares=[only_an_object],
)
def translate_for_backendless(
    body: BackendlessRequest, prefer: Prefer = None, idempotency_key: IdempotencyKey = None
) -> Response[str]:
    """Do the same under the Backendless name; unknown fields are ignored."""
    names = ", ".join(quote(name, safe=" ") for name in body.ignored_fields)
    headers = {"X-Ignored-Fields": names} if names else {}
    return _response(body.known, prefer, idempotency_key, headers)


def _response(
    request: TranslationRequest,
    prefer: list[str] | None,
    idempotency_key: str | None,
    headers: dict[str, str],
) -> Response[str]:
    caller, respond_async = caller_of(router), prefers_async(prefer)
    direct_or_job = request_functions().direct_or_job
    answer = first_answer(
        idempotency_key,
        request,
        lambda: _answer(
            direct_or_job.translate(request, caller, respond_async=respond_async),
            request,
            respond_async=respond_async,
        ),
        owner=caller.owner,
        context=router.lambda_context,
    )
    return Response(
        int(answer["status"]),
        answer["content_type"],
        answer["body"],
        {**answer["headers"], **headers},
    )


def prefers_async(prefer: list[str] | None) -> bool:
    """Return whether ``respond-async`` is among the preferences (RFC 7240)."""
    wishes = ",".join(prefer or []).lower().split(",")
    return "respond-async" in {wish.partition(";")[0].strip() for wish in wishes}


def _answer(
    made: Outcome | Job, request: TranslationRequest, *, respond_async: bool
) -> dict[str, Any]:
    """Return status, content type, body and headers, as JSON can keep them."""
    if isinstance(made, Job):
        return _job(made, respond_async=respond_async)
    saved = {"X-Source-Location": made.source_location, "X-Source-Error": made.source_error}
    headers = {name: value for name, value in saved.items() if value}
    headers |= response_headers(
        request_functions().model_asked(request),
        made.model,
        untranslated_segments=made.untranslated_segments,
    )
    return {
        "status": 200,
        "content_type": made.rendered.content_type,
        "body": made.rendered.text,
        "headers": headers,
    }


def _job(job: Job, *, respond_async: bool) -> dict[str, Any]:
    url = f"{base_url(router.current_event.raw_event)}/jobs/{job.id}"
    headers = {"Location": url, **retry_after(job)}
    if respond_async:
        headers["Preference-Applied"] = "respond-async"
    return {
        "status": 202,
        "content_type": "application/json",
        "body": request_functions().jobs.views.view(job).model_dump_json(),
        "headers": headers,
    }
