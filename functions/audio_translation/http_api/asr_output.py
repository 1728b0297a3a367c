"""What whisper-asr-webservice takes and answers: raw samples, and five formats in plain text.

Source: github.com/ahmetoner/whisper-asr-webservice, ``app/webservice.py``, ``app/utils.py``.
"""

import io
import json
import wave
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.http_api.forms.openai_form import FILE
from audio_translation.languages import code_named

_RATE = 16_000
_SAMPLE_BYTES = 2


class Output(StrEnum):
    """The formats; their names are extensions, too."""

    TXT = "txt"
    VTT = "vtt"
    SRT = "srt"
    TSV = "tsv"
    JSON = "json"

    @property
    def made_from(self) -> ResponseFormat:
        """Our format that it is, or is made from."""
        own = {Output.VTT: ResponseFormat.VTT, Output.SRT: ResponseFormat.SRT}
        return own.get(self, ResponseFormat.VERBOSE_JSON)


def as_wav(samples: bytes) -> bytes:
    """Return raw samples (16 kHz, mono, 16 bit, little-endian) as a WAV; any other file unchanged.

    Some callers say that they send raw samples and send a WAV.
    """
    if not samples or (samples[:4] == b"RIFF" and samples[8:12] == b"WAVE"):
        return samples
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, _SAMPLE_BYTES, _RATE, 0, "NONE", ""))
        writer.writeframes(samples[: len(samples) - len(samples) % _SAMPLE_BYTES])
    return file.getvalue()


def asr_schema(_: str) -> dict[str, Any]:
    """Return the JSON schema of the form, which has the file alone."""
    return {"type": "object", "properties": {"audio_file": FILE}, "required": ["audio_file"]}


def written(made: str | Mapping[str, Any], output: Output) -> str:
    """Return our text, or our ``verbose_json`` object, in a format.

    ``txt`` has a line for each segment; ``tsv`` has milliseconds; words with times are within their
    segments in ``json``.
    """
    if isinstance(made, str):
        return made
    segments = made.get("segments", [])
    match output:
        case Output.TXT:
            return "".join(f"{_line(segment)}\n" for segment in segments)
        case Output.TSV:
            rows = [(_ms(s["start"]), _ms(s["end"]), _line(s)) for s in segments]
            return "".join("{}\t{}\t{}\n".format(*row) for row in [("start", "end", "text"), *rows])
        case _:
            return json.dumps(
                {
                    "language": code_named(str(made["language"])) or "und",
                    "segments": [_with_words(segment, made.get("words")) for segment in segments],
                    "text": made["text"],
                },
                ensure_ascii=False,
            )


def _line(segment: Mapping[str, Any]) -> str:
    return " ".join(str(segment["text"]).split())


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


def _with_words(segment: Mapping[str, Any], words: list[dict[str, Any]] | None) -> dict[str, Any]:
    if words is None:
        return {**segment, "words": None}
    start, end = segment["start"], segment["end"]
    return {**segment, "words": [w for w in words if start <= (w["start"] + w["end"]) / 2 <= end]}
