"""What whoever reads a translation is told of its file."""

from audio_translation.audio.decoder import AudioInfo


def warnings(*, streams: int, damaged: int) -> tuple[str, ...]:
    info = AudioInfo("mp4", "aac", duration=1000, streams=streams, start=0, damaged=damaged)
    return info.warnings


def test_a_sound_file_with_one_stream_has_no_warnings() -> None:
    assert warnings(streams=1, damaged=0) == ()


def test_streams_that_are_left_out_and_packets_that_are_lost_are_told_both() -> None:
    streams, damage = warnings(streams=3, damaged=1)
    assert "3 audio streams; only the first" in streams
    assert "damaged or missing" in damage
