"""Sound is found at the times that the file states: late starts, gaps, wrong clocks."""

import random
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from audio_translation.audio.speech import WINDOW
from audio_translation.errors import UnsupportedAudio
from tests.audio.long_files import RATE
from tests.audio.media_files import late_avi
from tests.integration.audio.tone import BEEP, SECONDS, beep, decode, encode, loud


@pytest.mark.parametrize("extension", ["mp4", "mov", "mkv", "ts", "avi"])
def test_sound_that_starts_later_than_the_video_keeps_its_offset(
    tmp_path: Path, extension: str
) -> None:
    path = tmp_path / f"late.{extension}"
    if extension == "avi":
        late_avi(path, beep(), 1.5)
    else:
        video = [n / 25 for n in range(25 * SECONDS)]
        encode(path, "aac", rate=48_000, video=video, late=1.5)
    decoded = decode(path)
    assert decoded.info.start == pytest.approx(1500, abs=50)
    assert loud(decoded)[0] == pytest.approx(BEEP[0] + 1.5, abs=0.05)
    assert decoded.info.duration == pytest.approx(7500, abs=150)


def test_frames_of_a_video_at_any_time_do_not_move_the_sound(tmp_path: Path) -> None:
    path = tmp_path / "variable.mkv"
    chance = random.Random(7)
    times = sorted({round(chance.uniform(0.04, SECONDS), 3) for _ in range(60)})
    encode(path, "aac", video=[0, *times])
    assert loud(decode(path))[0] == pytest.approx(BEEP[0], abs=0.05)


@pytest.mark.parametrize("gap", [0.06, 0.5, 1800])
def test_a_gap_in_the_sound_becomes_silence(tmp_path: Path, gap: float) -> None:
    path = tmp_path / "gap.mkv"
    encode(path, "pcm_s16le", pts=lambda at: at + (round(gap * RATE) if at >= RATE else 0))
    decoded = decode(path)
    assert decoded.info.duration == pytest.approx((SECONDS + gap) * 1000, abs=50)
    assert loud(decoded)[0] == pytest.approx(BEEP[0] + gap, abs=0.051)
    assert len(decoded.levels) == -(-decoded.info.duration // WINDOW)


def test_sound_that_is_there_twice_is_left_out_once(tmp_path: Path) -> None:
    """A recorder whose clock is slow: it counts 3 % more samples than there is time."""
    path = tmp_path / "slow.mkv"
    encode(path, "pcm_s16le", pts=lambda at: at - at // 32)
    decoded = decode(path)
    assert decoded.info.duration == pytest.approx(SECONDS * 1000 * 31 / 32, abs=60)
    assert loud(decoded)[0] == pytest.approx(BEEP[0] * 31 / 32, abs=0.06)


def test_many_small_gaps_do_not_add_up(tmp_path: Path) -> None:
    path = tmp_path / "gaps.mkv"
    encode(path, "pcm_s16le", pts=lambda at: at + at // 1024 * 160)  # 10 ms after each 64
    assert loud(decode(path))[0] == pytest.approx(BEEP[0] * (1 + 160 / 1024), abs=0.06)


def test_a_clock_that_jumps_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "jump.mkv"
    far = 1_000_000 * RATE
    encode(path, "pcm_s16le", pts=lambda at: at + (far if at >= RATE else 0))
    decoded = decode(path)
    assert decoded.info.duration == pytest.approx(SECONDS * 1000, abs=150)
    assert loud(decoded)[0] == pytest.approx(BEEP[0], abs=0.05)


def test_parts_of_a_stream_that_each_start_anew_follow_each_other(tmp_path: Path) -> None:
    one = tmp_path / "one.ts"
    encode(one, "aac")
    two = tmp_path / "two.ts"
    two.write_bytes(one.read_bytes() * 2)
    decoded = decode(two)
    assert decoded.info.duration == pytest.approx(2 * SECONDS * 1000, abs=300)
    assert loud(decoded)[1] == pytest.approx(SECONDS + BEEP[1], abs=0.2)


def test_packets_without_times_that_are_lost_leave_their_length(tmp_path: Path) -> None:
    """Otherwise all that follows would be too early."""
    path = tmp_path / "lost.aac"
    encode(path, "aac", rate=48_000, data=random.Random(5).randbytes(2 * RATE * SECONDS))
    data = bytearray(path.read_bytes())
    heads = [at for at in adts_frames(data) if len(data) // 3 < at < len(data) // 2]
    for at in heads:
        data[at + 7 : at + 60] = random.Random(at).randbytes(53)
    path.write_bytes(data)
    info = decode(path).info
    assert info.damaged > 10
    assert info.duration == pytest.approx(SECONDS * 1000, abs=100)
    assert info.gaps == pytest.approx(info.damaged * 1024 / 48, rel=0.1)


def wav_of(path: Path, rate: int, seconds: int) -> Path:
    data = random.Random(rate).randbytes(2 * rate * seconds)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(data)
    return path


@pytest.mark.parametrize("rate", [2_000, 4_000, 5_512, 6_000, 8_000])
def test_few_samples_a_second_are_sound_as_well(tmp_path: Path, rate: int) -> None:
    assert decode(wav_of(tmp_path / "low.wav", rate, 10)).info.duration == 10_000


@pytest.mark.parametrize("rate", [1, 7, 100, 1_999])
def test_too_few_samples_a_second_are_refused(tmp_path: Path, rate: int) -> None:
    with pytest.raises(UnsupportedAudio, match=f"has {rate} samples a second"):
        decode(wav_of(tmp_path / "low.wav", rate, 10))


def test_as_many_samples_a_second_as_any_recorder_has_are_sound(tmp_path: Path) -> None:
    assert decode(wav_of(tmp_path / "dsd512.wav", 2_822_400, 1)).info.duration == 1_000


def test_more_samples_a_second_than_any_recorder_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedAudio, match="has 3000001 samples a second"):
        decode(wav_of(tmp_path / "high.wav", 3_000_001, 1))


def adts_frames(data: bytearray) -> Iterator[int]:
    """Yield where each frame begins, by the lengths in their headers."""
    at = 0
    while at + 7 <= len(data):
        yield at
        at += (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
