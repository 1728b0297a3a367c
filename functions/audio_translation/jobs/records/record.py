"""What a record says: which file was heard, what was made of it, by what, and when."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict

from audio_translation.jobs.job import Job
from audio_translation.jobs.job_view import shown_url
from audio_translation.jobs.records.short_enough import canonical
from audio_translation.transcript import Translation, encodable
from audio_translation.translation.request import TranslationOptions

ENGINE = "audio-translation 0.1.0"
"""The service and its version, as in pyproject.toml."""


class HeardFile(BaseModel):
    """The file that was listened to, as it came."""

    model_config = ConfigDict(frozen=True)

    name: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path, name: str) -> "HeardFile":
        """Read the whole file, in constant memory."""
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(name=name, bytes=path.stat().st_size, sha256=sha256)


@dataclass(frozen=True)
class Previous:
    """The record that a correction replaces, and which it was."""

    revision: int
    sha256: str
    corrected: Sequence[int]
    """The numbers of the segments whose source text was corrected."""


def record(
    job: Job,
    translation: Translation,
    source: HeardFile,
    outputs: Mapping[str, bytes],
    *,
    text_model: str,
    key: str,
    previous: Previous | None = None,
) -> bytes:
    """Return the record as canonical JSON, which is what is signed; see ``canonical``.

    - ``outputs``: the files that lie beside the record, by their names.
    - ``text_model``: what translated the segments that have a source text.
    - ``key``: the name of the key that signs it.
    """
    asked = job.request
    said: dict[str, Any] = {
        "type": "audio-translation-record/1",
        "job": job.id,
        "revision": 0 if previous is None else previous.revision + 1,
        "source": source.model_dump()
        | {"url": shown_url(asked.audio_file_url), "milliseconds": translation.duration},
        "outputs": [
            {"name": name, "bytes": len(content), "sha256": digest(content)}
            for name, content in outputs.items()
        ],
        "models": _models(translation, text_model),
        "providers": [name for name in translation.provider.split(", ") if name],
        "engine": ENGINE,
        "times": {
            "asked": _time(job.created),
            "begun": _time(job.begun or job.created),
            "recorded": _time(datetime.now(UTC)),
        },
        "settings": _settings(job),
        "languages": [{"language": code, "share": share} for code, share in translation.languages],
        "segments": len(translation.segments),
        "untranslatedSegments": translation.untranslated_segments,
        "warnings": list(translation.warnings),
        "reference": asked.reference,
        "key": key,
    }
    if previous is not None:
        said["previous"] = {"revision": previous.revision, "sha256": previous.sha256}
        said["correctedSegments"] = list(previous.corrected)
    return canonical(said)


def _models(translation: Translation, text_model: str) -> list[str]:
    models = translation.model.split(",")
    in_two_steps = any(segment.source is not None for segment in translation.segments)
    return [model.strip() for model in models] + ([text_model] if in_two_steps else [])


def _settings(job: Job) -> dict[str, Any]:
    """Return what was asked for; of texts that may hold what nobody else shall read, the hash."""
    asked = job.request
    separate = asked.channels == "separate"
    return {
        "model": asked.model,
        "task": "transcribe" if asked.transcribe else "translate",
        "targetLanguage": None if asked.transcribe else asked.target_language,
        "sourceLanguage": asked.source_language,
        "track": asked.track,
        "channels": asked.channels,
        "speakers": asked.speakers,
        "temperature": asked.temperature,
        "responseFormat": asked.response_format.value,
        "include": list(asked.include),
        "timestampGranularities": list(asked.timestamp_granularities),
        "subtitles": _rules(asked),
        "channelNamesSha256": _hash(_names(asked.channel_names) if separate else None),
        "speakerNamesSha256": _hash(_names(asked.speaker_names)),
        "promptSha256": _hash(encodable(asked.prompt).encode() if asked.prompt else None),
        "keywordsSha256": _hash(_names(asked.keywords)),
    }


def _names(texts: Sequence[str]) -> bytes | None:
    return rfc8785.dumps([encodable(one) for one in texts]) if texts else None


def _rules(asked: TranslationOptions) -> dict[str, Any] | None:
    if asked.subtitles is None:
        return None
    return asked.subtitles.model_dump(mode="json", by_alias=True, exclude_none=True)


def digest(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _hash(content: bytes | None) -> str | None:
    return None if content is None else digest(content)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
