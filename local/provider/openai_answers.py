"""OpenAI's answers as the local provider gives them: errors, five formats, a model's response.

Source of shapes: openai-python 3.54, ``types/audio`` and ``types/responses``.
"""

import math
import time
import uuid
from collections.abc import Sequence
from typing import Any

from faster_whisper.transcribe import Segment  # type: ignore[import-untyped]
from starlette.responses import JSONResponse, PlainTextResponse, Response

from audio_translation.languages import NAMES
from local.provider.whisper_model import Heard, Task

FORMATS = ("json", "text", "srt", "verbose_json", "vtt")


class Refused(Exception):
    """An answer that is an error."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": kind, "param": param, "code": code}

    def response(self) -> Response:
        return JSONResponse({"error": self.error}, self.status)


def bad_value(param: str, advice: str) -> Refused:
    """A field or parameter has a value that it cannot have."""
    return Refused(400, f"Invalid value for '{param}'. {advice}", param=param)


def unknown_model(model: str) -> Refused:
    """No such model is served."""
    return Refused(
        404,
        f"The model `{model}` does not exist or you do not have access to it.",
        param="model",
        code="model_not_found",
    )


def rendered(heard: Heard, task: Task, response_format: str) -> Response:
    """Return what was heard in one of ``FORMATS``."""
    text = heard.text
    match response_format:
        case "json":
            return JSONResponse({"text": text})
        case "verbose_json":
            return JSONResponse(_verbose(heard, task, text))
        case "text":
            return PlainTextResponse(text + "\n")
        case _:
            return PlainTextResponse(_captions(heard.segments, response_format))


def without_times(heard: Heard) -> Response:
    """Return what was heard as gpt-transcribe does: text, languages and what it is billed by."""
    return JSONResponse(
        {
            "text": heard.text,
            "languages": [{"code": heard.language}] if heard.segments else [],
            "usage": {"type": "duration", "seconds": math.ceil(heard.duration)},
        }
    )


def model_response(text: str, *, model: str) -> Response:
    """Return a text as a model's finished response."""
    content = {"type": "output_text", "text": text, "annotations": []}
    message = {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [content],
    }
    return JSONResponse(
        {
            "id": f"resp_{uuid.uuid4().hex}",
            "object": "response",
            "created_at": int(time.time()),
            "status": "completed",
            "error": None,
            "incomplete_details": None,
            "model": model,
            "output": [message],
            "parallel_tool_calls": False,
            "tool_choice": "none",
            "tools": [],
            "usage": None,
        }
    )


def _verbose(heard: Heard, task: Task, text: str) -> dict[str, Any]:
    return {
        "task": task,
        "language": "english" if task == "translate" else NAMES[heard.language],
        "duration": round(heard.duration, 2),
        "text": text,
        "segments": [_segment(segment) for segment in heard.segments],
    }


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.id,
        "seek": segment.seek,
        "start": round(segment.start, 2),
        "end": round(segment.end, 2),
        "text": segment.text,
        "tokens": segment.tokens,
        "temperature": segment.temperature,
        "avg_logprob": segment.avg_logprob,
        "compression_ratio": segment.compression_ratio,
        "no_speech_prob": segment.no_speech_prob,
    }


def _captions(segments: Sequence[Segment], response_format: str) -> str:
    """One cue a segment, however long: that is all that the provider does."""
    point = "," if response_format == "srt" else "."
    cues = []
    for number, segment in enumerate(segments, 1):
        head = f"{number}\n" if response_format == "srt" else ""
        times = f"{_time(segment.start, point)} --> {_time(segment.end, point)}"
        cues.append(f"{head}{times}\n{segment.text.strip()}\n\n")
    return ("" if response_format == "srt" else "WEBVTT\n\n") + "".join(cues)


def _time(seconds: float, point: str) -> str:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    hours, rest = divmod(whole, 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}{point}{milliseconds:03}"
