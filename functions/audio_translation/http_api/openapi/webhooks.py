"""The callback of a job that has ended, as the OpenAPI page describes it: what others serve."""

from typing import Any

from audio_translation.http_api.openapi.examples import JOB_ENDED
from audio_translation.http_api.openapi.responses import schema

_HEADERS = {
    "webhook-id": (
        "Names the message: the same for every attempt to deliver it.",
        "msg_01525987-8252-4da8-8b02-606da76c433e",
    ),
    "webhook-timestamp": ("When it was sent, in seconds since 1970-01-01 UTC.", "1795366835"),
    "webhook-signature": (
        "`v1,` and the base64 of the HMAC-SHA256 of id, timestamp and body with dots between;"
        " several are separated by blanks.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
}


def webhooks() -> dict[str, Any]:
    """Return the page's ``webhooks``. Source: https://www.standardwebhooks.com."""
    return {
        "jobEnded": {
            "post": {
                "operationId": "jobEnded",
                "tags": ["Jobs"],
                "summary": "A job has ended",
                "description": (
                    "Sent to the `callbackUrl` of a job that has succeeded, failed or been"
                    " cancelled, with the signature of Standard Webhooks. It is sent again for a"
                    " day until it is taken."
                ),
                "security": [],
                "parameters": [
                    {
                        "name": name,
                        "in": "header",
                        "required": True,
                        "description": description,
                        "schema": {"type": "string"},
                        "example": example,
                    }
                    for name, (description, example) in _HEADERS.items()
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": schema("JobEnded"), "example": JOB_ENDED}
                    },
                },
                "responses": {
                    "2XX": {"description": "Taken. Answer within 10 seconds."},
                    "410": {"description": "Never send this message again."},
                },
            }
        }
    }
