"""GET /health, /health/providers, and /example.mp3, a recording for the examples of /docs."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from audio_translation.http_api.base_path import base_path
from audio_translation.http_api.openapi.responses import HEALTH, PROVIDER_HEALTH
from audio_translation.wiring.request_functions import request_functions

_DEEP = Query(description="leads to /health/providers, which needs the key")

router = Router()  # type: ignore[no-untyped-call]


@router.get("/health", operation_id="getHealth", tags=["Service"], responses=HEALTH)
def health(
    deep: Annotated[bool, _DEEP] = False,  # noqa: FBT002
) -> Response[str]:
    """Say that the function answers; nothing behind it is asked."""
    told = '{"status": "ok"}'
    if deep:
        there = f"{base_path(router.current_event.raw_event)}/health/providers"
        return Response(307, "application/json", told, {"Location": there})
    return Response(200, "application/json", told)


@router.get(
    "/health/providers",
    operation_id="getProviderHealth",
    tags=["Service"],
    responses=PROVIDER_HEALTH,
)
def provider_health() -> Response[str]:
    """Tell whether each provider answers, and what is left alone; nothing is paid."""
    states = request_functions().provider_states()
    return Response(
        200, "application/json", states.model_dump_json(), {"Cache-Control": "no-store"}
    )


@router.get("/example.mp3", include_in_schema=False)
def example() -> Response[str]:
    """Lead to the recording in the bucket."""
    headers = {
        "Location": request_functions().example_recording.link(),
        "Cache-Control": "no-store",
    }
    return Response(302, body="", headers={**headers})
