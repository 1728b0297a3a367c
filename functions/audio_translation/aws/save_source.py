"""Source audio that a caller asked to keep (``saveSource``), in the stack's bucket."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.error_codes import error_code
from audio_translation.errors import ServiceError, SourceNotSaved


@dataclass(frozen=True)
class SavedSources:
    """Keeps audio files under a folder of the bucket, by day.

    A bucket without a name keeps nothing: every save raises SourceNotSaved.
    """

    bucket: Bucket
    folder: str

    def save(self, path: Path, *, key: str, mime: str) -> str:
        """Copy a file to the bucket as it streams from disk; return its ``s3://`` URL.

        Raises SourceNotSaved.
        """
        if not self.bucket.name:
            raise SourceNotSaved("this service has no bucket")
        try:
            with path.open("rb") as file:
                self.bucket.write(key, file, mime)
        except OSError as error:
            raise SourceNotSaved("the file could not be read") from error
        except ServiceError as error:
            code = error_code(error.__cause__ or error)
            raise SourceNotSaved(f"the bucket did not take it ({code})") from error
        return self.bucket.url(key)

    def key(self, day: date, request_id: str, name: str) -> str:
        """Return ``<folder>/<yyyy>/<mm>/<dd>/<request id>-<name>``; ``name`` is a safe one."""
        return f"{self.folder.strip('/')}/{day:%Y/%m/%d}/{request_id}-{name}"


def safe_name(name: str, extension: str) -> str:
    """Return a name of at most 80 plain ASCII characters that ends in what the bytes are."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name.rpartition(".")[0] or name).strip("-.")
    return f"{stem[:70] or 'audio'}.{extension}"
