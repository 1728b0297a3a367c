"""Woken by API Gateway before a request whose API key is not cached yet.

It returns the key that the request is metered by; API Gateway itself checks whether that key is in
the usage plan. Three authorizers share this function. Two are of the kind TOKEN, one for each
header that may hold the key: they receive that header's value and nothing else, so a cached answer
depends on that value only. The third is of the kind REQUEST, for routes with the key in their path.
API Gateway can tell cached answers apart by no part of a path, so none of these is cached.
It imports only the standard library, to start fast.
"""

import base64
import binascii
import hashlib
import re
from typing import Any

_KEY = re.compile(r"(?:bearer +)?([!-~]{1,128})", re.IGNORECASE)
"""`x-api-key: KEY` or `Authorization: Bearer KEY`."""
_BASIC = re.compile(r"basic +([A-Za-z0-9+/=]+)", re.IGNORECASE)
"""`Authorization: Basic base64(ANYTHING:KEY)`, from clients that know URLs with passwords alone."""

_KEY_IN_A_PATH = re.compile(r"[!-~]{1,128}")


class Unauthorized(Exception):
    """API Gateway answers 401 for exactly this text."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer a TOKEN or a REQUEST event of a Lambda authorizer; raises Unauthorized.

    The answer to a TOKEN event is cached for all routes of the stage, so it allows all of them.
    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
    """
    key = _in_path(event) if event.get("type") == "REQUEST" else _in_header(event)
    api, stage = event["methodArn"].split("/")[:2]
    return {
        "principalId": hashlib.sha256(key.encode()).hexdigest(),
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
        "usageIdentifierKey": key,
    }


def _in_header(event: dict[str, Any]) -> str:
    match = _KEY.fullmatch(_token(str(event.get("authorizationToken") or "").strip()))
    if match is None:
        raise Unauthorized
    return match[1]


def _token(sent: str) -> str:
    """Return the password of basic authentication, anything else as it is."""
    basic = _BASIC.fullmatch(sent)
    if basic is None:
        return sent
    try:
        return base64.b64decode(basic[1], validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _in_path(event: dict[str, Any]) -> str:
    key = str((event.get("pathParameters") or {}).get("apiKey") or "")
    if not _KEY_IN_A_PATH.fullmatch(key):
        raise Unauthorized
    return key
