"""Sections are told one after the other; no process outlives the one that has begun it."""

import json
import os
import signal
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.type_constants import WAV
from audio_translation.audio.media import decoding
from audio_translation.audio.media.section_process import OVERLAP, Told, Work, messages
from audio_translation.audio.recording import Listening, Recording
from audio_translation.deadline import Deadline
from audio_translation.errors import AudioTooLarge
from tests.audio.long_files import RATE
from tests.audio.media_files import encode
from tests.integration.audio.tone import beep

LENGTH = 7 * RATE


def work(path: Path, *, count: int = 2, max_duration: int = 60_000) -> Work:
    return Work(path, 1, max_duration, Deadline.after(60), LENGTH, count, 100_000_000)


def samples_of(told: list[tuple[Told, bytes]]) -> int:
    lengths = [
        int(content) if kind is Told.SILENCE else len(content) // 4
        for kind, content in told
        if kind in {Told.SOUND, Told.SILENCE}
    ]
    return sum(lengths)


def sections(told: list[tuple[Told, bytes]]) -> Iterator[list[tuple[Told, bytes]]]:
    """The messages, each section's by themselves."""
    count = 0

    def number(message: tuple[Told, bytes]) -> int:
        nonlocal count
        count += message[0] is Told.BEGINS
        return count

    for _, group in groupby(told, number):
        yield list(group)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """25 seconds."""
    to = tmp_path / "sound.wav"
    encode(to, "pcm_s16le", beep(25))
    return to


def test_a_section_is_told_with_a_little_of_the_next_one(path: Path) -> None:
    one, other = sections(list(messages(work(path), 0)))
    assert json.loads(one[0][1]) == [0, LENGTH]
    assert LENGTH + OVERLAP <= samples_of(one) < LENGTH + 2 * OVERLAP
    assert one[-1][0] is Told.PASSED
    assert json.loads(other[0][1]) == [2 * LENGTH, 3 * LENGTH]
    assert samples_of(other) >= LENGTH + OVERLAP
    assert [kind for kind, _ in other[-2:]] == [Told.PASSED, Told.UNREACHED]


def test_the_last_section_ends_with_the_file(path: Path) -> None:
    *_, last = sections(list(messages(work(path), 1)))
    assert json.loads(last[0][1]) == [3 * LENGTH, 4 * LENGTH]
    assert samples_of(last) == 25 * RATE - 3 * LENGTH
    assert last[-1][0] is Told.ENDED
    assert json.loads(last[-1][1])["duration"] == 25_000


def test_a_section_after_the_end_cannot_be_begun_with(path: Path) -> None:
    assert list(messages(work(path), 4)) == [(Told.UNREACHED, b"")]


def test_what_is_too_long_is_an_error(path: Path) -> None:
    with pytest.raises(AudioTooLarge, match="longer than"):
        list(messages(work(path, max_duration=10_000), 1))


def test_a_long_frame_is_told_in_short_pieces(tmp_path: Path) -> None:
    """So that so many messages that nobody has taken yet are so much memory, and no more."""
    path = tmp_path / "long.flac"
    encode(path, "flac", beep(25), rate=8_000, options={})
    told = [content for kind, content in messages(work(path), 0) if kind is Told.SOUND]
    assert max(map(len, told)) <= 4 * (RATE // 2)


def children(pid: int) -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        found |= set(map(int, (task / "children").read_text().split()))
    return found


def are_gone(pids: set[int]) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("killed", [False, True])
def test_no_process_is_left(tmp_path: Path, *, killed: bool) -> None:
    path = tmp_path / "long.wav"
    encode(path, "pcm_s16le", 40 * beep(6, 1, 5))
    before = children(os.getpid())
    audio = Audio(path, WAV, path.stat().st_size)
    listening = Listening(decoding, 10_000, 30_000, 3_600_000, own_process=0, processors=3)
    chunks = Recording(audio, listening, tmp_path).chunks(Deadline.after(60))
    next(chunks)
    (worker,) = children(os.getpid()) - before
    begun = children(worker)
    assert len(begun) == 3
    if killed:
        os.kill(worker, signal.SIGKILL)
    else:
        chunks.close()
    assert are_gone(begun)
    chunks.close()
