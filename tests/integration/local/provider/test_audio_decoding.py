"""Files become pieces of samples: cut where it is quiet, and no sample lost."""

import io

import numpy as np
import pytest

from local.provider.audio_decoding import RATE, Undecodable, decoded_pieces
from tests.fakes.wav import wav


def test_long_audio_is_cut_where_it_is_quiet_and_no_sample_is_lost() -> None:
    rng = np.random.default_rng(1)
    audio = rng.integers(-8000, 8000, 11 * 60 * RATE, np.int16)
    pauses = (270, 281, 540)  # seconds; 281 is in the last minute of the first piece, too
    for pause, length in zip(pauses, (0.2, 1, 1), strict=True):
        audio[round(pause * RATE) : round((pause + length) * RATE)] = 0

    found = list(decoded_pieces(io.BytesIO(wav(audio))))

    assert [start for start, _ in found] == pytest.approx([0, 281.5, 540.5], abs=0.5)
    assert all(len(samples) <= 300 * RATE for _, samples in found)
    joined = np.concatenate([samples for _, samples in found])
    assert np.array_equal(np.round(joined * 32768).astype(np.int16), audio)


def test_exactly_five_minutes_are_one_piece() -> None:
    assert len(list(decoded_pieces(io.BytesIO(wav(np.zeros(300 * RATE, np.int16)))))) == 1


@pytest.mark.parametrize("content", [b"", b"<html></html>", bytes(range(256)) * 40])
def test_what_is_no_audio_is_undecodable(content: bytes) -> None:
    with pytest.raises(Undecodable):
        list(decoded_pieces(io.BytesIO(content)))
