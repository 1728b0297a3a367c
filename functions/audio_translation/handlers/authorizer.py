"""Woken by API Gateway before a request whose API key is not cached yet.

It returns the key that the request is metered by; API Gateway itself checks whether that key is in
the usage plan. Two authorizers share this function, one for each header that may hold the key.
They receive that header's value and nothing else, so a cached answer depends on that value only.
It imports only the standard library, to start fast.
"""

import hashlib
import re
from typing import Any

_KEY = re.compile(r"(?:bearer +)?([!-~]{1,128})", re.IGNORECASE)
"""`x-api-key: KEY` or `Authorization: Bearer KEY`."""


class Unauthorized(Exception):
    """API Gateway answers 401 for exactly this text."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer a TOKEN event of a Lambda authorizer; raises Unauthorized.

    The answer is cached for all routes of the stage, so it allows all of them.
    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
    """
    match = _KEY.fullmatch(str(event.get("authorizationToken") or "").strip())
    if match is None:
        raise Unauthorized
    api, stage = event["methodArn"].split("/")[:2]
    return {
        "principalId": hashlib.sha256(match[1].encode()).hexdigest(),
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "execute-api:Invoke",
                    "Resource": f"{api}/{stage}/*",
                }
            ],
        },
        "usageIdentifierKey": match[1],
    }
