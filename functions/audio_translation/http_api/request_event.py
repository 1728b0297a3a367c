"""API Gateway's event as the resolver is to see it: one name for a route, one form of a body."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from audio_translation.errors import InvalidRequest
from audio_translation.http_api.base_path import without_base_path
from audio_translation.http_api.forms.multipart_form import read_form

OPENAI = "/v1/"
"""OpenAI's own routes: the API key is a bearer token there, and bodies are forms."""
ASR = ("/asr", "/detect-language")
"""The same is true of these; whoever calls them may send the key as a password, too."""
BACKENDLESS = "/api/services/OpenAIAudioTranslation/translate"
UTTERANCES = "/live/{session_id}/utterances"
"""The body is audio."""
FILE, PROBLEM = "sentFile", "bodyProblem"
"""What is put into the event: the file of a form, and why the body cannot be read."""
SENT = "file"
"""The audioFileUrl of a request whose audio is in its form."""

_LISTS = {"channelNames", "include", "keywords", "speakerNames", "timestampGranularities"}
_PART = re.compile(r"(subtitles)\[(\w+)\]")
_MOST_FIELDS = 100
_KEY_IN_PATH = "/{appId}/{apiKey}"


def as_resolved(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event with a route that has no key in it, GET for HEAD, and JSON for a body.

    The bytes decide what a body is, because ``curl -d`` calls JSON a form: JSON in UTF-8 or UTF-16,
    with or without a byte order mark, a urlencoded form, or a multipart form. Routes that
    read their forms themselves keep their bodies.
    """
    known = without_base_path(_without_key(dict(event)))
    if known["httpMethod"] == "HEAD":
        known["httpMethod"] = "GET"
    if reads_own_body(str(known["resource"])):
        return known
    try:
        known |= _read_body(known)
    except InvalidRequest as error:
        known[PROBLEM] = error
    headers = {k: v for k, v in (event.get("headers") or {}).items() if k.lower() != "content-type"}
    return {**known, "headers": {**headers, "Content-Type": "application/json"}}


def takes_forms(route: str) -> bool:
    """Return whether a route reads its form itself, and takes the key from Authorization."""
    return route.startswith(OPENAI) or route in ASR


def reads_own_body(route: str) -> bool:
    """Return whether a route reads its body itself, be it a form or audio."""
    return takes_forms(route) or route == UTTERANCES


def raw_body(event: Mapping[str, Any]) -> bytes:
    """Return the body's bytes; raises InvalidRequest."""
    body = str(event.get("body") or "")
    if not event.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body)
    except binascii.Error as error:
        raise InvalidRequest("The body cannot be read.") from error


def header(event: Mapping[str, Any], name: str) -> str:
    """Return a header's value, the empty string if there is none; ``name`` in lower case."""
    return next((v for k, v in (event.get("headers") or {}).items() if k.lower() == name), "") or ""


def _without_key(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event of a path that holds an API key as that of the route without one.

    So the key is in no log, no error, no Location and nothing that is stored.
    """
    resource = str(event["resource"])
    if _KEY_IN_PATH not in resource:
        return event
    route = "/api" + resource.removeprefix("/api").removeprefix(_KEY_IN_PATH)
    context = event["requestContext"]
    parts = resource.count("/")
    return {
        **event,
        "resource": route,
        "path": _base(event["path"], parts) + route,
        "pathParameters": None,
        "requestContext": {
            **context,
            "path": _base(str(context.get("path") or event["path"]), parts) + route,
            "resourcePath": route,
        },
    }


def _base(path: str, parts: int) -> str:
    """Return what stands before the last ``parts`` parts of a path."""
    return "/".join(path.rstrip("/").split("/")[:-parts])


def _read_body(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changed fields of an event; raises InvalidRequest for a broken form."""
    kind = header(event, "content-type")
    if kind.lower().startswith("multipart/"):
        return _of_a_form(kind, raw_body(event))
    body = str(event.get("body") or "")
    plain = not event.get("isBase64Encoded") and "\0" not in body[:4]
    if not body or (plain and body.lstrip()[:1] in ("{", "[")):
        return {}
    text = _text(event)
    if text[:1] not in ("", "{", "[", '"') and re.match(r"[\w%.+-]+(\[\])?=", text):
        text = json.dumps(_fields(_pairs(text)))
    return {"body": text, "isBase64Encoded": False}


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return the fields of a urlencoded form; raises InvalidRequest."""
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise InvalidRequest(f"The form has more than {_MOST_FIELDS} fields.") from None


def _text(event: Mapping[str, Any]) -> str:
    """Return the body as text; raises InvalidRequest where its letters cannot be told.

    API Gateway hands the function text, not bytes: what is no UTF-8 has become U+FFFD.
    """
    body = raw_body(event)
    encoding = json.detect_encoding(body)
    lost = "\ufffd" in str(event["body"]).lstrip("\ufffd")
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        raise _no_utf_8() from None
    if lost and encoding not in ("utf-8", "utf-8-sig"):
        raise _no_utf_8()
    return _without_zeros(text.lstrip("\ufeff")).strip()


def _without_zeros(text: str) -> str:
    """Return text in UTF-16 that API Gateway took for UTF-8, if its letters are all ASCII's."""
    pairs = text.lstrip("\ufeff\ufffd")
    for letters, zeros in ((pairs[::2], pairs[1::2]), (pairs[1::2], pairs[::2])):
        if zeros and len(letters) == len(zeros) and not zeros.strip("\0") and letters.isascii():
            return letters
    return text


def _no_utf_8() -> InvalidRequest:
    return InvalidRequest("The body must be a JSON object in UTF-8, or a form.")


def _of_a_form(kind: str, body: bytes) -> dict[str, Any]:
    form = read_form(kind, body)
    fields = _fields(form.pairs)
    if form.file is not None:
        if fields.get("audioFileUrl"):
            raise InvalidRequest("Send a file or an audioFileUrl, not both.", param="audioFileUrl")
        fields["audioFileUrl"] = SENT
    return {"body": json.dumps(fields), "isBase64Encoded": False, FILE: form.file}


def _fields(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return a form's fields; one that is a list may be sent several times, or as ``name[]``.

    The parts of an object may be sent as ``name[part]``.
    """
    fields: dict[str, Any] = {}
    for name, value in pairs:
        plain = name.removesuffix("[]")
        part = _PART.fullmatch(name)
        if part and isinstance(fields.setdefault(part[1], {}), dict):
            fields[part[1]][part[2]] = value
            continue
        if plain in _LISTS and (plain in fields or name != plain):
            before = fields.get(plain, [])
            fields[plain] = [*(before if isinstance(before, list) else [before]), value]
        else:
            fields[name] = value
    return fields
