"""Which key a request is metered by, and nothing that would make a start slow."""

import base64
import hashlib
import json
import subprocess
import sys
from typing import Any

import pytest

from audio_translation.handlers.authorizer import Unauthorized, handler
from local import REPOSITORY

KEY = "abcdefghij0123456789"
ARN = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/v1/POST/v1/audio/translations"


def event(token: Any) -> dict[str, Any]:
    return {"type": "TOKEN", "authorizationToken": token, "methodArn": ARN}


def basic(user_and_password: str) -> str:
    return f"Basic {base64.b64encode(user_and_password.encode()).decode()}"


@pytest.mark.parametrize(
    "token",
    [
        KEY,
        f"Bearer {KEY}",
        f"bearer   {KEY}",
        f" Bearer {KEY} ",
        basic(f"bazarr:{KEY}"),
        basic(f":{KEY}"),
        basic(f"any:{KEY}").replace("Basic", "basic  "),
    ],
)
def test_a_key_meters_the_request_and_opens_the_whole_stage(token: str) -> None:
    answer = handler(event(token), None)
    assert answer["usageIdentifierKey"] == KEY
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/v1/*",
    }


def path_event(key: Any) -> dict[str, Any]:
    arn = f"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/v1/POST/APP/{key}/services/x"
    return {"type": "REQUEST", "methodArn": arn, "pathParameters": {"appId": "APP", "apiKey": key}}


def test_a_key_in_the_path_meters_the_request_too() -> None:
    answer = handler(path_event(KEY), None)
    assert answer["usageIdentifierKey"] == KEY
    assert answer["principalId"] == handler(event(KEY), None)["principalId"]
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Resource"] == "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/v1/*"
    assert KEY not in json.dumps(answer["policyDocument"])


@pytest.mark.parametrize("key", [None, "", "é", "a b", "x" * 129, "a\nb"])
def test_what_is_no_key_in_a_path_is_unauthorized(key: str | None) -> None:
    with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
        handler(path_event(key), None)


@pytest.mark.parametrize("parameters", [None, {}, {"appId": KEY}])
def test_a_path_without_a_key_and_a_header_are_unauthorized(parameters: Any) -> None:
    """A header that came along is not looked at: it is another authorizer's."""
    asked = {**path_event(KEY), "pathParameters": parameters, "authorizationToken": KEY}
    with pytest.raises(Unauthorized):
        handler({**asked, "headers": {"x-api-key": KEY}}, None)


@pytest.mark.parametrize("sample", ["authorizer-bearer", "authorizer-path"])
def test_the_sample_event_is_answered(sample: str) -> None:
    sent = json.loads((REPOSITORY / "events" / f"{sample}.json").read_text())
    assert handler(sent, None)["usageIdentifierKey"] == "example"


def test_the_principal_stands_for_the_key_and_is_not_the_key() -> None:
    """Job owners are told by it where API Gateway does not name the key's id."""
    principal = handler(event(KEY), None)["principalId"]
    assert principal == hashlib.sha256(KEY.encode()).hexdigest()


@pytest.mark.parametrize(
    "token",
    [
        *(None, "", " ", "a b", "Bearer é", "x" * 129, "a\nb"),
        *(basic("user:"), basic("user"), basic("user:a b"), basic(f"u:{'x' * 129}")),
        *("Basic dTp", "Basic ====", "Basic /w==", "Basic dTpw dTpw"),
    ],
)
def test_what_is_no_key_is_unauthorized(token: str | None) -> None:
    with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
        handler(event(token), None)


def test_nothing_is_imported_but_what_python_has() -> None:
    program = (
        "import sys; before = set(sys.modules)\n"
        "import audio_translation.handlers.authorizer\n"
        "ours = {n.partition('.')[0] for n in set(sys.modules) - before}\n"
        "print(sorted(ours - sys.stdlib_module_names))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env={"PYTHONPATH": "functions"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "['audio_translation']"
