"""The two-step engine: a transcription, then a text model.

A transcription is the first step alone.
For models that transcribe and return no times, for targets other than English, and for the source
text.
"""

import hashlib
from contextlib import suppress

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.engines.text_translation import TextTranslation
from audio_translation.errors import ServiceError
from audio_translation.transcript import Translation, from_json, to_json
from audio_translation.translation.engine import Engine, Task


class TranscribeThenTranslate:
    """Engine over an engine for transcriptions and a text model; safe to call from several threads.

    Both may have several providers.
    """

    def __init__(self, transcription: Engine, texts: TextTranslation) -> None:
        """``transcription`` returns what is said, whether or not ``task.transcribe`` is set."""
        self._transcription = transcription
        self._texts = texts

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        """Transcribe with ``task.model``, then translate the segments.

        - The chunk is sent piece by piece, or as a whole where speakers are told apart.
        - If a provider fails (rate limit, error, no time left), its error is raised, even if the
          transcription is paid for: a retry may succeed, while a status of 200 with text in the
          source language would look like a translation. The transcription is noted, and not paid
          for again by whoever has the notes.
        - If the text model answers without a valid translation of some segments, twice, a retry
          would not help: those segments keep their source text and are marked ``untranslated``.

        Raises AudioTooLarge, UnsupportedAudio, RateLimited or one of the Provider errors; ModelGone
        is about the transcription model only.
        """
        if task.transcribe or audio.notes is None:
            transcription = self._transcription.translate(audio, task, deadline=deadline)
            if task.transcribe:
                return transcription
            return self._texts.translated(transcription, task, deadline=deadline)
        name = _note_name(audio.chunk, task)
        noted = audio.notes.note(name)
        transcription = (
            from_json(noted)
            if noted
            else self._transcription.translate(audio, task, deadline=deadline)
        )
        try:
            return self._texts.translated(transcription, task, deadline=deadline)
        except ServiceError:
            if not noted:
                with suppress(ServiceError):
                    audio.notes.keep_note(name, to_json(transcription))
            raise


def _note_name(chunk: Chunk, task: Task) -> str:
    """Return what the transcription of a chunk is noted under: it follows from how it is made."""
    asked = (task.model, task.prompt, task.temperature, task.source, task.keywords, task.speakers)
    digest = hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
    return f"heard-{chunk.start}-{chunk.end}-{chunk.channel}-{digest}"
