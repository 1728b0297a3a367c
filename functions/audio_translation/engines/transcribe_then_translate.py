"""The two-step engine: ``/audio/transcriptions`` chunk by chunk, then a text model.

For models that transcribe and return no times, for targets other than English, and for the source
text.
Source of shapes and limits: openai-python 3.54, ``types/audio/transcription_create_params.py``.
"""

from typing import Annotated

import openai
from pydantic import BaseModel, BeforeValidator, Field

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import Decoder
from audio_translation.deadline import Deadline
from audio_translation.engines.chunk_by_chunk import ChunkByChunk, HeardText
from audio_translation.engines.provider_calls import ProviderCalls
from audio_translation.engines.provider_errors import checked
from audio_translation.engines.text_translation import TextTranslation
from audio_translation.languages import NAMES, code_of, name_of
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Task

_LONGEST_CALL_SECONDS = 60.0
"""Time-out of a call; a chunk has at most half a minute of audio."""
_LONGEST_TEXT = 5_000
"""Characters; more is not the speech of half a minute."""
_KEYWORD_MODELS = "gpt-transcribe"
"""Prefix of the models that take ``keywords`` and ``languages``."""
_CODES = {name: code for code, name in NAMES.items()}


class TranscribeThenTranslate:
    """Engine over one or two providers; safe to call from several threads."""

    def __init__(
        self,
        transcription: ProviderCalls,
        text: ProviderCalls,
        *,
        text_model: str,
        decoder: Decoder,
        at_once: int = 8,
    ) -> None:
        """Take the calls of the two providers, which may be the same.

        ``at_once`` is how many chunks of one request are asked for at the same time.
        """
        self._calls = transcription
        self._chunks = ChunkByChunk(decoder, at_once=at_once)
        self._texts = TextTranslation(text, model=text_model)

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        """Transcribe each chunk with ``task.model``, then translate the segments.

        - If a provider fails (rate limit, error, no time left), its error is raised, even if the
          transcription is paid for: a retry may succeed, while a status of 200 with text in the
          source language would look like a translation.
        - If the text model answers without a valid translation of some segments, twice, a retry
          would not help: those segments keep their source text and are marked ``untranslated``.

        Raises AudioTooLarge, UnsupportedAudio, RateLimited or one of the Provider errors; ModelGone
        is about the transcription model only.
        """
        transcription = self._chunks.heard(
            audio,
            lambda chunk: self._transcribed(chunk, task, deadline),
            model=task.model,
            language=name_of(task.target),
            deadline=deadline,
        )
        return self._texts.translated(transcription, task, deadline=deadline)

    def _transcribed(self, audio: Audio, task: Task, deadline: Deadline) -> HeardText:
        source = code_of(task.source) if task.source else None
        takes_keywords = task.model.startswith(_KEYWORD_MODELS)

        def call(timeout: openai.Timeout) -> HeardText:
            with audio.path.open("rb") as file:
                response = self._calls.client.audio.transcriptions.with_raw_response.create(
                    file=(audio.upload_name, file, audio.type.mime),
                    model=task.model,
                    response_format="json",
                    prompt=task.prompt or openai.omit,
                    # 0 is the default, and not every model accepts the field.
                    temperature=task.temperature or openai.omit,
                    keywords=list(task.keywords)
                    if takes_keywords and task.keywords
                    else openai.omit,
                    languages=[source] if takes_keywords and source else openai.omit,
                    language=source if source and not takes_keywords else openai.omit,
                    timeout=timeout,
                )
            return _heard_text(response.content, source, code_of(task.target))

        return self._calls.run(
            call, model=task.model, deadline=deadline, longest_seconds=_LONGEST_CALL_SECONDS
        )


def _codes(value: object) -> list[str]:
    """Return the known codes of languages that a server gives as codes, names or objects."""
    found = []
    for entry in value if isinstance(value, list) else [value]:
        name = entry.get("code") if isinstance(entry, dict) else entry
        if isinstance(name, str):
            code = _CODES.get(name.lower(), code_of(name))
            found += [code] if code in NAMES else []
    return found


class _Answer(BaseModel):
    text: str = Field(max_length=_LONGEST_TEXT)
    languages: Annotated[list[str], BeforeValidator(_codes)] = []
    language: Annotated[list[str], BeforeValidator(_codes)] = []


def _heard_text(body: bytes, source: str | None, target: str) -> HeardText:
    """Return the text of an answer and its language.

    Of several languages, the first one that is not ``target`` is returned, so that the text is
    translated. ``source`` is the language if the answer has none.
    """
    answer = checked(_Answer, body)
    heard = answer.languages or answer.language or ([source] if source else [])
    foreign = [code for code in heard if code != target]
    return HeardText(answer.text, next(iter(foreign or heard), None))
