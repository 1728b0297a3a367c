"""Speech to text in two steps: ``/audio/transcriptions`` chunk by chunk, then a text model.

For models that write down what is said and tell no times, and for other languages than English.
Source of shapes and limits: openai-python 3.54, ``types/audio/transcription_create_params.py``.
"""

import json
from typing import Annotated

import openai
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import Decoder
from audio_translation.deadline import Deadline
from audio_translation.engines.chunk_by_chunk import ChunkByChunk, HeardText
from audio_translation.engines.provider_calls import ProviderCalls, Unreadable
from audio_translation.engines.text_translation import TextTranslation
from audio_translation.errors import ProviderUnavailable
from audio_translation.languages import NAMES, code_of, name_of
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Task

_LONGEST_CALL_SECONDS = 60.0
"""A chunk has half a minute at most."""
_LONGEST_TEXT = 5_000
"""Characters; nobody says more in half a minute."""
_TAKES_KEYWORDS = "gpt-transcribe"
"""The family of models that takes ``keywords`` and ``languages``."""
_CODES = {name: code for code, name in NAMES.items()}


class TranscribeThenTranslate:
    """Engine over the clients of two providers, or twice the same; safe to call from threads."""

    def __init__(
        self,
        transcription: ProviderCalls,
        text: ProviderCalls,
        *,
        text_model: str,
        decoder: Decoder,
        at_once: int = 8,
    ) -> None:
        """``at_once`` is how many chunks of one request are asked for together."""
        self._calls = transcription
        self._chunks = ChunkByChunk(decoder, at_once=at_once)
        self._texts = TextTranslation(text, model=text_model)

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        """Transcribe each chunk with ``task.model``, then translate the segments by number.

        Where either provider cannot be had (rate limit, failure, no time left) that is raised,
        although the transcription may be paid for: a caller who comes back gets a translation,
        while text in another language under a status of 200 would look like one. Where the text
        model answers, but not with a translation of some segments (a refusal, an answer that is
        wrong when asked again, too), coming back would change nothing: those keep their source
        text and are marked ``untranslated``.

        Raises AudioTooLarge, UnsupportedAudio, RateLimited or one of the Provider errors; ModelGone
        is about the transcription model only.
        """
        said = self._chunks.heard(
            audio,
            lambda chunk: self._transcribed(chunk, task, deadline),
            model=task.model,
            language=name_of(task.target),
            deadline=deadline,
        )
        return self._texts.translated(said, task, deadline=deadline)

    def _transcribed(self, audio: Audio, task: Task, deadline: Deadline) -> HeardText:
        source = code_of(task.source) if task.source else None
        new = task.model.startswith(_TAKES_KEYWORDS)

        def call(timeout: openai.Timeout) -> HeardText:
            with audio.path.open("rb") as file:
                response = self._calls.client.audio.transcriptions.with_raw_response.create(
                    file=(audio.upload_name, file, audio.type.mime),
                    model=task.model,
                    response_format="json",
                    prompt=task.prompt or openai.omit,
                    # 0 is what they do by themselves, and not every model takes the field.
                    temperature=task.temperature or openai.omit,
                    keywords=list(task.keywords) if new and task.keywords else openai.omit,
                    languages=[source] if new and source else openai.omit,
                    language=source if source and not new else openai.omit,
                    timeout=timeout,
                )
            return _said(response.content, source, code_of(task.target))

        return self._calls.run(
            call, model=task.model, deadline=deadline, longest_seconds=_LONGEST_CALL_SECONDS
        )


def _codes(value: object) -> list[str]:
    """Forgive what servers make of languages: codes, names, or objects with a code."""
    found = []
    for entry in value if isinstance(value, list) else [value]:
        said = entry.get("code") if isinstance(entry, dict) else entry
        if isinstance(said, str):
            code = _CODES.get(said.lower(), code_of(said))
            found += [code] if code in NAMES else []
    return found


class _Answer(BaseModel):
    text: str = Field(max_length=_LONGEST_TEXT)
    languages: Annotated[list[str], BeforeValidator(_codes)] = []
    language: Annotated[list[str], BeforeValidator(_codes)] = []


def _said(body: bytes, source: str | None, target: str) -> HeardText:
    """Read an answer; of several languages one that has to be translated counts."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    try:
        answer = _Answer.model_validate(data)
    except ValidationError:
        raise ProviderUnavailable("The provider's answer is not what was asked for.") from None
    heard = answer.languages or answer.language or ([source] if source else [])
    foreign = [code for code in heard if code != target]
    return HeardText(answer.text, next(iter(foreign or heard), None))
