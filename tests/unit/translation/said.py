"""Chunks, and what an engine said of them."""

import itertools

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.stitching import Part


def translation(*segments: Segment, duration: int = 0) -> Translation:
    return Translation(tuple(segments), "english", duration, "whisper-1")


def chunk(start: int, end: int, *, overlap: int = 0) -> Chunk:
    return Chunk(start, end, (Span(start, end),), overlap)


def part(chunk: Chunk, said: Translation) -> Part:
    return Part(chunk, said)


def in_turn(segments: tuple[Segment, ...]) -> bool:
    return all(s.start <= s.end for s in segments) and all(
        a.end <= b.start for a, b in itertools.pairwise(segments)
    )
