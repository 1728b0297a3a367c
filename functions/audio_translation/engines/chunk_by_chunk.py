"""Audio chunk by chunk, for providers that return no times: segments get the speech's times.

Times are integer milliseconds.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk, plan
from audio_translation.audio.decoder import Decoded, Decoder
from audio_translation.audio.speech import Span, speech_spans
from audio_translation.deadline import Deadline
from audio_translation.engines.in_parallel import in_parallel
from audio_translation.errors import AudioTooLarge, UnsupportedAudio
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.stitching import stitch

_SHORTEST = 100
"""Shorter audio has no word, and OpenAI refuses it."""


@dataclass(frozen=True)
class HeardText:
    """A provider's text for one chunk; ``spoken`` is the source language's code, if known."""

    text: str
    spoken: str | None = None


@dataclass(frozen=True)
class ChunkByChunk:
    """Cuts audio at pauses, asks for the text of each chunk and adds the times of its speech.

    - ``target``: the length of chunks that is aimed at, in milliseconds. Short chunks give more
      exact times, long ones give the words more context.
    - ``limit``: the greatest length of a chunk, in milliseconds.
    - ``at_once``: how many chunks are asked for at the same time.
    - ``max_duration``: of the audio, in milliseconds. Jobs send longer audio in parts.
    """

    decoder: Decoder
    target: int = 8_000
    limit: int = 30_000
    at_once: int = 8
    max_duration: int = 2 * 3_600_000

    def heard(
        self,
        audio: Audio,
        ask: Callable[[Audio], HeardText],
        *,
        model: str,
        language: str,
        deadline: Deadline,
    ) -> Translation:
        """Return a translation with the text that ``ask`` returns for each chunk.

        Silence is not sent. ``model`` and ``language`` are those of the returned translation.
        Raises UnsupportedAudio, AudioTooLarge, ProviderTimedOut, or what ``ask`` raises.
        """
        with tempfile.TemporaryDirectory(
            dir=audio.path.parent, ignore_cleanup_errors=True
        ) as folder:
            decoded = self._decoded(audio, Path(folder), deadline)
            duration = decoded.info.duration
            chunks = self._plan(decoded)

            def text_of(chunk: Chunk) -> HeardText:
                to = Path(folder) / f"{chunk.start}-{chunk.end}.flac"
                answer = ask(self.decoder.cut(decoded.pcm, chunk.start, chunk.end, to))
                to.unlink(missing_ok=True)
                return answer

            answers = in_parallel(text_of, chunks, at_once=self.at_once, deadline=deadline)
        parts = []
        for chunk, after, answer in zip(chunks, [*chunks[1:], None], answers, strict=False):
            span = _speech_in(chunk, after)
            segment = Segment(span.start, span.end, answer.text, spoken=answer.spoken)
            parts.append((chunk, Translation((segment,), language, chunk.length, model)))
        stitched = stitch(parts, duration=duration, model=model, language=language)
        return replace(stitched, warnings=decoded.info.warnings)

    def _decoded(self, audio: Audio, folder: Path, deadline: Deadline) -> Decoded:
        try:
            return self.decoder.decode(
                audio.path, folder, max_duration=self.max_duration, deadline=deadline
            )
        except (UnsupportedAudio, AudioTooLarge) as error:
            error.param = error.param or "audioFileUrl"
            raise

    def _plan(self, decoded: Decoded) -> list[Chunk]:
        duration = decoded.info.duration
        if duration < _SHORTEST:
            return []
        spans = speech_spans(decoded.levels, duration)
        return plan(spans, duration=duration, target=self.target, limit=self.limit)


def _speech_in(chunk: Chunk, after: Chunk | None) -> Span:
    """Return the interval of the chunk's speech, in milliseconds from the chunk's start.

    An overlap with the chunk before or ``after`` belongs to it.
    """
    start = 0 if chunk.overlap else chunk.speech[0].start - chunk.start
    shared = after is not None and after.overlap
    return Span(start, chunk.length if shared else chunk.speech[-1].end - chunk.start)
