"""What a file must come to, whichever family it is of."""

import contextlib
import io
from typing import BinaryIO, cast

import pytest

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.containers.window import MAX_BYTES, MAX_READS
from audio_translation.errors import UnsupportedAudio
from tests.unit.audio.sample_files import Make


class Endless(io.RawIOBase):
    """A file of 2**62 bytes that begins with ``head`` and goes on with ``pattern``, for ever."""

    def __init__(self, head: bytes, pattern: bytes) -> None:
        self.head, self.pattern, self.position, self.reads = head, pattern, 0, 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.position = 2**62 if whence == 2 else offset
        return self.position

    def read(self, size: int = -1, /) -> bytes:
        self.reads += 1
        assert 0 <= size <= MAX_BYTES
        start, end = self.position, self.position + size
        fill = max(start, len(self.head)) - len(self.head)
        shift = fill % len(self.pattern)
        body = (self.pattern * (size // len(self.pattern) + 2))[shift : shift + size]
        return (self.head[start:end] + body)[:size]


def answer(content: bytes) -> AudioType:
    return sniff(io.BytesIO(content))


def assert_known(sample: tuple[str, Make], *, direct: bool) -> None:
    """The file is known by its bytes as what it is."""
    extension, content = sample
    found = answer(content())
    assert (found.extension, found.direct) == (extension, direct)


def assert_refused(sample: tuple[str, Make]) -> None:
    """The file is refused by its name, and the refusal says what is accepted."""
    says, content = sample
    with pytest.raises(UnsupportedAudio) as caught:
        answer(content())
    assert says in caught.value.message
    assert "Accepted is whatever ffmpeg plays: mp3" in caught.value.message
    assert caught.value.param == "audioFileUrl"


def assert_bounded(sample: tuple[bytes, bytes]) -> None:
    """A file without an end is refused, or left to ffmpeg, after a bounded number of reads."""
    file = Endless(*sample)
    with contextlib.suppress(UnsupportedAudio):
        assert sniff(cast(BinaryIO, file)).extension == "bin"
    assert file.reads <= MAX_READS
