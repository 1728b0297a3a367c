"""What is said, in the language spoken: ``/audio/transcriptions`` of one provider.

Piece by piece, because such models return no times, or as a whole where speakers are told apart.
Source of shapes and limits: openai-python 3.54, ``types/audio/transcription_create_params.py``.
"""

from typing import Annotated

import openai
from pydantic import BaseModel, BeforeValidator, Field

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import Decoder
from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.engines.diarized_transcription import DiarizedTranscription
from audio_translation.engines.piece_by_piece import HeardText, PieceByPiece
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.provider.errors import checked
from audio_translation.languages import code_named, code_of, name_of
from audio_translation.transcript import Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Task
from audio_translation.translation.models import model_named

_LONGEST_CALL_SECONDS = 60.0
"""Time-out of a call; a piece has at most half a minute of audio."""
_LONGEST_TEXT = 5_000
"""Characters; more is not the speech of half a minute."""
_SOMETHING_OR_NOTHING = "^$|[^\ufffd]"
"""Nothing but what takes the place of broken characters is no text."""
_KEYWORD_MODELS = "gpt-transcribe"
"""Prefix of the models that take ``keywords`` and ``languages``."""


class Transcription:
    """Engine over one provider, for tasks whose text is to stay, or is translated afterwards.

    Safe to call from several threads.
    """

    def __init__(
        self,
        calls: ProviderCalls,
        *,
        decoder: Decoder,
        detector: LanguageDetector,
        at_once: int = 8,
    ) -> None:
        """``at_once`` is how many pieces of one chunk are asked for at the same time."""
        self._calls = calls
        self._pieces = PieceByPiece(decoder, detector, at_once=at_once)
        self._speakers = DiarizedTranscription(calls)

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        """Return the segments as they were said.

        Raises AudioTooLarge, UnsupportedAudio, RateLimited or one of the Provider errors.
        """
        if task.speakers is not None or model_named(task.model).speakers:
            return self._speakers.heard(
                audio.flac, task, length=audio.chunk.length, deadline=deadline
            )
        return self._pieces.heard(
            audio,
            lambda piece: self._transcribed(piece, task, deadline),
            model=task.model,
            language=name_of(task.target),
            deadline=deadline,
        )

    def _transcribed(self, audio: Audio, task: Task, deadline: Deadline) -> HeardText:
        source = code_of(task.source) if task.source else None
        takes_keywords = task.model.startswith(_KEYWORD_MODELS)

        def call(timeout: openai.Timeout) -> HeardText:
            with audio.path.open("rb") as file:
                response = self._calls.client.audio.transcriptions.with_raw_response.create(
                    file=(audio.upload_name, file, audio.type.mime),
                    model=task.model,
                    response_format="json",
                    # Before a text model, it is context there, in the language of the text.
                    prompt=(task.continued_prompt if task.transcribe else task.prompt)
                    or openai.omit,
                    # 0 is the default, and not every model accepts the field.
                    temperature=task.temperature or openai.omit,
                    keywords=list(task.keywords)
                    if takes_keywords and task.keywords
                    else openai.omit,
                    languages=[source] if takes_keywords and source else openai.omit,
                    language=source if source and not takes_keywords else openai.omit,
                    timeout=timeout,
                )
            target = None if task.transcribe else code_of(task.target)
            return _heard_text(response.content, source, target)

        return self._calls.run(
            call, model=task.model, deadline=deadline, longest_seconds=_LONGEST_CALL_SECONDS
        )


def _codes(value: object) -> list[str]:
    """Return the known codes of languages that a server gives as codes, names or objects."""
    found = []
    for entry in value if isinstance(value, list) else [value]:
        name = entry.get("code") if isinstance(entry, dict) else entry
        if isinstance(name, str) and (code := code_named(name)):
            found.append(code)
    return found


class _Answer(BaseModel):
    text: str = Field(max_length=_LONGEST_TEXT, pattern=_SOMETHING_OR_NOTHING)
    languages: Annotated[list[str], BeforeValidator(_codes)] = []
    language: Annotated[list[str], BeforeValidator(_codes)] = []


def _heard_text(body: bytes, source: str | None, target: str | None) -> HeardText:
    """Return the text of an answer and its languages, those that are not ``target`` first.

    ``source`` is the language if the answer has none.
    """
    answer = checked(_Answer, body)
    heard = answer.languages or answer.language or ([source] if source else [])
    spoken = dict.fromkeys(sorted(heard, key=lambda code: code == target))
    return HeardText(answer.text, tuple(spoken))
