"""Whisper's results as OpenAI's audio endpoints answer: five formats, and gpt-transcribe's JSON.

Source of shapes: openai-python 3.54, ``types/audio``.
"""

import math
from collections.abc import Sequence
from typing import Any

from faster_whisper.transcribe import Segment  # type: ignore[import-untyped]
from starlette.responses import JSONResponse, PlainTextResponse, Response

from audio_translation.languages import NAMES
from local.provider.whisper_model import Task, WhisperResult

_AROUND_WORDS = " \t\n.,;:!?\"'()[]\u00a1\u00bf\u2026\u2013\u2014\u3001\u3002\uff01\uff1f"
FORMATS = ("json", "text", "srt", "verbose_json", "vtt")


def whisper_response(
    result: WhisperResult, task: Task, response_format: str, *, words: bool = False
) -> Response:
    """Return whisper-1's answer in one of ``FORMATS``; ``words``: with their times."""
    text = result.text
    match response_format:
        case "json":
            return JSONResponse({"text": text})
        case "verbose_json":
            times = {"words": _words(result)} if words else {}
            return JSONResponse(_verbose(result, task, text) | times)
        case "text":
            return PlainTextResponse(text + "\n")
        case _:
            return PlainTextResponse(_subtitles(result.segments, response_format))


def gpt_transcribe_response(result: WhisperResult) -> Response:
    """Return gpt-transcribe's answer: text without times, languages, and what it is billed by."""
    return JSONResponse(
        {
            "text": result.text,
            "languages": [{"code": result.language}] if result.segments else [],
            "usage": {"type": "duration", "seconds": math.ceil(result.duration)},
        }
    )


def _verbose(result: WhisperResult, task: Task, text: str) -> dict[str, Any]:
    return {
        "task": task,
        "language": "english" if task == "translate" else NAMES[result.language],
        "duration": round(result.duration, 2),
        "text": text,
        "segments": [_segment(segment) for segment in result.segments],
    }


def _words(result: WhisperResult) -> list[dict[str, Any]]:
    """Return the words without punctuation around them, as OpenAI does."""
    return [
        {"word": bare, "start": round(float(word.start), 2), "end": round(float(word.end), 2)}
        for segment in result.segments
        for word in segment.words or ()
        if (bare := word.word.strip(_AROUND_WORDS))
    ]


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


def _subtitles(segments: Sequence[Segment], response_format: str) -> str:
    """Return one cue for each segment, however long: OpenAI does no more."""
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
