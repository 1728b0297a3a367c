import os
import threading
from pathlib import Path
from unittest import mock

import pytest

from audio_translate import NotWritten
from audio_translate.writing import write


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_there_whole_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "new" / "a.srt", b"text")
    assert (tmp_path / "new" / "a.srt").read_bytes() == b"text"
    assert names(tmp_path / "new") == ["a.srt"]


@pytest.mark.parametrize("links", [True, False])
def test_another_file_is_only_replaced_if_that_is_wanted(tmp_path: Path, links: bool) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(b"mine")
    with mock.patch("os.link", os.link if links else mock.Mock(side_effect=OSError)):
        with pytest.raises(NotWritten, match="there already"):
            write(path, b"text")
        assert path.read_bytes() == b"mine"
        write(tmp_path / "b.srt", b"text")
    write(path, b"text", overwrite=True)
    assert names(tmp_path) == ["a.srt", "b.srt"]


def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "a.srt")
    write(tmp_path / "link", b"text")
    assert (tmp_path / "a.srt").read_bytes() == b"text"
    assert (tmp_path / "link").is_symlink()


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    thread = threading.Thread(target=write, args=(path, b"text"))
    thread.start()
    assert path.read_bytes() == b"text"
    thread.join(10)


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 300])
def test_what_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotWritten):
        write(tmp_path / name, b"text", overwrite=True)
