"""The request of somebody who has a recording and no URL of it."""

import mimetypes
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from audio_translation.audio.containers.type_constants import (
    FLAC,
    M4A,
    MKV,
    MOV,
    MP3,
    MP4,
    MPEG,
    MPGA,
    OGG,
    THREE_GP,
    WAV,
    WEBM,
)
from audio_translation.translation.fields.plain_words import refusal
from audio_translation.translation.fields.text_values import WHOLE_NUMBER
from audio_translation.translation.request import TranslationOptions, TranslationRequest

LARGEST_PUT = 5 * 1024**3
"""Bytes that S3 takes in one request.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

_KINDS = (FLAC, M4A, MP3, MP4, MPEG, MPGA, OGG, WAV, WEBM, MKV, MOV, THREE_GP)
_MIMES = {kind.extension: kind.mime for kind in _KINDS}
_BUILT_IN = mimetypes.MimeTypes()
"""Without what the machine has in its own files."""

_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_PARAMETER = rf'[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|"[ !#-\[\]-~]*")'
_MEDIA_TYPE = re.compile(rf"{_WORD}/{_WORD}(?:{_PARAMETER})*")
"""RFC 9110, 8.3.1, without backslashes in quotes: what the header may be, and nothing else."""


def _media_type(value: str) -> str:
    if not _MEDIA_TYPE.fullmatch(value):
        raise refusal("it is no media type such as audio/mpeg")
    return value


class UploadRequest(TranslationOptions):
    """Upload one audio file and have it translated."""

    file_name: Annotated[str, Field(min_length=1, max_length=255)]
    """What the file is called; its extension tells the media type. The bytes tell what it is."""

    size: Annotated[int, Field(gt=0), WHOLE_NUMBER]
    """How many bytes it has: so many are taken, neither more nor fewer."""

    content_type: Annotated[str, Field(max_length=255), AfterValidator(_media_type)] | None = None
    """Its media type; that of the name's extension when left out."""

    @property
    def extension(self) -> str:
        """Of the name, without the dot, as a key may have it; ``bin`` if there is none."""
        suffix = self.file_name.rpartition(".")[2] if "." in self.file_name else ""
        return suffix.lower() if re.fullmatch(r"[A-Za-z0-9]{1,8}", suffix) else "bin"

    @property
    def mime(self) -> str:
        """The Content-Type that the file is uploaded with."""
        guessed = _MIMES.get(self.extension) or _BUILT_IN.guess_type(f"x.{self.extension}")[0]
        return self.content_type or guessed or "application/octet-stream"

    def translation_of(self, url: str) -> TranslationRequest:
        """The request for the file when it is there, at ``url``."""
        options = self.model_dump(by_alias=True, include=set(TranslationOptions.model_fields))
        return TranslationRequest.model_validate({**options, "audioFileUrl": url})
