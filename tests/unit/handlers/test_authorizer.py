"""Which key a request is metered by, and nothing that would make a start slow."""

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


@pytest.mark.parametrize("token", [KEY, f"Bearer {KEY}", f"bearer   {KEY}", f" Bearer {KEY} "])
def test_a_key_meters_the_request_and_opens_the_whole_stage(token: str) -> None:
    answer = handler(event(token), None)
    assert answer["usageIdentifierKey"] == KEY
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/v1/*",
    }


def test_the_sample_event_is_answered() -> None:
    sample = json.loads((REPOSITORY / "events" / "authorizer-bearer.json").read_text())
    assert handler(sample, None)["usageIdentifierKey"] == "example"


def test_the_principal_stands_for_the_key_and_is_not_the_key() -> None:
    """Job owners are told by it where API Gateway does not name the key's id."""
    principal = handler(event(KEY), None)["principalId"]
    assert principal == hashlib.sha256(KEY.encode()).hexdigest()


@pytest.mark.parametrize(
    "token",
    [None, "", " ", "Basic dTpw", "a b", "Bearer é", "x" * 129, "a\nb"],
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
