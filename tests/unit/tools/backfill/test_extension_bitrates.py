"""What an object's extension says of it."""

import pytest

from tools.backfill.extension_bitrates import KBITS, extension, hours, may_be_audio


@pytest.mark.parametrize(
    ("key", "suffix", "audio"),
    [
        ("a/b.MP3", "mp3", True),
        ("a/b.3gp", "3gp", True),
        ("a.wav/b", "", True),
        ("a/+49.30.123456", "", True),
        ("call of 2024.05.01", "", True),
        ("No. of something long", "", True),
        ("talk.mp3.", "", True),
        ("b.json", "json", False),
        ("b.mp3.txt", "txt", False),
        ("b\n.mp3", "mp3", True),
        (".DS_Store", "", False),
        ("a/._what macOS adds.mp3", "mp3", False),
    ],
)
def test_a_name_tells_whether_it_may_be_audio(key: str, suffix: str, audio: bool) -> None:
    assert extension(key) == suffix
    assert may_be_audio(key) == audio


def test_hours_are_guessed_by_extension() -> None:
    assert hours("mp3", 96_000 // 8 * 3600) == pytest.approx(1)
    assert hours("", 96_000 // 8 * 3600) == pytest.approx(1)
    assert all(hours(suffix, 10**9) > 0 for suffix in KBITS)
