"""Audio chunk by chunk, for providers that tell no times: the times are those of the speech.

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

_LEAST = 100
"""What is shorter holds no word, and OpenAI refuses it."""


@dataclass(frozen=True)
class HeardText:
    """What a provider heard in one chunk; ``spoken`` is the language's ISO 639-1 code, if known."""

    text: str
    spoken: str | None = None


@dataclass(frozen=True)
class ChunkByChunk:
    """Cuts audio at pauses, asks for each chunk and puts the answers where the speech is.

    A chunk has about ``target`` milliseconds, so that the start of each is a time to go by and its
    words have some context, and never more than ``limit``. ``at_once`` of them are asked for
    together. Longer audio than ``max_duration`` is for a job, which sends it in parts.
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
        """Return what ``ask`` says of each chunk, with the times of the speech in it.

        Nothing is asked where nobody speaks. ``model`` and ``language`` are the translation's.
        Raises UnsupportedAudio, AudioTooLarge, ProviderTimedOut, or what ``ask`` raises.
        """
        with tempfile.TemporaryDirectory(
            dir=audio.path.parent, ignore_cleanup_errors=True
        ) as folder:
            decoded = self._decoded(audio, Path(folder), deadline)
            duration = decoded.info.duration
            chunks = self._plan(decoded)

            def said(chunk: Chunk) -> HeardText:
                to = Path(folder) / f"{chunk.start}-{chunk.end}.flac"
                answer = ask(self.decoder.cut(decoded.pcm, chunk.start, chunk.end, to))
                to.unlink(missing_ok=True)
                return answer

            answers = in_parallel(said, chunks, at_once=self.at_once, deadline=deadline)
        parts = []
        for chunk, after, answer in zip(chunks, [*chunks[1:], None], answers, strict=False):
            span = _heard_in(chunk, after)
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
        if duration < _LEAST:
            return []
        spans = speech_spans(decoded.levels, duration)
        return plan(spans, duration=duration, target=self.target, limit=self.limit)


def _heard_in(chunk: Chunk, after: Chunk | None) -> Span:
    """From the first sound to the last, on the chunk's clock; what chunks share is in both."""
    start = 0 if chunk.overlap else chunk.speech[0].start - chunk.start
    shared = after is not None and after.overlap
    return Span(start, chunk.length if shared else chunk.speech[-1].end - chunk.start)
