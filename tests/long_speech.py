"""Long files of real speech as jobs, and how well they come back.

``job`` and ``one_call`` send a file of ``tests.long_audio`` to the local service and to its
provider alone; ``measured`` compares what came back with what is spoken in the file.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from pydantic import TypeAdapter
from sacrebleu import CHRF

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.aws.bucket_keys import plan_key
from audio_translation.transcript import Segment, milliseconds
from audio_translation.translation.language_detection import LanguageDetector
from local.aws.resources import BUCKET
from local.provider.server_process import PROVIDER_KEY
from local.service import LocalService
from tests.e2e.recordings import ALL
from tests.long_audio import RATE, Spoken, arranged, write

is_foreign = LanguageDetector().is_foreign
MOST_START_ERROR = 0.35
MOST_START_ERROR_OF_TWO_STEPS = 0.4
MOST_START_ERROR_P90 = 1.0
LEAST_FOUND = 0.97
LEAST_OF_ONE_CALL = 0.98
MOST_FOREIGN = 0.5
"""Limits: three times seconds, a share of the recordings, of the single call's chrF, of a chunk."""

_NEAR = 1_000  # milliseconds; who begins so near begins with the recording
_LIKE = 30  # chrF; only one in 25 of these recordings is so like the translation of another


@dataclass(frozen=True)
class Answer:
    """What came back for a whole file, and which chunks it was made of (none: one call)."""

    segments: list[Segment]
    chunks: list[Chunk]
    seconds: float
    """How long it took."""

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


@dataclass(frozen=True)
class Measured:
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


def made(minutes: float, to: Path, *languages: str) -> list[Spoken]:
    """Write a file of all recordings of these languages, as a phone or a meeting would send it."""
    spoken = arranged(minutes, languages=languages, manifest=ALL)
    write(spoken, to, rate=RATE, layout="mono", bit_rate=64_000)
    return spoken


def job(service: LocalService, audio: Path, *, within: float, **fields: Any) -> Answer:
    """Have the file translated by a job; fails if that takes longer than so many seconds.

    ``fields`` go into the request.
    """
    started = time.monotonic()
    body = {"audioFileUrl": service.put(audio, "audio"), **fields}
    headers = {"Prefer": "respond-async"}
    answer = requests.post(f"{service.url}/translate", json=body, headers=headers, timeout=60)
    assert answer.status_code == 202, answer.text
    url = f"{service.url}{answer.headers['Location']}"
    while (state := requests.get(url, timeout=60).json())["status"] in {"queued", "running"}:
        assert time.monotonic() < started + within, state["progress"]
        time.sleep(0.5)
    assert state["status"] == "succeeded", state["error"]
    assert state["model"] == fields.get("model", "whisper-1")
    seconds = time.monotonic() - started
    found = requests.get(f"{url}/translation?format=verbose_json", timeout=60)
    plan = service.s3().get_object(Bucket=BUCKET, Key=plan_key(state["id"]))["Body"]
    with plan:
        chunks = TypeAdapter(list[Chunk]).validate_json(plan.read())
    assert state["progress"]["chunks"] == {"done": len(chunks), "total": len(chunks)}
    return Answer(_segments(found.json()), chunks, seconds)


def one_call(service: LocalService, audio: Path, *, within: float) -> Answer:
    """Have the whole file translated by the provider itself, in one call."""
    started = time.monotonic()
    with audio.open("rb") as file:
        answer = requests.post(
            f"{service.provider_url}/audio/translations",
            headers={"Authorization": f"Bearer {PROVIDER_KEY}"},
            files={"file": (audio.name, file, "audio/mpeg")},
            data={"model": "whisper-1", "response_format": "verbose_json"},
            timeout=within,
        )
    assert answer.status_code == 200, answer.text
    return Answer(_segments(answer.json()), [], time.monotonic() - started)


def measured(answer: Answer, spoken: Sequence[Spoken]) -> Measured:
    """Compare; see ``Measured``."""
    everything = " ".join(" ".join(one.english.split()) for one in spoken)
    whole = [Chunk(0, answer.segments[-1].end + 1, ())] if answer.segments else []
    return Measured(
        start_errors=[_start_error(answer.segments, one) for one in spoken],
        found=sum(_is_found(answer.segments, one) for one in spoken) / len(spoken),
        chrf=CHRF().corpus_score([answer.text], [[everything]]).score,
        foreign=[_foreign(answer.segments, chunk) for chunk in answer.chunks or whole],
    )


def _segments(answer: dict[str, Any]) -> list[Segment]:
    return [
        Segment(
            milliseconds(s["start"]),
            milliseconds(s["end"]),
            s["text"].strip(),
            source=s.get("source"),
            spoken=s.get("spoken"),
            untranslated=s.get("untranslated", False),
        )
        for s in answer["segments"]
    ]


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
