"""What a text model is asked and what it can answer, in the shapes of OpenAI's responses API.

The right translation of a text is that text's words turned round, so that a test sees whose it is.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.fakes.provider.answers import Answer

Entry = dict[str, Any]


def translated(text: str) -> str:
    """Return the one right translation of a text: its words turned round."""
    return " ".join(re.sub(r"\w+", lambda word: word[0][::-1], text).split())


def in_german(text: str) -> str:
    """Return the translation to German, whatever was asked for."""
    return f"auf Deutsch {translated(text)}"


@dataclass(frozen=True)
class Question:
    """What the text model was asked, taken apart."""

    body: dict[str, Any]

    @property
    def message(self) -> str:
        return str(self.body["input"][0]["content"])

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.message)
        return found

    @property
    def segments(self) -> list[Entry]:
        return list(self.data["segments"])

    @property
    def ids(self) -> list[int]:
        return [segment["id"] for segment in self.segments]

    @property
    def entries(self) -> list[Entry]:
        """The right answer's."""
        return [{"id": s["id"], "text": translated(s["text"])} for s in self.segments]


def response(*parts: object, status: str = "completed", **more: object) -> Answer:
    """Return a response of the model; text stands for a part of output."""
    content = [
        {"type": "output_text", "text": part, "annotations": []} if isinstance(part, str) else part
        for part in parts
    ]
    message = {"type": "message", "role": "assistant", "status": status, "content": content}
    return Answer({"object": "response", "status": status, "output": [message], **more})


def listed(entries: object) -> Answer:
    """Return a response with these entries."""
    return response(json.dumps({"segments": entries}))


def refused(what: str) -> Answer:
    return response({"type": "refusal", "refusal": what})
