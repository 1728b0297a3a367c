"""The operator's list: what is valid, and what is said of what is not, without its values."""

import copy
import json
from typing import Any

import pytest

from audio_translation.engines.chain.provider_list import ProviderList, WrongList

PATH = "/audio-translation/providers"
LIST: dict[str, Any] = {
    "providers": {
        "openai": {
            "baseUrl": "https://api.openai.com/v1",
            "keyParameter": "/audio-translation/openai-api-key",
            "mayReceiveAudio": True,
        },
        "texts": {"baseUrl": "https://texts.example.com/v1", "keyParameter": f"{PATH}/texts"},
        "own": {"baseUrl": "http://10.0.0.5:8000/v1", "mayReceiveAudio": True},
    },
    "translation": [
        {"provider": "openai"},
        {"provider": "own", "models": {"whisper-1": "large-v3"}, "pricePerMinute": 0},
    ],
    "transcription": [{"provider": "openai", "models": {"gpt-transcribe": "gpt-transcribe"}}],
    "text": [{"provider": "openai"}, {"provider": "texts"}],
}


def read(given: dict[str, Any]) -> ProviderList:
    known = frozenset({"/audio-translation/openai-api-key"})
    return ProviderList.read(json.dumps(given), path=PATH, known=known)


def test_each_step_has_its_providers_in_order() -> None:
    found = read(LIST)
    assert {step: [entry.provider for entry in entries] for step, entries in found.steps()} == {
        "translation": ["openai", "own"],
        "transcription": ["openai"],
        "text": ["openai", "texts"],
    }
    own = found.translation[1]
    assert (own.models, own.price_per_minute, own.times) == ({"whisper-1": "large-v3"}, 0, True)
    assert found.providers["own"].key_parameter == "", "it gets no key"


def changed(*path: str | int, value: object) -> dict[str, Any]:
    made = copy.deepcopy(LIST)
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return made


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (changed("providers", "own", "mayReceiveAudio", value=False), "sends audio to 'own'"),
        (changed("translation", 0, "provider", value="other"), "'other', which providers"),
        (changed("translation", 1, "provider", value="openai"), "names a provider twice"),
        (changed("providers", "own", "baseUrl", value="ftp://x"), "providers.own.baseUrl"),
        (changed("providers", "own", "secret", value="sk-1"), "providers.own.secret"),
        (changed("providers", "texts", "keyParameter", value="/other/key"), "must begin with"),
        (changed("translation", 1, "pricePerMinute", value=-1), "translation.1.pricePerMinute"),
        (changed("text", value=[]), "text is empty"),
        (changed("text", 0, "times", value=True), "text.0.times"),
        ({"providers": {}}, "both empty"),
        (changed("text", value=[{"provider": f"p{n}"} for n in range(6)]), "text: "),
    ],
)
def test_what_is_wrong_is_told_by_its_place(given: dict[str, Any], told: str) -> None:
    with pytest.raises(WrongList) as raised:
        read(given)
    assert told in str(raised.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"providers": {"a": {"baseUrl": "sk-secret"}}}'])
def test_no_value_is_repeated(text: str) -> None:
    """Somebody may have put a key where a URL belongs."""
    with pytest.raises(WrongList) as raised:
        ProviderList.read(text, path=PATH)
    assert "sk-secret" not in str(raised.value)
