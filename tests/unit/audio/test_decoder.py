"""What whoever reads a translation is told of its file."""

from dataclasses import replace
from typing import Any

import pytest

from audio_translation.audio.decoder import AudioInfo, Track

ONE = (Track(1),)
TWO = (Track(1, "en"), Track(2, "es", default=True))


def test_a_sound_file_with_one_track_has_no_warnings() -> None:
    info = AudioInfo(1000, tracks=ONE)
    assert (info.plain, info.warnings) == (True, ())


def test_tracks_that_are_left_out_and_packets_that_are_lost_are_told_both() -> None:
    tracks, damage, end = AudioInfo(84_000, track=2, tracks=TWO, damaged=1, missing=36_000).warnings
    assert "only track 2 (es, default) was translated, and not track 1 (en)." in tracks
    assert "damaged or missing" in damage
    assert "lasts 0:02:00" in end
    assert "ends at 0:01:24" in end


@pytest.mark.parametrize(
    "odd",
    [
        {"start": 1},
        {"damaged": 1},
        {"missing": 1},
        {"gaps": 1},
        {"inverted": True},
        {"tracks": TWO},
    ],
)
def test_what_other_programs_may_hear_otherwise_is_not_plain(odd: dict[str, Any]) -> None:
    assert not replace(AudioInfo(1, tracks=ONE), **odd).plain
