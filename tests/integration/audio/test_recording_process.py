"""Listening in a process of its own: the same chunks, the same errors, and nothing left running."""

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from audio_translation.audio import arriving_file, recording_process
from audio_translation.audio.audio_file import Audio, FetchedFile
from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.containers.type_constants import WAV
from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio, Listening, Recording
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    InvalidRequest,
    UnsupportedAudio,
)
from tests.audio.tones import recording
from tests.integration.audio.tone import encode

LISTENING = Listening(decoding, target=10_000, limit=30_000, max_duration=3_600_000)
ALONE = replace(LISTENING, own_process=0)


def listened(
    path: Path, listening: Listening, *, seconds: float = 60, track: str | None = None
) -> tuple[Recording, list[ChunkAudio]]:
    folder = path.parent / f"chunks-{listening.own_process}"
    folder.mkdir(exist_ok=True)
    with path.open("rb") as file:
        audio = Audio(path, sniff(file), path.stat().st_size)
    made = Recording(audio, listening, folder, track=track)
    return made, list(made.chunks(Deadline.after(seconds)))


@pytest.mark.parametrize("sentences", [2, 40])
def test_the_chunks_and_what_is_known_are_the_same(tmp_path: Path, sentences: int) -> None:
    path = tmp_path / "tones.wav"
    path.write_bytes(recording(sentences))
    here, chunks = listened(path, LISTENING)
    there, others = listened(path, ALONE)
    assert [one.chunk for one in chunks] == [one.chunk for one in others]
    assert [one.range for one in chunks] == [one.range for one in others]
    assert [one.original for one in chunks] == [one.original for one in others]
    for one, other in zip(chunks, others, strict=True):
        assert one.flac.path.read_bytes() == other.flac.path.read_bytes()
    assert here.info == there.info
    assert (here.decoded, here.speech, here.stated) == (there.decoded, there.speech, there.stated)


def test_several_tracks_are_told_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    encode(path, "aac", streams=2)
    there, _ = listened(path, ALONE, track="2")
    assert there.info.track == 2
    assert len(there.info.tracks) == 2
    with pytest.raises(InvalidRequest, match="no audio track"):
        listened(path, ALONE, track="3")


def test_its_errors_are_those_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(recording(1)[:44])
    head = bytearray(recording(1)[:44] + b"\1\0")
    path.write_bytes(head[:20] + b"\xee\xee" + head[22:])
    with pytest.raises(UnsupportedAudio) as raised:
        listened(path, ALONE)
    assert raised.value.param == "audioFileUrl"
    path.write_bytes(recording(2))
    with pytest.raises(AudioTooLarge, match="longer than"):
        listened(path, replace(ALONE, max_duration=1_000))


def test_a_process_that_breaks_off_is_the_files_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_process, "_WORKER", "abc")  # a module that says nothing
    path = tmp_path / "a.wav"
    path.write_bytes(recording(1))
    with pytest.raises(UnsupportedAudio, match="broke off"):
        list(recording_process.messages({}, Deadline.after(20)))


HANGS = "import time; time.sleep(100)"
WORKERS = {
    "says nothing and hangs": (HANGS, AudioTooLarge),
    "breaks off within a line and hangs": (
        f"print('{{\"decoded\": 1', end='', flush=True); {HANGS}",
        AudioTooLarge,
    ),
    "breaks off within a line": ("print('{\"decoded\": 1', end='')", UnsupportedAudio),
    "says nothing": ("", UnsupportedAudio),
}


@pytest.mark.parametrize("worker", WORKERS)
def test_a_process_is_ended_at_the_deadline_whatever_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: str
) -> None:
    code, error = WORKERS[worker]
    (tmp_path / "worker_of_a_test.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(recording_process, "_WORKER", "worker_of_a_test")
    begun = time.monotonic()
    soon = 1 if error is AudioTooLarge else 20
    with pytest.raises(error, match=r"time that is given|broke off"):
        list(recording_process.messages({}, Deadline.after(soon)))
    assert time.monotonic() - begun < 15


def test_a_process_is_ended_at_the_deadline_while_nobody_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "import os; print('{\"pid\": %d}' % os.getpid(), flush=True); "
    (tmp_path / "worker_of_a_test.py").write_text(told + HANGS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(recording_process, "_WORKER", "worker_of_a_test")
    messages = recording_process.messages({}, Deadline.after(3))
    state = Path(f"/proc/{next(messages)['pid']}/stat")
    until = time.monotonic() + 15
    while state.read_text().split()[2] != "Z" and time.monotonic() < until:
        time.sleep(0.05)
    assert state.read_text().split()[2] == "Z"
    with pytest.raises(AudioTooLarge, match="time that is given"):
        next(messages)


def test_who_stops_listening_leaves_no_process_and_few_chunks(tmp_path: Path) -> None:
    path = tmp_path / "tones.wav"
    path.write_bytes(recording(70))
    folder = tmp_path / "chunks"
    folder.mkdir()
    audio = Audio(path, WAV, path.stat().st_size)
    chunks = Recording(audio, ALONE, folder).chunks(Deadline.after(60))
    first = next(iter(chunks))
    chunks.close()
    assert first.flac.path.exists()
    assert len(list(folder.iterdir())) <= 5


class Arriving:
    """A file of which the first part is there; the rest comes when it is let go, or never."""

    def __init__(self, whole: bytes, path: Path) -> None:
        self.whole, self.path = whole, path
        self.rest: Future[FetchedFile] = Future()
        path.write_bytes(whole[: len(whole) * 2 // 3])
        arriving_file.begin(path, len(whole))

    @property
    def audio(self) -> Audio:
        with arriving_file.opened(self.path, Deadline.after(20)) as file:
            return Audio(self.path, sniff(file), len(self.whole), self.rest)

    def come(self) -> None:
        with self.path.open("ab") as file:
            file.write(self.whole[len(self.whole) * 2 // 3 :])
        arriving_file.complete(self.path)
        self.rest.set_result(FetchedFile(self.path, len(self.whole), self.path.name))


@pytest.mark.parametrize(("extension", "codec"), [("wav", "pcm_s16le"), ("mp3", "libmp3lame")])
def test_chunks_are_made_before_all_of_the_file_is_there(
    tmp_path: Path, extension: str, codec: str
) -> None:
    path = tmp_path / f"tones.{extension}"
    encode(path, codec, data=recording(70)[44:])
    there, chunks = listened(path, ALONE)
    arriving = Arriving(path.read_bytes(), tmp_path / "arriving")
    folder = tmp_path / "arriving-chunks"
    folder.mkdir()
    made = Recording(arriving.audio, ALONE, folder)
    found: list[ChunkAudio] = []
    for chunk in made.chunks(Deadline.after(60)):
        if not found:
            assert not arriving.rest.done()
            arriving.come()
        found.append(chunk)
    assert [one.chunk for one in found] == [one.chunk for one in chunks]
    assert (made.info, made.stated) == (there.info, there.stated)


def test_an_index_at_the_end_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "tones.m4a"
    encode(path, "aac", data=recording(8)[44:])
    there, chunks = listened(path, ALONE)
    whole = path.read_bytes()
    assert whole.rindex(b"moov") > len(whole) * 2 // 3
    arriving = Arriving(whole, tmp_path / "arriving")
    coming = threading.Timer(0.3, arriving.come)
    coming.start()
    folder = tmp_path / "arriving-chunks"
    folder.mkdir()
    made = Recording(arriving.audio, ALONE, folder)
    found = list(made.chunks(Deadline.after(60)))
    coming.join()
    assert [one.chunk for one in found] == [one.chunk for one in chunks]
    assert made.info == there.info


def test_a_file_whose_rest_does_not_come_fails_with_its_download(tmp_path: Path) -> None:
    arriving = Arriving(recording(70), tmp_path / "arriving")
    folder = tmp_path / "chunks"
    folder.mkdir()
    chunks = Recording(arriving.audio, ALONE, folder).chunks(Deadline.after(60))
    next(chunks)
    arriving.rest.set_exception(AudioNotRetrievable("The host broke off."))
    with pytest.raises(AudioNotRetrievable, match="broke off"):
        list(chunks)
