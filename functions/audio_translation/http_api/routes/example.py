"""GET /example.mp3: a recording for the examples on the OpenAPI page."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from audio_translation.wiring.request_functions import request_functions

router = Router()  # type: ignore[no-untyped-call]


@router.get("/example.mp3", include_in_schema=False)
def example() -> Response[str]:
    """Lead to the recording in the bucket."""
    headers = {
        "Location": request_functions().example_recording.link(),
        "Cache-Control": "no-store",
    }
    return Response(302, body="", headers={**headers})
