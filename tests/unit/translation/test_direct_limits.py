"""The rule for 200 or 202."""

import functools
import tempfile
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.audio_file import Audio, AudioType
from audio_translation.audio.type_detection.type_constants import MOV, MP3
from audio_translation.errors import NeedsJob, UnsupportedAudio
from audio_translation.translation.direct_limits import DirectLimits

FOLDER = Path(tempfile.mkdtemp(prefix="limits-"))
LIMITS = DirectLimits(max_bytes=1_000_000, max_duration=120_000, jobs=True)


@functools.cache
def says(duration: int | None) -> Path:
    """A file whose header tells so many milliseconds, or nothing at all if that is None."""
    path = FOLDER / f"{duration}.wav"
    if duration is None:
        path.write_bytes(b"no header")
        return path
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 1000, 0, "NONE", ""))
        file.writeframes(bytes(duration))
    return path


def fits(size: int = 1000, duration: int | None = 1000, kind: AudioType = MP3) -> bool:
    try:
        LIMITS.check(Audio(path=says(duration), type=kind, size=size))
    except NeedsJob:
        return False
    return True


@pytest.mark.parametrize(
    ("size", "duration", "fitting"),
    [
        (1_000_000, 120_000, True),
        (1_000_001, 120_000, False),
        (1_000_000, 120_001, False),
        (480_000, None, True),  # 120 s at 32 kbit/s
        (480_004, None, False),
        (480_004, 0, False),
        (480_004, 1, True),
    ],
)
def test_size_and_duration_decide_and_size_stands_for_a_duration_that_is_not_known(
    size: int, duration: int | None, fitting: bool
) -> None:
    assert fits(size, duration) is fitting


def test_a_type_that_no_provider_takes_never_fits() -> None:
    assert fits()
    assert not fits(kind=MOV)


@given(
    st.integers(0, 2_000_000),
    st.integers(0, 2_000_000),
    st.sampled_from([None, 0, 1, 119_999, 120_000, 120_001, 200_000]),
)
def test_less_audio_never_needs_a_job_where_more_does_not(
    size: int, more: int, duration: int | None
) -> None:
    assert fits(size, duration) or not fits(size + more, duration)


def test_without_jobs_any_length_is_tried_and_a_type_that_must_be_decoded_first_is_refused() -> (
    None
):
    limits = DirectLimits(max_bytes=1000, max_duration=1000, jobs=False)
    limits.check(Audio(path=says(200_000), type=MP3, size=10**9))
    with pytest.raises(UnsupportedAudio, match="The file is mov, which is not accepted"):
        limits.check(Audio(path=says(1), type=MOV, size=1))
