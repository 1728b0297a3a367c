"""Woken by API Gateway before a request whose API key it does not know yet.

It says which key the request is to be metered by; whether that key is one of the usage plan is
API Gateway's to know. Two authorizers share it, one for each header that may hold the key. They
are told the header's value and nothing else of the request, so what is kept for a value can only
come from that value. It starts fast: nothing is imported but what Python has.
"""

import hashlib
import re
from typing import Any

_KEY = re.compile(r"(?:bearer +)?([!-~]{1,128})", re.IGNORECASE)
"""`x-api-key: KEY` or `Authorization: Bearer KEY`."""


class Unauthorized(Exception):
    """API Gateway takes this text, and no other, for a 401."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer a TOKEN event of a Lambda authorizer; raises Unauthorized.

    The answer is kept for all routes of the stage, so it allows all of them.
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
