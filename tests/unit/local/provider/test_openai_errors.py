"""Errors have OpenAI's envelope."""

import json

import pytest

from local.provider.openai_errors import ApiError, bad_value, unknown_model, unsupported_parameter


@pytest.mark.parametrize(
    ("error", "status", "param", "code"),
    [
        (ApiError(499, "Gone."), 499, None, None),
        (bad_value("temperature", "It is a number."), 400, "temperature", None),
        (unknown_model("gpt-9"), 404, "model", "model_not_found"),
        (unsupported_parameter("tools"), 400, "tools", "unsupported_parameter"),
    ],
)
def test_an_error_names_its_parameter_and_its_code(
    error: ApiError, status: int, param: str | None, code: str | None
) -> None:
    response = error.response()
    assert response.status_code == status
    assert json.loads(bytes(response.body)) == {
        "error": {
            "message": str(error),
            "type": "invalid_request_error",
            "param": param,
            "code": code,
        }
    }
