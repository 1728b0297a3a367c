"""OpenAI's answers as the local provider gives them: its error envelope and its five formats.

Source of shapes: openai-python 3.54, ``types/audio``.
"""

from collections.abc import Sequence
from typing import Any

from faster_whisper.transcribe import Segment  # type: ignore[import-untyped]
from starlette.responses import JSONResponse, PlainTextResponse, Response

from audio_translation.domain.languages import NAMES
from local.speech import Heard, Task

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


def rendered(heard: Heard, task: Task, response_format: str) -> Response:
    """Return what was heard in one of ``FORMATS``."""
    text = "".join(segment.text for segment in heard.segments).strip()
    match response_format:
        case "json":
            return JSONResponse({"text": text})
        case "verbose_json":
            return JSONResponse(_verbose(heard, task, text))
        case "text":
            return PlainTextResponse(text + "\n")
        case _:
            return PlainTextResponse(_captions(heard.segments, response_format))


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
