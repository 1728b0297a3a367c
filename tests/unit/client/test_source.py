import io
import os
import threading
from pathlib import Path

import pytest

from audio_translate import SourceNotReadable
from audio_translate.source import name_of, opened


def test_a_file_is_sent_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"sound")
    with path.open("rb") as file:
        for source in (path, str(path), file):
            with opened(source) as audio:
                assert audio.file is not None
                assert (audio.name, audio.size, audio.file.read()) == ("a.mp3", 5, b"sound")


def test_the_rest_of_a_stream_and_a_pipe_are_copied_to_know_their_size(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=(b"sound",)).start()
    begun = io.BytesIO(b"xsound")
    begun.read(1)
    for source in (pipe, begun):
        with opened(source, "call.wav") as audio:
            assert audio.file is not None
            audio.file.seek(0)
            assert (audio.name, audio.size, audio.file.read()) == ("call.wav", 5, b"sound")


def test_a_stream_of_the_caller_stays_open() -> None:
    stream = io.BytesIO(b"x")
    with opened(stream):
        pass
    assert not stream.closed


@pytest.mark.parametrize("url", ["https://example.com/a.mp3?X-Amz-Signature=1", "S3://b/k/a.mp3"])
def test_a_url_is_no_file(url: str) -> None:
    with opened(url) as audio:
        assert (audio.name, audio.url, audio.file) == ("a.mp3", url, None)


@pytest.mark.parametrize("source", ["no such file", "", "a\0b", "."])
def test_what_cannot_be_read_is_told(source: str) -> None:
    with pytest.raises(SourceNotReadable), opened(source):
        pass


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://h/", "recording"),
        ("https://h", "recording"),
        ("https://h/a%2Fb%0Ac.mp3", "a/b_c.mp3"),
        ("a\udcff\n.mp3", "a\N{REPLACEMENT CHARACTER}_.mp3"),
        ("x" * 300 + ".mp3", "x" * 251 + ".mp3"),
        (io.BytesIO(), "recording"),
    ],
)
def test_a_name_is_one_that_any_server_takes(source: object, name: str) -> None:
    assert name_of(source) == name  # type: ignore[arg-type]
