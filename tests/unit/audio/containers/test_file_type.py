"""Which family a file is of; what is no audio; and that any bytes come to an end."""

import contextlib
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.containers.window import MAX_BYTES, MAX_READS
from audio_translation.errors import UnsupportedAudio
from tests.unit.audio.sample_files import FLAC, FTYP, MP4, MPEG, OGG, OTHERS, WAV, WEBM, encode, mp3
from tests.unit.audio.sniffed import answer, assert_bounded, assert_known, assert_refused

FAMILIES = (FLAC, MP4, MPEG, OGG, WAV, WEBM, OTHERS)
ACCEPTED = {name: made for family in FAMILIES for name, made in family.accepted.items()}
ENDLESS = [made for family in FAMILIES for made in family.endless.values()]


@pytest.mark.parametrize("name", OTHERS.accepted)
def test_a_file_of_an_accepted_kind_is_known_by_its_bytes(name: str) -> None:
    assert_known(OTHERS.accepted[name], direct=True)


@pytest.mark.parametrize("name", OTHERS.decoded)
def test_a_file_that_only_ffmpeg_decodes_is_known_and_is_not_direct(name: str) -> None:
    assert_known(OTHERS.decoded[name], direct=False)


@pytest.mark.parametrize("name", OTHERS.refused)
def test_what_is_not_accepted_is_refused_by_its_name(name: str) -> None:
    assert_refused(OTHERS.refused[name])


@pytest.mark.parametrize("name", OTHERS.endless)
def test_a_hostile_file_ends_in_a_refusal_after_a_bounded_number_of_reads(name: str) -> None:
    assert_bounded(OTHERS.endless[name])


def test_the_mime_type_goes_with_the_extension() -> None:
    assert answer(mp3()) == AudioType("mp3", "audio/mpeg")
    assert answer(encode("ipod", "aac")) == AudioType("m4a", "audio/mp4")
    assert answer(encode("webm", "libopus")) == AudioType("webm", "audio/webm")


def test_the_file_is_rewound_for_the_next_reader() -> None:
    file = io.BytesIO(mp3())
    sniff(file)
    assert file.tell() == 0
    file = io.BytesIO(b"text")
    with pytest.raises(UnsupportedAudio):
        sniff(file)
    assert file.tell() == 0


class Counted(io.BytesIO):
    """Counts what is taken from it."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.reads = self.bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self.reads += 1
        self.bytes += len(content)
        return content


def assert_type_or_refusal(content: bytes) -> None:
    file = Counted(content)
    with contextlib.suppress(UnsupportedAudio):
        assert isinstance(sniff(file), AudioType)
    assert file.reads <= MAX_READS
    assert file.bytes <= MAX_BYTES


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEADS = [b"", b"ID3\x04\0\0\0\0\0\0", b"OggS", b"fLaC", b"RIFF\0\0\0\0WAVE", FTYP, b"\0\0\1\xba"]
HEADS += [
    b"\x1a\x45\xdf\xa3",
    b"\xff\xfb\x90\0",
    b"\xff\xfe",
    b"<",
    *(head for head, _ in ENDLESS),
]


@given(st.sampled_from(HEADS), st.binary(max_size=2000))
@patient
def test_any_bytes_give_a_type_or_a_refusal(head: bytes, rest: bytes) -> None:
    assert_type_or_refusal(head + rest)


@given(
    st.sampled_from(sorted(ACCEPTED)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=9)), max_size=5),
    st.floats(0, 1),
)
@settings(patient, max_examples=300)
def test_a_damaged_or_cut_file_gives_a_type_or_a_refusal(
    name: str, damages: list[tuple[float, bytes]], kept: float
) -> None:
    content = bytearray(ACCEPTED[name][1]())
    for place, damage in damages:
        # Squared: most of what can be got wrong is near the start.
        at = int(len(content) * place**2)
        content[at : at + len(damage)] = damage
    assert_type_or_refusal(bytes(content[: int(len(content) * kept)]))
