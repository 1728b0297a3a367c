"""Voices of several chunks become one set of labels, by calls that hear clips of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest import mock

import pytest

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Task
from audio_translation.translation.speakers import line_up
from audio_translation.translation.speakers.line_up import LineUp
from audio_translation.translation.stitching import MemoryStore, Part
from tests.audio.chunk_audio import one_chunk
from tests.audio.tones import heard, spoken

TASK = Task("m", prompt="Names.", speakers=0)
WHO = {1: "Ann", 2: "Bob", 3: "Bob", 4: "Ann", 5: "Cid"}
CHUNKS = [[1, 2], [3, 4], [5]]
SAID = [["0", "1"], ["1", "0"], ["2"]]


def soon() -> Deadline:
    return Deadline.after(60)


@dataclass
class Voices:
    """An engine that hears tones, each with its voice, and labels voices anew in each call."""

    voice: Mapping[int, str]
    deaf: frozenset[int] = frozenset()
    files: list[list[int]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        assert (task.transcribe, task.prompt, deadline.left() > 0) == (True, None, True)
        found = [one for one in heard(audio.flac.path.read_bytes()) if one.number not in self.deaf]
        self.files.append([one.number for one in found])
        self.lengths.append(audio.chunk.length)
        return Translation(self.said(found), "english", audio.chunk.length, "m")

    def said(self, found: Sequence[tuple[int, int, int]]) -> tuple[Segment, ...]:
        voices = list(dict.fromkeys(self.voice[number] for number, _, _ in found))
        return tuple(
            Segment(start, end, "x", speaker=f"S{voices.index(self.voice[number])}")
            for number, start, end in found
        )


def chunk(
    folder: Path, number: int, numbers: Sequence[int], voices: Voices
) -> tuple[ChunkAudio, Part]:
    """Return a chunk of tones, and what its own call said of it."""
    own = folder / str(number)
    own.mkdir(parents=True)
    path = own / "a.wav"
    path.write_bytes(spoken(numbers))
    audio = one_chunk(path, own)
    start = 60_000 * number
    moved = Chunk(start, start + audio.chunk.length, ())
    said = voices.said(heard(audio.flac.path.read_bytes()))
    return replace(audio, chunk=moved), Part(moved, Translation(said, "english", 1, "m"))


def told(
    folder: Path, voices: Voices, store: MemoryStore, chunks: Sequence[Sequence[int]] = CHUNKS
) -> tuple[list[list[str | None]], LineUp]:
    """Return the label of each segment of each chunk, and what told them apart."""
    made = [chunk(folder, number, numbers, voices) for number, numbers in enumerate(chunks)]
    use = LineUp(decoding, voices, TASK, folder)
    for audio in use.keeping(audio for audio, _ in made):
        audio.discard()
    parts = use.told_apart([part for _, part in made], store, soon())
    return [[segment.speaker for segment in part.translation.segments] for part in parts], use


def test_a_voice_has_one_label_in_all_chunks(tmp_path: Path) -> None:
    voices = Voices(WHO)
    labels, use = told(tmp_path, voices, MemoryStore())
    assert labels == SAID
    assert voices.files == [[1, 2, 3, 4, 5]]
    assert use.paid == sum(voices.lengths)


def test_what_was_paid_is_noted_and_not_paid_again(tmp_path: Path) -> None:
    store = MemoryStore()
    _, first = told(tmp_path / "first", Voices(WHO), store)
    voices = Voices(WHO)
    labels, again = told(tmp_path / "again", voices, store)
    assert (labels, voices.files) == (SAID, [])
    assert again.paid == first.paid


def test_a_note_about_other_clips_means_nothing(tmp_path: Path) -> None:
    store = MemoryStore()
    store.keep_note("speakers-0", json.dumps({"clips": [], "labels": [], "paid": 1}))
    voices = Voices(WHO)
    assert told(tmp_path, voices, store)[0] == SAID
    assert len(voices.files) == 1


def test_what_does_not_fit_one_file_is_heard_beside_those_who_are_known(tmp_path: Path) -> None:
    voices = Voices(WHO)
    with mock.patch.object(line_up, "_LONGEST_FILE", 6_000):  # two or three clips
        labels, _ = told(tmp_path, voices, MemoryStore())
    assert labels == SAID
    first, *others = voices.files
    assert others
    assert all(file[: len({WHO[n] for n in first})] for file in others)
    assert {WHO[number] for number in others[0][:2]} == {"Ann", "Bob"}


def test_more_voices_than_one_file_holds_are_told_apart(tmp_path: Path) -> None:
    voices = Voices({number: f"voice {number % 7}" for number in range(28)})
    chunks = [list(range(first, first + 7)) for first in range(0, 28, 7)]
    with mock.patch.object(line_up, "_LONGEST_FILE", 12_000):
        labels, _ = told(tmp_path, voices, MemoryStore(), chunks)
    assert labels == [[str(n) for n in range(7)]] * 4


def test_a_clip_that_nobody_hears_has_no_label(tmp_path: Path) -> None:
    labels, _ = told(tmp_path, Voices(WHO, deaf=frozenset({3})), MemoryStore())
    assert labels == [["0", "1"], [None, "0"], ["2"]]


@pytest.mark.parametrize("chunks", [[[1, 2]], [[]]])
def test_what_one_call_has_heard_is_not_sent_again(
    tmp_path: Path, chunks: Sequence[Sequence[int]]
) -> None:
    voices = Voices(WHO)
    labels, use = told(tmp_path, voices, MemoryStore(), chunks)
    assert labels == [[f"S{n}" for n, _ in enumerate(chunks[0])]]
    assert (voices.files, use.paid) == ([], 0)


def test_a_second_call_for_a_part_of_a_chunk_is_linked_with_the_first_one(tmp_path: Path) -> None:
    voices = Voices(WHO)
    audio, part = chunk(tmp_path, 0, [1, 2, 4], voices)
    *first, last = part.translation.segments
    segments = (*first, replace(last, speaker="5000-S0"))
    use = LineUp(decoding, voices, TASK, tmp_path)
    assert list(use.keeping([audio])) == [audio]
    (linked,) = use.told_apart(
        [replace(part, translation=replace(part.translation, segments=segments))],
        MemoryStore(),
        soon(),
    )
    assert [segment.speaker for segment in linked.translation.segments] == ["0", "1", "0"]


def test_nothing_is_kept_where_nobody_asks_who_speaks(tmp_path: Path) -> None:
    voices = Voices(WHO)
    audio, part = chunk(tmp_path, 0, [1, 2], voices)
    use = LineUp(decoding, voices, replace(TASK, speakers=None), tmp_path)
    assert list(use.keeping([audio])) == [audio]
    assert not list(tmp_path.glob("heard-*"))
    assert use.told_apart([part], MemoryStore(), soon()) == [part]


def test_a_server_that_labels_every_segment_anew_is_paid_for_twenty_voices_a_chunk(
    tmp_path: Path,
) -> None:
    voices = Voices(WHO)
    made = [chunk(tmp_path, number, [1, 2], voices) for number in range(2)]
    use = LineUp(decoding, voices, TASK, tmp_path)
    for audio in use.keeping(audio for audio, _ in made):
        audio.discard()
    parts = [
        replace(
            part,
            translation=replace(
                part.translation,
                segments=tuple(
                    replace(one, speaker=f"voice {n}")
                    for n in range(200)
                    for one in part.translation.segments[:1]
                ),
            ),
        )
        for _, part in made
    ]
    use.told_apart(parts, MemoryStore(), soon())
    assert use.paid <= 2 * 20 * 8_000 + 10_000
