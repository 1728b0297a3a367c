"""What a scripted server can be told to answer, and OpenAI's own shapes for it."""

from dataclasses import dataclass, field
from typing import Any


def verbose_json(*texts: str, seconds_each: float = 2.0) -> dict[str, Any]:
    """Return what OpenAI answers for as many segments as there are texts."""
    return {
        "task": "translate",
        "language": "english",
        "duration": seconds_each * len(texts),
        "text": " ".join(texts),
        "segments": [
            {
                "id": number,
                "seek": 0,
                "start": number * seconds_each,
                "end": (number + 1) * seconds_each,
                "text": f" {text}",
                "tokens": [50364, 7],
                "temperature": 0.0,
                "avg_logprob": -0.25,
                "compression_ratio": 1.5,
                "no_speech_prob": 0.01,
            }
            for number, text in enumerate(texts)
        ],
    }


def envelope(message: str, kind: str = "server_error", code: str | None = None) -> dict[str, Any]:
    """Return the body of an error of OpenAI's."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


@dataclass(frozen=True)
class Answer:
    """One scripted answer; dicts and lists are sent as JSON, bytes as they are."""

    body: object = field(default_factory=lambda: verbose_json("Hello there."))
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before anything is sent; ends early when the server stops."""
    drip: float = 0.0
    """Seconds between single bytes of the body."""
    cut: bool = False
    """Close the connection after half of the body."""
    hang_up: bool = False
    """Close the connection without a word."""
