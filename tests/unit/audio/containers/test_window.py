"""A window shows what is there, and only so much of it."""

import io

import pytest

from audio_translation.audio.containers.window import MAX_BYTES, MAX_READS, SearchEnded, Window


def test_bytes_are_those_at_the_offset_and_fewer_at_the_end() -> None:
    window = Window(io.BytesIO(b"0123456789"))
    assert window.size == 10
    assert (window.at(3, 4), window.at(8, 4), window.at(10, 4), window.at(2**63, 4)) == (
        b"3456",
        b"89",
        b"",
        b"",
    )


def test_numbers_are_big_endian_and_0_where_the_file_has_ended() -> None:
    window = Window(io.BytesIO(b"\x00\x01\x02"))
    assert (window.number(0, 2), window.number(1, 2), window.number(3, 4)) == (1, 0x0102, 0)


def test_so_many_reads_are_taken_and_no_more() -> None:
    window = Window(io.BytesIO(b"x"))
    for _ in range(MAX_READS):
        window.at(0, 1)
    with pytest.raises(SearchEnded, match="No sound was found"):
        window.at(0, 1)


def test_so_many_bytes_are_taken_and_no_more() -> None:
    window = Window(io.BytesIO(bytes(MAX_BYTES + 1)))
    assert len(window.at(0, MAX_BYTES)) == MAX_BYTES
    with pytest.raises(SearchEnded, match="No sound was found"):
        window.at(MAX_BYTES, 1)
