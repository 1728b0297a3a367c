"""Which API key a request has, found by our authorizer as the template tells API Gateway to ask."""

from typing import Any

from starlette.requests import Request

from audio_translation.handlers import authorizer
from local.aws.template import ACCOUNT, REGION, load_template
from local.gateway.routes import Found


class NotAuthorized(Exception):
    """The text is the type of API Gateway's response."""


def key_of(request: Request, found: Found, keys: frozenset[str] | None) -> str | None:
    """Return the caller's API key, None if none is needed; raises NotAuthorized.

    ``keys`` are those of the usage plan; with None any key is good, also one that the authorizer
    does not read, and none is needed.
    """
    if found.route.authorizer is None:
        return None
    api = load_template()["Resources"]["Api"]["Properties"]
    asked = api["Auth"]["Authorizers"][found.route.authorizer]
    path = request.scope["path"]
    event: dict[str, Any] = {
        "type": asked["FunctionPayloadType"],
        "methodArn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:local/local/{request.method}{path}",
    }
    if event["type"] == "REQUEST":
        event |= {"resource": found.route.path, "path": path, "pathParameters": found.parameters}
    else:
        event["authorizationToken"] = request.headers.get(asked["Identity"]["Header"])
        if keys is None and not event["authorizationToken"]:
            return None
    try:
        key = str(authorizer.handler(event, None)["usageIdentifierKey"])
    except authorizer.Unauthorized:
        if keys is None:
            return event.get("authorizationToken")
        raise NotAuthorized("UNAUTHORIZED") from None
    if keys is not None and key not in keys:
        raise NotAuthorized("INVALID_API_KEY")
    return key
