"""The one-step engine: ``/audio/translations`` of OpenAI or a compatible server, to English.

Its transcriptions come from ``/audio/transcriptions`` of the same server.
Source of shapes and limits: openai-python 3.54, ``resources/audio``.
"""

from collections.abc import Callable
from typing import Literal

import openai

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import Decoder
from audio_translation.audio.recording import ChunkAudio
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.piece_by_piece import HeardText, PieceByPiece
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.verbose_json import WithoutTimes, parsed, text_of
from audio_translation.errors import AudioTooLarge, UnsupportedAudio
from audio_translation.languages import code_of
from audio_translation.transcript import Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Task

_LONGEST_PIECE_SECONDS = 60.0
"""Time-out of a call for a piece, which has at most half a minute of audio."""


class OpenAITranslations:
    """Engine over one shared SDK client; safe to call from several threads.

    Some servers do not support ``verbose_json``, or return it without times. That is found out at
    the first call of a model. From then on the engine asks for text piece by piece, and the times
    are those of the speech.
    """

    def __init__(
        self,
        client: openai.OpenAI,
        *,
        refresh_key: Callable[[], bool],
        max_audio_bytes: int,
        decoder: Decoder,
        detector: LanguageDetector,
        at_once: int = 8,
        backoff_seconds: float = 0.5,
        telemetry: Telemetry | None = None,
        others_follow: bool = False,
        tells_times: bool = True,
    ) -> None:
        """Make the engine; ``client`` and the arguments not named here go to ``ProviderCalls``.

        - ``max_audio_bytes``: the largest file that the provider accepts.
        - ``decoder``, ``detector``: for servers that return no times; see ``PieceByPiece``.
        - ``at_once``: how many pieces of one chunk are asked for at the same time.
        - ``tells_times``: False for a server that is known not to.
        """
        self._calls = ProviderCalls(
            client,
            refresh_key=refresh_key,
            backoff_seconds=backoff_seconds,
            telemetry=telemetry,
            others_follow=others_follow,
        )
        self._tells_times = tells_times
        # Imports more of the SDK, which is then not part of the first call.
        self._audio = client.audio
        self._translations = client.audio.translations.with_raw_response
        self._max_audio_bytes = max_audio_bytes
        self._pieces = PieceByPiece(decoder, detector, at_once=at_once)
        self._without_times: set[tuple[str, bool]] = set()  # models, of transcriptions or not
        self._without_words: set[str] = set()
        self._refused: set[str] = set()  # extensions that the server did not take

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate a chunk, with retries up to ``deadline``.

        The source file is sent as it is where it may be; a server that cannot read it gets FLAC.
        Raises AudioTooLarge, UnsupportedAudio, RateLimited or one of the Provider errors.
        """
        asked = (task.model, task.transcribe)
        if self._tells_times and asked not in self._without_times:
            try:
                return self._whole(audio, task, deadline)
            except WithoutTimes:
                self._without_times.add(asked)
        return self._by_chunks(audio, task, deadline)

    def _whole(self, audio: ChunkAudio, task: Task, deadline: Deadline) -> Translation:
        original = audio.original
        if original and self._may_take(original):
            try:
                return self._sent(original, task, deadline)
            except UnsupportedAudio:
                self._refused.add(original.type.extension)
        if audio.flac.size > self._max_audio_bytes:
            raise AudioTooLarge(
                f"The audio has {audio.flac.size} bytes; the provider takes at most "
                f"{self._max_audio_bytes} in one call.",
                param="audioFileUrl",
            )
        return self._sent(audio.flac, task, deadline)

    def _may_take(self, file: Audio) -> bool:
        return file.size <= self._max_audio_bytes and file.type.extension not in self._refused

    def _sent(self, file: Audio, task: Task, deadline: Deadline) -> Translation:
        return self._calls.run(
            lambda timeout: self._with_times(file, task, timeout),
            model=task.model,
            deadline=deadline,
        )

    def _with_times(self, audio: Audio, task: Task, timeout: openai.Timeout) -> Translation:
        words = task.word_times and task.model not in self._without_words
        try:
            answer = self._request(audio, task, timeout, "verbose_json", words=words)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            if words and _names(error, "timestamp_granularities"):
                self._without_words.add(task.model)
                return self._with_times(audio, task, timeout)
            if _names(error, "response_format") or _names(error, "verbose_json"):
                raise WithoutTimes from error
            raise
        return parsed(answer, task.model, transcribed=task.transcribe)

    def _by_chunks(self, audio: ChunkAudio, task: Task, deadline: Deadline) -> Translation:
        def heard(piece: Audio) -> HeardText:
            return self._calls.run(
                lambda timeout: HeardText(text_of(self._request(piece, task, timeout, "json"))),
                model=task.model,
                deadline=deadline,
                longest_seconds=_LONGEST_PIECE_SECONDS,
            )

        return self._pieces.heard(
            audio, heard, model=task.model, language="english", deadline=deadline
        )

    def _request(
        self,
        audio: Audio,
        task: Task,
        timeout: openai.Timeout,
        answer: Literal["json", "verbose_json"],
        *,
        words: bool = False,
    ) -> bytes:
        prompt = openai.omit if task.continued_prompt is None else task.continued_prompt
        with audio.path.open("rb") as file:
            sent = (audio.upload_name, file, audio.type.mime)
            if not task.transcribe:
                return self._translations.create(
                    file=sent,
                    model=task.model,
                    prompt=prompt,
                    temperature=task.temperature,
                    response_format=answer,
                    timeout=timeout,
                ).content
            return self._audio.transcriptions.with_raw_response.create(
                file=sent,
                model=task.model,
                prompt=prompt,
                language=code_of(task.source) if task.source else openai.omit,
                temperature=task.temperature,
                response_format=answer,
                timestamp_granularities=["word", "segment"] if words else openai.omit,
                timeout=timeout,
            ).content


def _names(error: openai.APIStatusError, field: str) -> bool:
    """Return whether ``param`` (OpenAI) or the message (other servers) names a field."""
    return field in f"{error.param} {error.message}".lower()
