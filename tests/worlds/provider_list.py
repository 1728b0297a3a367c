"""A list of providers in SSM."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.aws.moto_server import KEY_PARAMETER, Aws
from tests.fakes.provider.scripted_server import ScriptedServer

PATH = "/audio-translation/providers"


def server(provider: ScriptedServer, **fields: Any) -> dict[str, Any]:
    """Return the entry of a provider that may receive audio, and gets the stack's key."""
    return {
        "baseUrl": provider.base_url,
        "keyParameter": KEY_PARAMETER,
        "mayReceiveAudio": True,
        **fields,
    }


def put_list(
    aws: Aws,
    *,
    providers: Mapping[str, Any],
    translation: Sequence[Mapping[str, Any]] = (),
    transcription: Sequence[Mapping[str, Any]] = (),
    text: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Store the list at ``PATH``."""
    body = {
        "providers": providers,
        "translation": list(translation),
        "transcription": list(transcription),
        "text": list(text),
    }
    aws.client("ssm").put_parameter(
        Name=PATH, Value=json.dumps(body), Type="String", Overwrite=True
    )
