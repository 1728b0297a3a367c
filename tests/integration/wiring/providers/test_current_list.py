"""Which list of providers holds now: that of SSM, its last good one, or the stack's settings."""

import json
from typing import Any

import pytest

from audio_translation.aws.telemetry import Telemetry
from audio_translation.errors import Internal
from audio_translation.settings import Settings
from audio_translation.wiring.providers.current_list import CurrentList, of_settings
from tests.fakes.aws.moto_server import Aws, ClientsAt

PATH = "/audio-translation/providers"
OWN = {"baseUrl": "http://10.0.0.5/v1", "mayReceiveAudio": True}
KEY = "/audio-translation/openai-api-key"


class Log(Telemetry):
    """Keeps what crashed."""

    def __init__(self) -> None:
        super().__init__()
        self.crashes: list[str] = []
        self.unread: list[str] = []

    def crashed(self, error: BaseException) -> None:
        self.crashes.append(f"{error} {error.__cause__ or ''}")

    def parameter_not_read(self, parameter: str, reason: str, *, last_value_is_used: bool) -> None:
        self.unread.append(parameter)


def put(aws: Aws, text: str) -> None:
    aws.client("ssm").put_parameter(Name=PATH, Value=text, Type="String", Overwrite=True)


def listed(*names: str) -> str:
    entries = [{"provider": name} for name in names]
    return json.dumps({"providers": dict.fromkeys(names, OWN), "translation": entries})


def current(aws: Aws, log: Log | None = None, **settings: Any) -> CurrentList:
    given = {"providers_parameter": PATH, "api_key_cache_seconds": 0, **settings}
    return CurrentList(Settings(**given), aws.clients, log or Log())


def test_a_changed_list_holds_after_a_while_and_one_that_is_the_same_is_the_same(aws: Aws) -> None:
    put(aws, listed("own"))
    found = current(aws)
    before = found.get()
    assert [entry.provider for entry in before.translation] == ["own"]
    assert found.get() is before, "so that nothing is made anew"
    put(aws, listed("own", "other"))
    assert [entry.provider for entry in found.get().translation] == ["own", "other"]
    patient = current(aws, api_key_cache_seconds=300)
    patient.get()
    put(aws, listed("third"))
    assert [entry.provider for entry in patient.get().translation] == ["own", "other"]


@pytest.mark.parametrize("text", ["{", "{}", listed("own").replace("true", "false")])
def test_while_the_list_is_not_valid_the_last_one_goes_on(aws: Aws, text: str) -> None:
    put(aws, listed("own"))
    log = Log()
    found = current(aws, log)
    before = found.get()
    put(aws, text)
    assert found.get() is before
    assert log.crashes
    with pytest.raises(Internal, match="no list of providers: it is not valid"):
        current(aws).get()


def test_while_ssm_cannot_be_reached_there_is_no_list_and_no_name_is_told() -> None:
    clients = ClientsAt("http://127.0.0.1:9")  # nobody listens there
    found = CurrentList(Settings(providers_parameter=PATH), clients, Log())
    with pytest.raises(Internal) as raised:
        found.get()
    assert PATH not in raised.value.message


def test_a_parameter_that_is_not_there_is_told_in_the_log(aws: Aws) -> None:
    log = Log()
    with pytest.raises(Internal, match="ParameterNotFound") as raised:
        current(aws, log, providers_parameter="/audio-translation/none").get()
    assert log.unread == ["/audio-translation/none"]
    assert "/audio-translation/none" not in raised.value.message


def test_settings_are_a_list_of_one_provider_for_each_step() -> None:
    found = of_settings(Settings())
    assert list(found.providers) == ["openai"]
    assert found.providers["openai"].key_parameter == KEY
    assert {step: [one.provider for one in entries] for step, entries in found.steps()} == {
        "translation": ["openai"],
        "transcription": ["openai"],
        "text": ["openai"],
    }


def test_servers_of_their_own_have_names_and_keys_of_their_own() -> None:
    found = of_settings(
        Settings(
            provider_base_url="http://whisper.internal/v1",
            transcription_base_url="https://api.openai.com/v1",
            transcription_api_key_parameter="/openai",
            text_base_url="http://whisper.internal:80/v1/texts",
        )
    )
    keys = {name: one.key_parameter for name, one in found.providers.items()}
    assert keys == {"provider": KEY, "openai": "/openai", "text": KEY}
    two_accounts = of_settings(Settings(text_api_key_parameter="/other"))
    assert {name: one.key_parameter for name, one in two_accounts.providers.items()} == {
        "provider": KEY,
        "text": "/other",
    }
