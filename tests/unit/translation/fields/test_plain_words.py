"""No error of a field speaks of types, patterns or Python."""

import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from audio_translation.http_api.forms.openai_form import OpenAIRequest
from audio_translation.jobs.job_question import JobQuestion
from audio_translation.jobs.upload_request import UploadRequest
from audio_translation.translation.fields.plain_words import told
from audio_translation.translation.request import InvokeRequest, invalid_request

JARGON = re.compile(
    r"input|should|valid (string|integer|dict)|pattern|regex|\^|\[|tuple|dictionary|instance"
    r"|literal|pydantic|unable|none|null|codepoint|surrogate",
    re.IGNORECASE,
)
VALUES: list[Any] = [
    None, True, 0, -1, 7, 1.5, float("nan"), float("inf"), 10**400, "", " ", "x", "-1", "1e999",
    "^", "\ud800", "x" * 30_000, [], [[]], [None], ["<"], [7], ["x"] * 200, {}, {"a": 1}, b"x",
]  # fmt: skip


@pytest.mark.parametrize("model", [InvokeRequest, UploadRequest, JobQuestion, OpenAIRequest])
def test_every_wrong_value_of_every_field_is_told_in_plain_words(model: type[BaseModel]) -> None:
    messages = set()
    for name, field in model.model_fields.items():
        for value in VALUES:
            alias = field.alias or name
            try:
                model.model_validate({alias: value})
            except ValidationError as error:
                wrong = [one for one in error.errors() if one["loc"][0] == alias]
                if wrong:
                    messages.add(invalid_request(wrong, model).message)
    assert messages
    assert [message for message in messages if JARGON.search(message)] == []


def test_an_error_of_a_kind_that_is_new_shows_nothing_of_it() -> None:
    error = {"type": "brand_new", "msg": "Input should match '^[a-z]+$'", "loc": ("model",)}
    assert told(error) == "its value cannot be used here."


def test_an_error_without_its_limit_shows_no_braces() -> None:
    assert told({"type": "less_than_equal", "msg": "x"}) == "its value cannot be used here."
