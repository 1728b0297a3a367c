"""Woken by API Gateway: POST /translate, its Backendless name, and what describes them."""

from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from snapshot_restore_py import register_before_snapshot

from audio_translation import rest
from audio_translation.bootstrap import service
from audio_translation.domain.request import BackendlessRequest, TranslationRequest

app = rest.resolver(lambda error: service().failed(error))


@app.post("/translate", responses=rest.TRANSLATION_RESPONSES)
def translate(body: TranslationRequest) -> Response[str]:
    """Translate an audio file to English. A field that is not known is an error."""
    return _answer(body, {})


@app.post("/api/services/OpenAIAudioTranslation/translate", responses=rest.TRANSLATION_RESPONSES)
def translate_for_backendless(body: BackendlessRequest) -> Response[str]:
    """Do the same under the Backendless name; fields that are not known are ignored."""
    names = ", ".join(quote(name, safe=" ") for name in body.ignored_fields)
    return _answer(body, {"X-Ignored-Fields": names} if names else {})


@app.get("/health")
def health() -> Response[str]:
    """Say that the function answers; nothing behind it is asked."""
    return Response(200, "application/json", '{"status": "ok"}')


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one REST proxy event."""
    with service().telemetry.request(context.aws_request_id):
        response = app.resolve(rest.as_json(event), context)
    response["multiValueHeaders"]["X-Request-Id"] = [context.aws_request_id]
    return response


def _answer(request: TranslationRequest, headers: dict[str, str]) -> Response[str]:
    context = app.lambda_context
    outcome = service().translate(
        request,
        request_id=context.aws_request_id,
        seconds_left=context.get_remaining_time_in_millis() / 1000,
    )
    if outcome.source_location:
        headers["X-Source-Location"] = outcome.source_location
    if outcome.source_error:
        headers["X-Source-Error"] = outcome.source_error
    return Response(200, outcome.rendered.content_type, outcome.rendered.text, headers)


register_before_snapshot(lambda: service().warm_up())
