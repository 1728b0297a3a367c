"""What Backendless' SDK asks for when it starts, beside the translation of translations.py."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

router = Router()  # type: ignore[no-untyped-call]


@router.get("/api/info", include_in_schema=False)
def info() -> Response[str]:
    """Tell the SDK that there are no loggers to configure; it prints an error without this."""
    return Response(200, "application/json", '{"loggers": []}')
