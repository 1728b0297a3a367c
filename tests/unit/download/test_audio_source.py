"""Audio from a URL and audio from the request itself look the same."""

from pathlib import Path
from typing import cast

from audio_translation.audio.audio_file import FetchedFile
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import AudioSource, AudioUrl, SentFile
from audio_translation.download.download import Download


class Downloads:
    """Notes what is to be fetched."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Path, Deadline]] = []

    def fetch(self, url: str, folder: Path, deadline: Deadline) -> FetchedFile:
        self.asked.append((url, folder, deadline))
        return FetchedFile(folder / "x", 1, "x")


def test_a_url_is_downloaded_by_the_deadline_and_logged_as_itself(tmp_path: Path) -> None:
    downloads, deadline = Downloads(), Deadline.after(5)
    source: AudioSource = AudioUrl("https://a.test/a.mp3", cast(Download, downloads))
    assert source.fetch(tmp_path, deadline).path == tmp_path / "x"
    assert downloads.asked == [("https://a.test/a.mp3", tmp_path, deadline)]
    assert source.log_name == "https://a.test/a.mp3"


def test_a_file_that_was_sent_is_written_and_its_name_is_not_logged(tmp_path: Path) -> None:
    source: AudioSource = SentFile("../private.mp3", b"audio")
    fetched = source.fetch(tmp_path, Deadline.after(5))
    assert (fetched.path.read_bytes(), fetched.size, fetched.name) == (
        b"audio",
        5,
        "../private.mp3",
    )
    assert fetched.path.parent == tmp_path
    assert "private" not in source.log_name
