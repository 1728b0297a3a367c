"""AWS as a function's role sees it: what the template's policies do not allow is refused.

moto's own access control looks neither at resources of S3 nor at conditions, so it stands behind
this, without any.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

from local.aws.iam_policies import Statement, allows
from local.aws.template import ACCOUNT, REGION
from tests.fakes.proxy import Answered, Proxy

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/aws4_request")
_INVOKE = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")


@dataclass(frozen=True)
class Asked:
    """One thing that a request wants to do."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


class Roles(Proxy):
    """In front of moto. The access key of a request names its role; no other role may do anything.

    ``may`` is what each role may do; ``asked`` lists what each role wanted, ``refused`` the roles
    and actions that were refused.
    Functions are invoked through ``invoke``, with the name of the execution and the payload.
    """

    def __init__(self, upstream: str, invoke: Callable[[str, str], None]) -> None:
        super().__init__(upstream)
        self.may: dict[str, Sequence[Statement]] = {}
        self.asked: list[tuple[str, Asked]] = []
        self.refused: list[tuple[str, str]] = []
        self._invoke = invoke
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
        match = _CREDENTIAL.search(headers.get("Authorization", ""))
        role, service = (match[1], match[2]) if match else ("nobody", "s3")
        for asked in _ASKED[service](method, path, body, headers):
            if not self._allowed(role, asked):
                return self._refusal(role, service, asked.action)
        if service == "lambda":
            self._invoke(headers["X-Amz-Durable-Execution-Name"], body.decode())
            return 202, b"", {}
        answered = self.passed_on(method, path, body, headers)
        if service == "s3" and answered[0] == 404 and method in {"GET", "HEAD"}:
            bucket = _place(path)[0]
            if not self._allowed(role, Asked("s3:ListBucket", f"arn:aws:s3:::{bucket}")):
                # S3 does not say that it is not there.
                return self._refusal(role, "s3", "s3:ListBucket")
        return answered

    def _refusal(self, role: str, service: str, action: str) -> Answered:
        with self._lock:
            self.refused.append((role, action))
        return _REFUSALS.get(service, _JSON_REFUSAL)

    def _allowed(self, role: str, asked: Asked) -> bool:
        with self._lock:
            self.asked.append((role, asked))
        return allows(self.may.get(role, ()), asked.action, asked.resource, asked.context)


def _place(path: str) -> tuple[str, str]:
    """Bucket and key of a URL's path."""
    bucket, _, key = urlsplit(path).path.lstrip("/").partition("/")
    return bucket, unquote(key)


def _of_s3(method: str, path: str, body: bytes, headers: Any) -> list[Asked]:
    bucket, key = _place(path)
    arn = f"arn:aws:s3:::{bucket}"
    query = parse_qs(urlsplit(path).query, keep_blank_values=True)
    if key:
        name = _OBJECT_ACTIONS[method]
        if method == "DELETE" and "uploadId" in query:
            name = "AbortMultipartUpload"
        return [Asked(f"s3:{name}", f"{arn}/{key}")]
    if method == "POST" and "delete" in query:
        keys = [node.text for node in ElementTree.fromstring(body).iter() if node.tag[-3:] == "Key"]
        return [Asked("s3:DeleteObject", f"{arn}/{key}") for key in keys]
    assert method in {"GET", "HEAD"}, f"{method} {path} has no place here yet"
    return [Asked("s3:ListBucket", arn, {"s3:prefix": query.get("prefix", [""])[0]})]


def _of_dynamodb(method: str, path: str, body: bytes, headers: Any) -> list[Asked]:
    asked = json.loads(body)
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{asked['TableName']}"
    index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
    return [Asked(f"dynamodb:{_operation(headers)}", arn + index)]


def _of_ssm(method: str, path: str, body: bytes, headers: Any) -> list[Asked]:
    arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{json.loads(body)['Name']}"
    return [Asked(f"ssm:{_operation(headers)}", arn)]


def _of_cloudformation(method: str, path: str, body: bytes, headers: Any) -> list[Asked]:
    form = parse_qs(body.decode())
    action = f"cloudformation:{form['Action'][0]}"
    own = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{{}}/0a1b2c"
    names = [name if name[:4] == "arn:" else own.format(name) for name in form.get("StackName", [])]
    if action == "cloudformation:CreateChangeSet":  # of a template for SAM, as all here are
        names.append(f"arn:aws:cloudformation:{REGION}:aws:transform/Serverless-2016-10-31")
    return [Asked(action, name) for name in names or ["*"]]


def _of_events(method: str, path: str, body: bytes, headers: Any) -> list[Asked]:
    return [
        Asked(
            f"events:{_operation(headers)}",
            f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{entry.get('EventBusName', 'default')}",
            {"events:source": entry["Source"]},
        )
        for entry in json.loads(body)["Entries"]
    ]


def _of_kms(method: str, path: str, body: bytes, headers: Any) -> list[Asked]:
    key = str(json.loads(body)["KeyId"])
    arn = key if key[:4] == "arn:" else f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}"
    return [Asked(f"kms:{_operation(headers)}", arn)]


def _of_lambda(method: str, path: str, body: bytes, headers: Any) -> list[Asked]:
    match = _INVOKE.fullmatch(path)
    assert match, path
    return [Asked("lambda:InvokeFunction", unquote(match[1]))]


def _operation(headers: Any) -> str:
    return str(headers["X-Amz-Target"].partition(".")[2])


_OBJECT_ACTIONS = {
    "GET": "GetObject",
    "HEAD": "GetObject",
    "PUT": "PutObject",
    "POST": "PutObject",
    "DELETE": "DeleteObject",
}
_ASKED: dict[str, Callable[[str, str, bytes, Any], list[Asked]]] = {
    "cloudformation": _of_cloudformation,
    "dynamodb": _of_dynamodb,
    "events": _of_events,
    "kms": _of_kms,
    "lambda": _of_lambda,
    "s3": _of_s3,
    "ssm": _of_ssm,
    "sts": lambda *_: [],  # who one is, everybody may ask
}
_QUERY_REFUSAL = (
    b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
)
_JSON_REFUSAL: Answered = (400, b'{"__type": "AccessDeniedException", "message": "no"}', {})
_REFUSALS: dict[str, Answered] = {
    "cloudformation": (403, _QUERY_REFUSAL, {}),
    "lambda": (403, b'{"message": "no"}', {"X-Amzn-ErrorType": "AccessDeniedException"}),
    "s3": (403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", {}),
}
