"""Live sessions over HTTP, and the job function that ends them, in this process."""

from dataclasses import dataclass
from typing import Any

import requests

from audio_translation.wiring.job_function import job_function
from tests.audio.tones import spoken
from tests.fakes.provider.hearing import Tones
from tests.worlds.http_api import ApiWorld
from tests.worlds.jobs import run

MINE = {"x-api-key": "mine"}
THEIRS = {"x-api-key": "theirs"}
LENGTH = 3_500
"""Milliseconds of an utterance of one sentence."""


@dataclass(frozen=True)
class LiveWorld:
    """The API, whose provider hears tones."""

    api: ApiWorld

    def __post_init__(self) -> None:
        self.api.provider.hears = Tones()

    def post(self, headers: dict[str, str] | None = None, **fields: Any) -> requests.Response:
        return self.api.post(fields, "/live", headers=MINE | (headers or {}))

    def open(self, **fields: Any) -> str:
        """Open a session; return its id."""
        response = self.post(**fields)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def send(
        self,
        session_id: str,
        seq: object,
        start: object,
        audio: bytes,
        *,
        kind: str = "audio/wav",
        key: dict[str, str] = MINE,
    ) -> requests.Response:
        headers = {"Seq": str(seq), "Start": str(start), "Content-Type": kind}
        return self.api.post(audio, f"/live/{session_id}/utterances", headers=key | headers)

    def say(self, session_id: str, seq: int, *sentences: int, start: int | None = None) -> Any:
        """Say sentences, by default at 5 seconds a number; return the answer."""
        at = 5_000 * seq if start is None else start
        response = self.send(session_id, seq, at, spoken(sentences or [seq]))
        assert response.status_code == 200, response.text
        return response.json()

    def look(self, session_id: str, kind: str = "", key: dict[str, str] = MINE) -> Any:
        response = self.api.get(
            f"/live/{session_id}", params={"format": kind} if kind else {}, headers=key
        )
        assert response.status_code == 200, response.text
        return response.text if kind not in {"", "json", "verbose_json"} else response.json()

    def said(self, session_id: str) -> list[tuple[int, str]]:
        """The numbers and texts of a session's utterances."""
        return [(one["seq"], one["text"]) for one in self.look(session_id)["utterances"]]

    def end(self, session_id: str, key: dict[str, str] = MINE) -> requests.Response:
        return self.api.delete(f"/live/{session_id}", headers=key)

    def job(self, session_id: str) -> Any:
        return self.api.get(f"/jobs/{session_id}", headers=MINE).json()

    def text(self, session_id: str, kind: str) -> str:
        """The finished job's text."""
        response = self.api.get(
            f"/jobs/{session_id}/translation", params={"format": kind}, headers=MINE
        )
        assert response.status_code == 200, response.text
        return response.text

    def run(self, session_id: str, execution: str) -> None:
        """Run one of a session's executions to its end, pauses skipped."""
        with self.api.sandbox():
            job_function.cache_clear()
            result = run(session_id, live=execution)
            job_function.cache_clear()
        assert result.status.value == "SUCCEEDED", result.error

    def ended(self, session_id: str) -> Any:
        """End a session, run what that starts, and return the job."""
        assert self.end(session_id).status_code == 202
        self.run(session_id, "ended")
        return self.job(session_id)


def error(response: requests.Response) -> tuple[int, str, str | None]:
    found = response.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return response.status_code, found["code"], found["param"]
