"""What is read of a file that still arrives is what it will be."""

import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio import arriving_file
from audio_translation.audio.audio_file import Audio, FetchedFile
from audio_translation.audio.containers.type_constants import WAV
from audio_translation.deadline import Deadline
from audio_translation.errors import AudioNotRetrievable, AudioTooLarge

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

CONTENT = bytes(range(256)) * 40


@contextmanager
def arriving(path: Path, pieces: list[int]) -> Iterator[None]:
    """Write the content in pieces that end there, each a little later."""

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            for start, end in zip([0, *pieces], [*pieces, len(CONTENT)], strict=True):
                time.sleep(0.002)
                file.write(CONTENT[start:end])
        arriving_file.complete(path)

    path.touch()
    arriving_file.begin(path, len(CONTENT))
    thread = threading.Thread(target=write)
    thread.start()
    yield
    thread.join()


@given(
    pieces=st.lists(st.integers(0, len(CONTENT)), max_size=6),
    reads=st.lists(st.tuples(st.integers(0, len(CONTENT)), st.integers(-1, 4_000)), max_size=8),
)
def test_all_that_is_read_is_right_however_it_arrives(
    pieces: list[int], reads: list[tuple[int, int]]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "audio"
        with arriving(path, sorted(pieces)), arriving_file.opened(path, Deadline.after(20)) as file:
            for at, length in reads:
                assert file.seek(at) == at
                end = None if length < 0 else at + length
                assert file.read(length) == CONTENT[at:end]
                assert file.tell() == at + len(CONTENT[at:end])


def test_the_end_and_the_size_are_those_of_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "audio"
    path.write_bytes(b"beg")
    arriving_file.begin(path, 10)
    assert arriving_file.size_of(path) == 10
    with arriving_file.opened(path, Deadline.after(9)) as file:
        assert file.seek(-8, io.SEEK_END) == 2
        assert file.read(1) == b"g"
        assert (file.readable(), file.seekable()) == (True, True)
    arriving_file.complete(path)
    assert arriving_file.size_of(path) == 3


def test_a_file_that_is_there_is_opened_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "audio"
    path.write_bytes(CONTENT)
    with arriving_file.opened(path, Deadline.after(9)) as file:
        assert not isinstance(file, arriving_file.ArrivingFile)
        assert file.read() == CONTENT


def test_what_does_not_come_is_waited_for_until_the_deadline(tmp_path: Path) -> None:
    path = tmp_path / "audio"
    path.write_bytes(b"beg")
    arriving_file.begin(path, 10)
    with (
        arriving_file.opened(path, Deadline.after(0.05)) as file,
        pytest.raises(AudioTooLarge, match="time that is given"),
    ):
        file.read(4)


def audio(rest: "Future[FetchedFile] | None") -> Audio:
    return Audio(Path("a.wav"), WAV, 10, rest)


def test_an_audio_is_there_when_its_download_has_succeeded() -> None:
    rest: Future[FetchedFile] = Future()
    arriving_file.wait_for(audio(None), Deadline.after(0))
    with pytest.raises(AudioTooLarge, match="time that is given"):
        arriving_file.wait_for(audio(rest), Deadline.after(0.01))
    rest.set_result(FetchedFile(Path("a.wav"), 10, "a.wav"))
    arriving_file.wait_for(audio(rest), Deadline.after(9))
    assert not arriving_file.has_failed(audio(rest))


def test_a_download_that_fails_is_the_audios_error() -> None:
    rest: Future[FetchedFile] = Future()
    assert not arriving_file.has_failed(audio(rest))
    rest.set_exception(AudioNotRetrievable("It broke off."))
    assert arriving_file.has_failed(audio(rest))
    with pytest.raises(AudioNotRetrievable, match="broke off"):
        arriving_file.wait_for(audio(rest), Deadline.after(9))


def test_what_will_not_come_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "audio"
    path.write_bytes(b"beg")
    arriving_file.begin(path, 10)
    with arriving_file.opened(path, Deadline.after(60)) as file:
        arriving_file.give_up(path)
        assert file.read(3) == b"beg"
        with pytest.raises(AudioNotRetrievable, match="did not arrive"):
            file.read(1)
    rest: Future[FetchedFile] = Future()
    assert arriving_file.has_failed(Audio(path, WAV, 10, rest)), "before its download says why"


def test_all_is_written_where_a_part_is_taken_at_a_time() -> None:
    class Slow(io.FileIO):
        def write(self, content: "Buffer") -> int:
            return super().write(bytes(content)[:3])

    with TemporaryDirectory() as folder, Slow(f"{folder}/a", "w") as file:
        arriving_file.write_all(file, CONTENT[:100])
        assert Path(f"{folder}/a").read_bytes() == CONTENT[:100]
