"""The Responses API takes segments to translate, and refuses everything else."""

import json
from typing import Any

import openai
import pytest
import requests

from local.provider.responses_api import TextSegment, read_segments, translation_response
from tests.worlds.local_provider import TEXT_FORMAT, ask_for_text, post_json, refused, text_request


def test_segments_are_read_and_translations_come_back_by_their_ids() -> None:
    body = {**GOOD, "input": [{"role": "user", "content": text_request("Hola.", problem="wrong")}]}
    assert read_segments(json.dumps(body).encode()) == [
        TextSegment(id=0, text="Hola.", problem="wrong")
    ]
    answer = json.loads(bytes(translation_response({0: "Hello ñ."}).body))
    (content,) = answer["output"][0]["content"]
    assert json.loads(content["text"]) == {"segments": [{"id": 0, "text": "Hello ñ."}]}


def test_whisper_translates_to_english_only(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="to English only, not to 'de-AT'"):
        ask_for_text(client, text_request("Hola.", to="de-AT"))


GOOD: dict[str, Any] = {
    "model": "gpt-6-luna",
    "input": [{"role": "user", "content": text_request("Hola.")}],
    "text": {"format": TEXT_FORMAT},
}


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"model": "gpt-9"}, 404, "model"),
        ({"stream": True}, 400, "stream"),
        ({"tools": [{"type": "web_search"}]}, 400, "tools"),
        ({"previous_response_id": "resp_1"}, 400, "previous_response_id"),
        ({"text": {"format": {"type": "text"}}}, 400, "text"),
        ({"text": None}, 400, "text"),
        ({"input": "Say hello."}, 400, "input"),
        ({"input": []}, 400, "input"),
        ({"input": [{"role": "user", "content": "Say hello."}]}, 400, "input"),
        ({"input": [{"role": "user", "content": "[" * 100_000}]}, 400, "input"),
        ({"input": [{"role": "system", "content": text_request("Hola.")}]}, 400, "input"),
        ({"input": [{"role": "user", "content": [{"type": "input_text"}]}]}, 400, "input"),
    ],
)
def test_any_other_use_of_a_text_model_is_refused(
    url: str, change: dict[str, Any], status: int, param: str
) -> None:
    assert refused(post_json(url, {**GOOD, **change}), status, param)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_json_object_is_refused(url: str, body: bytes) -> None:
    response = requests.post(
        f"{url}/responses", data=body, headers={"Authorization": "Bearer any"}, timeout=60
    )
    assert "no text model" in refused(response, 400, "body")
