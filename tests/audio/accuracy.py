"""How well a long file of real speech came back: a translation against what is spoken."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sacrebleu import CHRF

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.transcript import Segment
from audio_translation.translation.checks.language_detection import LanguageDetector
from tests.audio.long_files import Spoken

is_foreign = LanguageDetector().is_foreign
MOST_START_ERROR = 0.35
MOST_START_ERROR_OF_TWO_STEPS = 0.4
MOST_START_ERROR_P90 = 1.0
LEAST_FOUND = 0.97
MOST_FOREIGN = 0.5
"""Limits: seconds, a share of the recordings, and of a chunk's text."""

_NEAR = 1_000  # milliseconds; who begins so near begins with the recording
_LIKE = 30  # chrF; only one in 25 of these recordings is so like the translation of another


@dataclass(frozen=True)
class TranslatedFile:
    """What came back for a whole file, and which chunks it was made of (none: one call)."""

    segments: list[Segment]
    chunks: list[Chunk]
    seconds: float
    """How long it took."""

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


@dataclass(frozen=True)
class Accuracy:
    """How near an answer is to what is spoken.

    start_errors: for each recording, how far from its true start the nearest segment begins, of
      those that overlap it; seconds. Without such a segment it is infinite.
    found: the share of the recordings that segments cover for half of their time at least, if
      one of those begins within a second of the true start, or what they say in that time is like
      the recording's English (chrF of 30; words are taken to be spread evenly over a segment).
    chrf: of the whole text.
    foreign: the share of the words in segments that are not in English, for each chunk; of one
      call, for all of it. A chunk of which more than half is foreign is left in its language.
    """

    start_errors: list[float]
    found: float
    chrf: float
    foreign: list[float]

    @property
    def lost(self) -> int:
        """How many recordings are not found."""
        return round((1 - self.found) * len(self.start_errors))

    @property
    def start_error(self) -> float:
        """The median."""
        return statistics.median(self.start_errors)

    @property
    def start_error_p90(self) -> float:
        return p90(self.start_errors)

    def as_json(self) -> dict[str, Any]:
        """The figures that are told."""
        return {
            "recordings": len(self.start_errors),
            "start_error": round(self.start_error, 3),
            "start_error_p90": round(self.start_error_p90, 3),
            "found": round(self.found, 3),
            "chrf": round(self.chrf, 1),
            "foreign": [round(share, 2) for share in self.foreign],
        }


def p90(values: Sequence[float]) -> float:
    """The smallest value that nine tenths do not exceed."""
    return sorted(values)[-(-len(values) * 9 // 10) - 1]


def accuracy(answer: TranslatedFile, spoken: Sequence[Spoken]) -> Accuracy:
    """Compare; see ``Accuracy``."""
    everything = " ".join(" ".join(one.english.split()) for one in spoken)
    whole = [Chunk(0, answer.segments[-1].end + 1, ())] if answer.segments else []
    return Accuracy(
        start_errors=[_start_error(answer.segments, one) for one in spoken],
        found=sum(_is_found(answer.segments, one) for one in spoken) / len(spoken),
        chrf=CHRF().corpus_score([answer.text], [[everything]]).score,
        foreign=[_foreign(answer.segments, chunk) for chunk in answer.chunks or whole],
    )


def _start_error(segments: Sequence[Segment], one: Spoken) -> float:
    """Seconds."""
    off = [abs(s.start - one.start) for s in segments if _shared(s, one) > 0]
    return min(off) / 1000 if off else float("inf")


def _is_found(segments: Sequence[Segment], one: Spoken) -> bool:
    if 2 * sum(_shared(s, one) for s in segments) < one.end - one.start:
        return False
    like = CHRF().sentence_score(_said(segments, one), [one.english]).score >= _LIKE
    return like or _start_error(segments, one) * 1000 <= _NEAR


def _shared(segment: Segment, one: Spoken) -> int:
    return max(0, min(segment.end, one.end) - max(segment.start, one.start))


def _said(segments: Sequence[Segment], one: Spoken) -> str:
    """The words whose middle is in the recording's time, or as little beside it as is near."""
    words = []
    for segment in segments:
        said = segment.text.split()
        for number, word in enumerate(said):
            at = segment.start + (segment.end - segment.start) * (number + 0.5) / len(said)
            if one.start - _NEAR <= at <= one.end + _NEAR:
                words.append(word)
    return " ".join(words)


def _foreign(segments: Sequence[Segment], chunk: Chunk) -> float:
    within = [s for s in segments if chunk.start <= (s.start + s.end) // 2 < chunk.end]
    words = sum(len(s.text.split()) for s in within)
    return sum(len(s.text.split()) for s in within if is_foreign(s.text)) / max(1, words)
