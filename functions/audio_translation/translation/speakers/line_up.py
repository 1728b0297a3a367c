"""Which labels of several calls are the same voice: found out by calls that hear them side by side.

Each call labels voices for itself. So the longest thing that each of them says is cut out, and all
of these clips are sent in one file, as in a line-up: what has the same label there is the same
voice. What does not fit one file is sent in further ones, which begin with a clip of everybody who
is known by then. So labels are one set, however many chunks and speakers there are, and for any
server that tells voices apart; OpenAI's ``known_speaker_references`` takes four.

Nothing is sent where one call heard everything. What a file's call said is noted, so that a job
that goes on does not pay it again and has the same labels. Times are integer milliseconds.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.decoder import Decoder
from audio_translation.audio.levels import RATE
from audio_translation.audio.recording import ChunkAudio
from audio_translation.audio.speech import Span
from audio_translation.deadline import Deadline
from audio_translation.transcript import Segment
from audio_translation.translation.engine import Engine, Task
from audio_translation.translation.fields.speakers import MOST
from audio_translation.translation.speakers.call_labels import call_of
from audio_translation.translation.stitching import Part, PartStore

_LONGEST_CLIP, _SHORTEST_CLIP = 6_000, 300
_PAUSE = 1_000
"""Silence between two clips, so that no answer takes them for one."""
_LONGEST_FILE = 240_000
_CLEAR = 60  # dB; a line-up is no noise

Label = tuple[int, str]
"""The number of a part, and a label in it."""


@dataclass(frozen=True)
class _Clip:
    label: Label
    length: int
    path: Path


@dataclass
class LineUp:
    """The voices of a run's chunks. ``paid``: milliseconds of audio that were sent."""

    decoder: Decoder
    engine: Engine
    task: Task
    folder: Path
    paid: int = 0
    _kept: list[Path] = field(default_factory=list)

    def keeping(self, chunks: Iterable[ChunkAudio]) -> Iterator[ChunkAudio]:
        """Yield the chunks; their sound stays, although others delete its file."""
        for number, audio in enumerate(chunks):
            if self.task.speakers is not None:
                to = self.folder / f"heard-{number}.{FLAC.extension}"
                os.link(audio.flac.path, to)
                self._kept.append(to)
            yield audio

    def told_apart(
        self, parts: Sequence[Part], store: PartStore, deadline: Deadline
    ) -> Sequence[Part]:
        """Return the parts, which are those of all chunks in order, with labels that are one set.

        A label of which there is nothing to hear becomes None. Raises what engines raise.
        """
        if self.task.speakers is None:
            return parts
        said = _longest_of_each(parts)
        if len({(number, call_of(label)) for number, label in said}) < 2:
            return parts
        clips = [self._clip(n, label, one) for n, (label, one) in enumerate(said.items())]
        voices = self._voices([clip for clip in clips if clip], store, deadline)
        return [_relabelled(part, number, voices) for number, part in enumerate(parts)]

    def _clip(self, number: int, label: Label, said: Segment) -> _Clip | None:
        length = min(_LONGEST_CLIP, said.end - said.start)
        if length < _SHORTEST_CLIP:
            return None
        to = self.folder / f"clip-{number}.{FLAC.extension}"
        self.decoder.cut_chunk(self._kept[label[0]], said.start, said.start + length, to)
        return _Clip(label, length, to)

    def _voices(
        self, clips: Sequence[_Clip], store: PartStore, deadline: Deadline
    ) -> dict[Label, int]:
        """Return the voice of each clip, as a number."""
        known: list[_Clip] = []  # one clip of each voice
        voices: dict[Label, int] = {}
        done = number = 0
        while done < len(clips):
            file = known[:MOST]
            count = len(file)
            room = _LONGEST_FILE - sum(clip.length + _PAUSE for clip in file)
            while done < len(clips) and (room > 0 or len(file) == count):
                room -= clips[done].length + _PAUSE
                file = [*file, clips[done]]
                done += 1
            heard = self._heard(file, f"speakers-{number}", store, deadline)
            number += 1
            by_label: dict[str, int] = {}
            for voice, label in enumerate(heard[:count]):
                if label is not None:
                    by_label.setdefault(label, voice)
            for clip, label in zip(file[count:], heard[count:], strict=True):
                if label is None:
                    continue
                if label not in by_label:
                    by_label[label] = len(known)
                    known.append(clip)
                voice = by_label[label]
                voices[clip.label] = voice
                if clip.length > known[voice].length:
                    known[voice] = clip
        return voices

    def _heard(
        self, clips: Sequence[_Clip], name: str, store: PartStore, deadline: Deadline
    ) -> list[str | None]:
        """Return the label that each clip has in a file of all of them; None where it has none."""
        about = [[*clip.label, clip.length] for clip in clips]
        noted = json.loads(store.note(name) or "{}")
        if noted.get("clips") != about:
            labels, paid = self._asked(clips, name, deadline)
            noted = {"clips": about, "labels": labels, "paid": paid}
            store.keep_note(name, json.dumps(noted))
        self.paid += noted["paid"]
        return list(noted["labels"])

    def _asked(
        self, clips: Sequence[_Clip], name: str, deadline: Deadline
    ) -> tuple[list[str | None], int]:
        spans: list[Span] = []
        at = _PAUSE
        for clip in clips:
            spans.append(Span(at, at + clip.length))
            at += clip.length + _PAUSE
        file = self.decoder.encoded(
            self._sound(clips, deadline), self.folder / f"{name}.{FLAC.extension}", gain=1.0
        )
        audio = ChunkAudio(Chunk(0, at, tuple(spans)), file, _CLEAR)
        task = replace(self.task, transcribe=True, prompt=None, granularities=("segment",))
        try:
            answer = self.engine.translate(audio, task, deadline=deadline)
        finally:
            audio.discard()
        return [_label_at(span, answer.segments) for span in spans], at

    def _sound(self, clips: Sequence[_Clip], deadline: Deadline) -> Iterator[bytes]:
        silence = bytes(4 * RATE * _PAUSE // 1000)
        yield silence
        for clip in clips:
            with self.decoder.sound(
                clip.path, track=1, max_duration=2 * _LONGEST_CLIP, deadline=deadline
            ) as sound:
                for block in sound.blocks():
                    yield bytes(4 * block) if isinstance(block, int) else block
            yield silence


def _longest_of_each(parts: Sequence[Part]) -> dict[Label, Segment]:
    """Return the longest segment of each label of each part, in the order of their starts.

    Of more than ``MOST`` labels of a part, which are no voices, those with the longest count.
    """
    found: dict[Label, Segment] = {}
    for number, part in enumerate(parts):
        found |= _longest(part, number)
    return found


def _longest(part: Part, number: int) -> dict[Label, Segment]:
    found: dict[Label, Segment] = {}
    length = part.chunk.length
    for given in part.translation.segments:
        if given.speaker is None:
            continue
        one = replace(given, start=min(given.start, length), end=min(given.end, length))
        label = number, given.speaker
        if label not in found or one.end - one.start > found[label].end - found[label].start:
            found[label] = one
    kept = sorted(found, key=lambda label: found[label].start - found[label].end)[:MOST]
    return {label: one for label, one in found.items() if label in kept}


def _label_at(span: Span, segments: Sequence[Segment]) -> str | None:
    """Return the label that most of a span has."""
    shares: dict[str, int] = {}
    for segment in segments:
        share = min(segment.end, span.end) - max(segment.start, span.start)
        if segment.speaker is not None and share > 0:
            shares[segment.speaker] = shares.get(segment.speaker, 0) + share
    return max(shares, key=lambda label: shares[label], default=None)


def _relabelled(part: Part, number: int, voices: dict[Label, int]) -> Part:
    def told(segment: Segment) -> Segment:
        voice = voices.get((number, segment.speaker or ""))
        return replace(segment, speaker=None if voice is None else str(voice))

    segments = tuple(map(told, part.translation.segments))
    return replace(part, translation=replace(part.translation, segments=segments))
