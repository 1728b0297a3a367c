"""Woken by API Gateway: translations, jobs, uploads, and what describes them."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from snapshot_restore_py import register_before_snapshot

from audio_translation.http_api import (
    job_routes,
    openai_routes,
    translation_routes,
    upload_routes,
)
from audio_translation.http_api.app import as_json, make_app
from audio_translation.wiring.request_functions import request_functions

app = make_app()
app.include_router(translation_routes.router)
app.include_router(job_routes.router)
app.include_router(upload_routes.router)
app.include_router(openai_routes.router)


@app.get("/health")
def health() -> Response[str]:
    """Say that the function answers; nothing behind it is asked."""
    return Response(200, "application/json", '{"status": "ok"}')


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one REST proxy event."""
    with request_functions().telemetry.request(context.aws_request_id):
        response = app.resolve(as_json(event), context)
    response["multiValueHeaders"]["X-Request-Id"] = [context.aws_request_id]
    return response


register_before_snapshot(lambda: request_functions().warm_up())
