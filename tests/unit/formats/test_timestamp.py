"""Times in subtitles."""

import pytest

from audio_translation.formats.timestamp import timestamp


@pytest.mark.parametrize(
    ("time", "written"),
    [
        (0, "00:00:00,000"),
        (999, "00:00:00,999"),
        (59_999, "00:00:59,999"),
        (3_599_999, "00:59:59,999"),
        (3_600_000, "01:00:00,000"),
        (359_999_001, "99:59:59,001"),
        (360_000_000, "100:00:00,000"),
    ],
)
def test_times_are_exact_and_may_exceed_99_hours(time: int, written: str) -> None:
    assert timestamp(time, ",") == written
    assert timestamp(time, ".") == written.replace(",", ".")
