"""Bodies and paths as clients send them become one form and one name."""

import base64
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audio_translation.errors import InvalidRequest
from audio_translation.http_api.request_event import FILE, PROBLEM, SENT, as_resolved

FIELDS = {"audioFileUrl": "https://a.test/b.mp3", "prompt": "Ñandú"}
ASCII = {"audioFileUrl": "https://a.test/b.mp3"}
FORM = "application/x-www-form-urlencoded"
FORM_WITH_BOUNDARY = "multipart/form-data; boundary=a"


def event(body: bytes | str | None, kind: str = "application/json", **more: Any) -> dict[str, Any]:
    """As API Gateway makes it: bytes come as base64, text as it is."""
    encoded = isinstance(body, bytes)
    return {
        "resource": "/translate",
        "path": "/translate",
        "httpMethod": "POST",
        "headers": {"content-type": kind},
        "requestContext": {"path": "/v1/translate"},
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": encoded,
        **more,
    }


def read(body: bytes | str, kind: str = "application/json") -> Any:
    resolved = as_resolved(event(body, kind))
    assert resolved["headers"] == {"Content-Type": "application/json"}
    assert resolved["isBase64Encoded"] is False
    return json.loads(resolved["body"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_json_is_read_in_every_encoding_that_it_may_have(encoding: str) -> None:
    assert read(json.dumps(FIELDS, ensure_ascii=False).encode(encoding)) == FIELDS


def test_a_mark_before_json_that_came_as_text_is_dropped() -> None:
    assert read("\ufeff" + json.dumps(FIELDS)) == FIELDS


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_that_api_gateway_took_for_utf_8_is_read_if_it_can_be(encoding: str) -> None:
    text = json.dumps(ASCII).encode(encoding).decode("utf-8", "replace")
    assert read(text) == ASCII


@pytest.mark.parametrize("letters", ["é", "中é", "ñ"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_letters_that_were_lost_on_the_way_are_refused_and_not_guessed(
    encoding: str, letters: str
) -> None:
    sent = json.dumps({"prompt": letters}, ensure_ascii=False).encode(encoding)
    resolved = as_resolved(event(sent.decode("utf-8", "replace")))
    if PROBLEM not in resolved:
        with pytest.raises(json.JSONDecodeError):
            json.loads(resolved["body"])


def test_utf_16_whose_bytes_are_all_there_is_read() -> None:
    sent = json.dumps({"prompt": "中"}, ensure_ascii=False).encode("utf-16-le")
    assert read(sent.decode()) == {"prompt": "中"}


@pytest.mark.parametrize("kind", ["application/json", FORM, "text/plain", ""])
def test_the_bytes_decide_that_it_is_json(kind: str) -> None:
    assert read(json.dumps(FIELDS), kind) == FIELDS
    assert read(" \n" + json.dumps(FIELDS), kind) == FIELDS


@pytest.mark.parametrize("kind", [FORM, f"{FORM}; charset=UTF-8", "application/json", ""])
def test_the_bytes_decide_that_it_is_a_form(kind: str) -> None:
    form = "audioFileUrl=https%3A%2F%2Fa.test%2Fb.mp3&prompt=%C3%91and%C3%BA&temperature=0&model="
    assert read(form, kind) == {**FIELDS, "temperature": "0", "model": ""}


def test_a_list_in_a_form_may_be_sent_in_several_ways() -> None:
    assert read("keywords=a&keywords=b") == {"keywords": ["a", "b"]}
    assert read("keywords[]=a&include%5B%5D=source") == {"keywords": ["a"], "include": ["source"]}
    assert read("channelNames[]=a&channelNames[]=b") == {"channelNames": ["a", "b"]}
    assert read("keywords=a%2Cb") == {"keywords": "a,b"}
    assert read("prompt=a&prompt=b") == {"prompt": "b"}


@pytest.mark.parametrize("body", ["{bad", "x", "null", "[1]", "=", '"x=1"', '{"a"=1}'])
def test_what_is_neither_is_left_for_the_error(body: str) -> None:
    assert as_resolved(event(body))["body"].strip() == body


def test_a_body_that_is_no_text_is_a_problem() -> None:
    assert "UTF-8" in str(as_resolved(event(b'{"a": "\xff"}'))[PROBLEM])


def multipart(*parts: tuple[str, bytes]) -> bytes:
    body = b"".join(
        b"--x\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content + b"\r\n"
        for head, content in parts
    )
    return body + b"--x--\r\n"


KIND = "multipart/form-data; boundary=x"


def test_a_form_with_a_file_has_it_beside_its_fields() -> None:
    sent = multipart(('name="file"; filename="a.mp3"', b"ID3"), ('name="temperature"', b"0"))
    resolved = as_resolved(event(sent, KIND))
    assert (resolved[FILE].name, resolved[FILE].content) == ("a.mp3", b"ID3")
    assert json.loads(resolved["body"]) == {"audioFileUrl": SENT, "temperature": "0"}


def test_a_form_without_a_file_is_fields_like_any_others() -> None:
    sent = multipart(('name="audioFileUrl"', b"https://a.test/b"), ('name="keywords"', b"a"))
    resolved = as_resolved(event(sent, KIND))
    assert resolved[FILE] is None
    assert json.loads(resolved["body"]) == {"audioFileUrl": "https://a.test/b", "keywords": "a"}


@pytest.mark.parametrize(
    "sent",
    [
        b"--x",
        multipart(('name="file"; filename="a"', b"a"), ('name="file"; filename="b"', b"b")),
        multipart(('name="file"; filename="a"', b"a"), ('name="audioFileUrl"', b"https://a.test")),
    ],
)
def test_a_form_that_cannot_be_meant_is_a_problem(sent: bytes) -> None:
    assert as_resolved(event(sent, KIND))[PROBLEM].status == 400


def test_openais_routes_keep_their_forms() -> None:
    given = event(b"--x", KIND, resource="/v1/audio/translations")
    assert as_resolved(given) == given


def test_head_is_asked_as_get() -> None:
    assert as_resolved(event(None, httpMethod="HEAD"))["httpMethod"] == "GET"


@pytest.mark.parametrize("prefix", ["", "/api"])
@pytest.mark.parametrize("base", ["", "/v1", "/speech/v1"])
def test_a_key_in_the_path_is_gone(prefix: str, base: str) -> None:
    route = "/services/OpenAIAudioTranslation/translate"
    path = f"{prefix}/app/secret{route}"
    given = event(
        "{}",
        resource=f"{prefix}/{{appId}}/{{apiKey}}{route}",
        path=path,
        pathParameters={"appId": "app", "apiKey": "secret"},
        requestContext={"path": base + path, "resourcePath": "x"},
    )
    resolved = as_resolved(given)
    assert resolved["resource"] == resolved["path"] == f"/api{route}"
    assert resolved["requestContext"]["path"] == f"{base}/api{route}"
    assert "secret" not in json.dumps(resolved)


@given(
    body=st.none() | st.binary(max_size=40) | st.text('a=&[]%+{}"\ufeff\0é\n ', max_size=40),
    kind=st.sampled_from(["application/json", FORM, "multipart/form-data", "", FORM_WITH_BOUNDARY]),
)
@example(body="a=b&" * 101, kind=FORM)
@example(body=b"a=b&" * 101, kind=FORM)
def test_no_body_is_more_than_a_problem(body: bytes | str | None, kind: str) -> None:
    resolved = as_resolved(event(body, kind))
    assert isinstance(resolved.get(PROBLEM), InvalidRequest | None)


def test_a_form_of_too_many_fields_is_told() -> None:
    problem = as_resolved(event("a=b&" * 101, FORM))[PROBLEM]
    assert "more than 100 fields" in str(problem)
