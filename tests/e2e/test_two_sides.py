"""A call of real people through the service and Whisper: each side says what it says alone."""

from pathlib import Path
from typing import Any

import pytest
import requests

from local.service import LocalService
from tests.audio.conversation import conversation

NEAR = 0.05
"""Seconds by which a start may differ."""


def test_each_side_of_a_call_says_what_it_says_alone(
    local_service: LocalService, tmp_path: Path
) -> None:
    call = conversation(tmp_path, 3, telephone=True)
    both = translated(local_service, call.both, channels="separate")
    for channel, path in enumerate(call.sides):
        own = [one for one in both["segments"] if one["channel"] == channel]
        alone = translated(local_service, path)["segments"]
        assert [one["text"] for one in own] == [one["text"] for one in alone]
        starts = [one["start"] for one in alone]
        assert [one["start"] for one in own] == pytest.approx(starts, abs=NEAR)
    starts = [one["start"] for one in both["segments"]]
    assert starts == sorted(starts)


def translated(service: LocalService, path: Path, **options: Any) -> dict[str, Any]:
    url = service.put(path, "calls")
    body = {"audioFileUrl": url, "responseFormat": "verbose_json", **options}
    response = requests.post(f"{service.url}/translate", json=body, timeout=120)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer
