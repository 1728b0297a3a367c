"""A chunk piece by piece, for providers that return no times: segments get the speech's times.

Times are integer milliseconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import MARGIN, Chunk, plan
from audio_translation.audio.chunk_shape import EvenShape
from audio_translation.audio.decoder import Decoder
from audio_translation.audio.recording import ChunkAudio
from audio_translation.audio.speech import Span
from audio_translation.deadline import Deadline
from audio_translation.engines.in_parallel import in_parallel
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.placing import speech_to_place
from audio_translation.translation.stitching import Part, stitch


@dataclass(frozen=True)
class HeardText:
    """A provider's text for one piece; ``spoken`` are the codes of its languages, if known."""

    text: str
    spoken: tuple[str, ...] = ()


@dataclass(frozen=True)
class PieceByPiece:
    """Cuts a chunk at its pauses, asks for the text of each piece and adds the speech's times.

    - ``target``: the length of pieces that is aimed at, in milliseconds. Short pieces give more
      exact times, long ones give the words more context.
    - ``limit``: the greatest length of a piece, in milliseconds.
    - ``detector``: tells which of several languages a segment is in.
    - ``at_once``: how many pieces are asked for at the same time.
    """

    decoder: Decoder
    detector: LanguageDetector
    target: int = 8_000
    limit: int = 30_000
    at_once: int = 8

    def heard(
        self,
        audio: ChunkAudio,
        ask: Callable[[Audio], HeardText],
        *,
        model: str,
        language: str,
        deadline: Deadline,
    ) -> Translation:
        """Return a translation with the text that ``ask`` returns for each piece.

        ``model`` and ``language`` are those of the returned translation. Raises ProviderTimedOut,
        or what ``ask`` raises.
        """
        chunk = audio.chunk
        pieces = self._pieces(chunk)

        def text_of(piece: Chunk) -> HeardText:
            if len(pieces) == 1:
                return ask(audio.flac)
            name = f"{audio.flac.path.stem}.{piece.start}-{piece.end}.piece.flac"
            to = audio.flac.path.with_name(name)
            try:
                return ask(self.decoder.cut_chunk(audio.flac.path, piece.start, piece.end, to))
            finally:
                to.unlink(missing_ok=True)

        answers = in_parallel(text_of, pieces, at_once=self.at_once, deadline=deadline)
        parts = []
        for piece, answer in zip(pieces, answers, strict=True):
            spoken = answer.spoken[0] if answer.spoken else None
            segment = Segment(0, piece.length, answer.text, spoken=spoken)
            parts.append(Part(piece, Translation((segment,), language, piece.length, model)))
        whole = stitch(parts, duration=chunk.length, model=model, language=language)
        mixed = [
            (piece, answer.spoken)
            for piece, answer in zip(pieces, answers, strict=True)
            if len(answer.spoken) > 1
        ]
        return self._by_language(whole, mixed) if mixed else whole

    def _by_language(
        self, whole: Translation, mixed: Sequence[tuple[Chunk, tuple[str, ...]]]
    ) -> Translation:
        """Return the translation with each segment's own language, where a piece has several."""

        def told(segment: Segment) -> Segment:
            middle = (segment.start + segment.end) // 2
            codes = [codes for piece, codes in mixed if piece.start <= middle < piece.end]
            if not codes:
                return segment
            return replace(segment, spoken=self.detector.closest(segment.text, codes[0]))

        return replace(whole, segments=tuple(map(told, whole.segments)))

    def _pieces(self, chunk: Chunk) -> list[Chunk]:
        """Return the chunk's pieces; their times count from the chunk's start."""
        speech = [Span(s.start - chunk.start, s.end - chunk.start) for s in speech_to_place(chunk)]
        pieces = plan(speech, duration=chunk.length, shape=EvenShape(self.target), limit=self.limit)
        if len(pieces) == 1 and chunk.length <= self.limit + 2 * MARGIN:
            return [Chunk(0, chunk.length, pieces[0].speech)]
        return pieces
