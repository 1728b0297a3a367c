"""The worst day, with what `sam build` made: two providers are down, and Whisper here serves."""

import json
from collections.abc import Iterator

import pytest

from audio_translation.settings import Settings
from local import REPOSITORY
from local.aws.moto_server import session_without_account
from local.aws.resources import BUCKET, JOB_TABLE
from local.service import LocalService
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.provider_list import PATH
from tests.worlds.runtime_emulator import Sandbox, sandbox

RECORDING = REPOSITORY / "tests" / "data" / "speech" / "es" / "conf-waitforleader.mp3"


@pytest.fixture(scope="module")
def failing() -> Iterator[SpeechProvider]:
    with SpeechProvider() as provider:
        provider.default = Answer(envelope("down"), 503)
        yield provider


@pytest.fixture(scope="module")
def function(local_service: LocalService, failing: SpeechProvider) -> Iterator[Sandbox]:
    """HttpFunction with a list: nobody there, one that answers 503, Whisper on this machine."""
    local_service.put(RECORDING, "audio")
    listed = {
        "providers": {
            "offline": {"baseUrl": "http://127.0.0.1:9/v1", "mayReceiveAudio": True},
            "failing": {"baseUrl": failing.base_url, "mayReceiveAudio": True},
            "own": {
                "baseUrl": local_service.provider_url,
                "keyParameter": Settings().api_key_parameter,
                "mayReceiveAudio": True,
            },
        },
        "translation": [
            {"provider": "offline"},
            {"provider": "failing"},
            {"provider": "own", "pricePerMinute": 0},
        ],
    }
    ssm = session_without_account().client("ssm", endpoint_url=local_service.aws_url)
    ssm.put_parameter(Name=PATH, Value=json.dumps(listed), Type="String", Overwrite=True)
    values = {
        "AudioBucket": BUCKET,
        "JobTable": JOB_TABLE,
        "KeepAnswers": "off",  # the same recording is to be translated each time
        "ProvidersParameter": PATH,
    }
    with sandbox("HttpFunction", aws_endpoint=local_service.aws_url, values=values) as running:
        yield running


def test_translation_still_comes_and_the_dead_are_soon_left_alone(
    function: Sandbox, failing: SpeechProvider
) -> None:
    event = json.loads((REPOSITORY / "events" / "http-translate.json").read_text())
    for _ in range(5):
        answer = function.invoke(event)
        assert answer["statusCode"] == 200, function.log.read_text()
        assert "leader" in json.loads(answer["body"])["text"].lower()
        assert answer["multiValueHeaders"]["X-Provider"] == ["own"]
    assert len(failing.received) == 3
