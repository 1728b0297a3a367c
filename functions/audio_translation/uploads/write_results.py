"""Writes a job's results beside the recording in its bucket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from audio_translation.aws.bucket_keys import result_path
from audio_translation.errors import AudioNotRetrievable
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.transcript import Translation
from audio_translation.translation.request import TranslationOptions
from audio_translation.uploads.recording_storage import RecordingStorage

_ERROR = "error.json"


class UploadedRecording(BaseModel):
    """The recording that a job translates; ``version`` is that of the object.

    ``warnings`` are sentences about its options for whoever reads the translation.
    """

    model_config = ConfigDict(frozen=True)

    bucket: str
    key: str
    version: str
    formats: tuple[ResponseFormat, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class WriteResults:
    """Writes below ``translations/`` of the recording's bucket.

    Nothing is written for a recording that has been replaced or deleted meanwhile.
    """

    buckets: RecordingStorage

    def translated(
        self,
        upload: UploadedRecording,
        translation: Translation,
        asked: TranslationOptions,
        extra: Mapping[str, tuple[bytes, str]] | None = None,
    ) -> dict[str, bytes]:
        """Write the translation in every format, and delete an earlier error.

        ``extra`` are further files: content and type by extension. Returns what was written, by its
        name beside the recording.
        """
        if not self._is_current(upload):
            return {}
        files = {
            response_format.result_extension: (rendered.text.encode(), rendered.content_type)
            for response_format in upload.formats
            for rendered in [
                render(
                    translation,
                    response_format,
                    with_source=asked.with_source,
                    with_words=asked.with_words,
                    rules=asked.rules(translation.language),
                )
            ]
        }
        written = self.add(upload, files | dict(extra or {}))
        self.buckets.delete(upload.bucket, f"{result_path(upload.key)}.{_ERROR}")
        return written

    def add(
        self, upload: UploadedRecording, files: Mapping[str, tuple[bytes, str]]
    ) -> dict[str, bytes]:
        """Write files, content and type by extension; return them by name."""
        path = result_path(upload.key)
        for extension, (content, mime) in files.items():
            self.buckets.write(upload.bucket, f"{path}.{extension}", content, mime)
        name = path.rpartition("/")[2]
        return {f"{name}.{extension}": content for extension, (content, _) in files.items()}

    def failed(self, upload: UploadedRecording, error: dict[str, Any]) -> None:
        """Write OpenAI's error object in its envelope as ``.error.json``."""
        if not self._is_current(upload):
            return
        shown = error | ({"param": None} if error["param"] == "audioFileUrl" else {})
        content = json.dumps({"error": shown}, ensure_ascii=False).encode()
        key = f"{result_path(upload.key)}.{_ERROR}"
        self.buckets.write(upload.bucket, key, content, "application/json")

    def _is_current(self, upload: UploadedRecording) -> bool:
        try:
            recording = self.buckets.find(upload.bucket, upload.key)
        except AudioNotRetrievable:
            return True  # which is then what there is to say
        return recording is not None and recording.version == upload.version
