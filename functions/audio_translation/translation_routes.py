"""POST /translate and its Backendless name: 200 with the translation, or 202 with a job."""

from typing import Annotated, Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import BeforeValidator

from audio_translation import openapi, rest
from audio_translation.answer_headers import answer_headers
from audio_translation.bootstrap import service
from audio_translation.domain.job import Job
from audio_translation.domain.request import BackendlessRequest, TranslationRequest
from audio_translation.repeats import IdempotencyKey, first_answer
from audio_translation.usecases.translate import Outcome

Prefer = Annotated[
    list[str] | None,
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    Header(alias="Prefer", description="`respond-async` asks for a job (RFC 7240)"),
]

router = Router()  # type: ignore[no-untyped-call]


@router.post(
    "/translate", responses=openapi.TRANSLATION_RESPONSES, middlewares=[rest.only_an_object]
)
def translate(
    body: TranslationRequest, prefer: Prefer = None, idempotency_key: IdempotencyKey = None
) -> Response[str]:
    """Translate an audio file to English. A field that is not known is an error."""
    return _response(body, prefer, idempotency_key, {})


@router.post(
    "/api/services/OpenAIAudioTranslation/translate",
    responses=openapi.TRANSLATION_RESPONSES,
    middlewares=[rest.only_an_object],
)
def translate_for_backendless(
    body: BackendlessRequest, prefer: Prefer = None, idempotency_key: IdempotencyKey = None
) -> Response[str]:
    """Do the same under the Backendless name; fields that are not known are ignored."""
    names = ", ".join(quote(name, safe=" ") for name in body.ignored_fields)
    headers = {"X-Ignored-Fields": names} if names else {}
    return _response(body.known, prefer, idempotency_key, headers)


def _response(
    request: TranslationRequest,
    prefer: list[str] | None,
    idempotency_key: str | None,
    headers: dict[str, str],
) -> Response[str]:
    event, context = router.current_event.raw_event, router.lambda_context
    owner = rest.owner(event)

    def answer() -> dict[str, Any]:
        preferred = prefers_async(prefer)
        made = service().answer(
            request,
            owner=owner,
            respond_async=preferred,
            request_id=context.aws_request_id,
            seconds_left=context.get_remaining_time_in_millis() / 1000,
        )
        if isinstance(made, Outcome):
            return _translation(made, service().model_asked(request))
        return _job(made, event, preferred=preferred)

    parts = first_answer(idempotency_key, request, answer, owner=owner, context=context)
    return Response(
        int(parts["status"]), parts["content_type"], parts["body"], {**parts["headers"], **headers}
    )


def prefers_async(prefer: list[str] | None) -> bool:
    """Whether ``respond-async`` is among the preferences (RFC 7240)."""
    wishes = ",".join(prefer or []).lower().split(",")
    return "respond-async" in {wish.partition(";")[0].strip() for wish in wishes}


def _translation(made: Outcome, asked: str) -> dict[str, Any]:
    """Status, content type, body and headers, as JSON can keep them."""
    saved = {"X-Source-Location": made.source_location, "X-Source-Error": made.source_error}
    headers = {name: value for name, value in saved.items() if value}
    headers |= answer_headers(asked, made.model, untranslated=made.untranslated)
    return _json(200, made.rendered.content_type, made.rendered.text, headers)


def _job(made: Job, event: dict[str, Any], *, preferred: bool) -> dict[str, Any]:
    """The same for a job."""
    headers = {"Location": f"{rest.base(event)}/jobs/{made.id}", **rest.poll(made)}
    if preferred:
        headers["Preference-Applied"] = "respond-async"
    body = service().jobs.view(made).model_dump_json()
    return _json(202, "application/json", body, headers)


def _json(status: int, content_type: str, body: str, headers: dict[str, str]) -> dict[str, Any]:
    return {"status": status, "content_type": content_type, "body": body, "headers": headers}
