"""A job's results, put beside the recording that it is of."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from audio_translation.domain.errors import AudioNotRetrievable
from audio_translation.domain.job import Upload
from audio_translation.domain.rendering import render
from audio_translation.domain.transcript import Translation
from audio_translation.domain.upload import Recording, result_extension, result_path

_ERROR = "error.json"


class Recordings(Protocol):
    """The part of the buckets that is used here."""

    def find(self, bucket: str, key: str) -> Recording | None: ...
    def write(self, bucket: str, key: str, content: bytes, mime: str) -> None: ...
    def delete(self, bucket: str, key: str) -> None: ...


@dataclass(frozen=True)
class Beside:
    """Writes below ``translations/`` of the recording's bucket, and only what is still true.

    A recording that has been replaced or deleted meanwhile has another job, or wants none: then
    nothing is written.
    """

    recordings: Recordings

    def translated(self, upload: Upload, translation: Translation, *, with_source: bool) -> None:
        """Write the translation in every format; an error that is there from before goes."""
        if not self._is_current(upload):
            return
        path = result_path(upload.key)
        for response_format in upload.formats:
            rendered = render(translation, response_format, with_source=with_source)
            self.recordings.write(
                upload.bucket,
                f"{path}.{result_extension(response_format)}",
                rendered.text.encode(),
                rendered.content_type,
            )
        self.recordings.delete(upload.bucket, f"{path}.{_ERROR}")

    def failed(self, upload: Upload, error: dict[str, Any]) -> None:
        """Write OpenAI's error object in its envelope."""
        if not self._is_current(upload):
            return
        shown = error | ({"param": None} if error["param"] == "audioFileUrl" else {})
        content = json.dumps({"error": shown}, ensure_ascii=False).encode()
        key = f"{result_path(upload.key)}.{_ERROR}"
        self.recordings.write(upload.bucket, key, content, "application/json")

    def _is_current(self, upload: Upload) -> bool:
        try:
            recording = self.recordings.find(upload.bucket, upload.key)
        except AudioNotRetrievable:
            return True  # which is then what there is to say
        return recording is not None and recording.version == upload.version
