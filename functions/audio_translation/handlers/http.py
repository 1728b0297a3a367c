"""Woken by API Gateway: translations, jobs, uploads, and what describes them."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from snapshot_restore_py import register_after_restore, register_before_snapshot

from audio_translation.http_api.app import make_app
from audio_translation.http_api.cors import let_pages_read
from audio_translation.http_api.request_event import as_resolved
from audio_translation.http_api.routes import (
    asr,
    backendless,
    jobs,
    live,
    openai,
    page,
    practice,
    records,
    service,
    transcriptions,
    translations,
    uploads,
)
from audio_translation.wiring.fresh_randomness import renew_randomness
from audio_translation.wiring.request_functions import request_functions

app = make_app()
for routes in (
    translations,
    backendless,
    practice,
    jobs,
    records,
    uploads,
    live,
    openai,
    transcriptions,
    asr,
    service,
    page,
):
    app.include_router(routes.router)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one REST proxy event; one for HEAD is answered as GET is, without the body."""
    with request_functions().telemetry.request(context.aws_request_id):
        response = app.resolve(as_resolved(event), context)
    if event["httpMethod"] == "HEAD":
        response |= {"body": "", "isBase64Encoded": False}
    response["multiValueHeaders"]["X-Request-Id"] = [context.aws_request_id]
    let_pages_read(response, event, request_functions().allowed_origins)
    return response


register_before_snapshot(lambda: request_functions().warm_up())
register_after_restore(renew_randomness)
