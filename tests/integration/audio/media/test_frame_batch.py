"""Frames are joined only if they are of one kind and follow each other."""

from fractions import Fraction

import pytest
from av.audio.frame import AudioFrame

from audio_translation.audio.media import frame_batch
from audio_translation.audio.media.frame_batch import FrameBatch, time_of
from tests.audio.long_files import RATE

SAMPLES = 160


def frame(at: int, *, rate: int = RATE, layout: str = "mono", kind: str = "s16") -> AudioFrame:
    """Ten milliseconds, whose samples are the number of the first one."""
    made = AudioFrame(kind, layout, SAMPLES)
    made.sample_rate, made.pts, made.time_base = rate, at, Fraction(1, RATE)
    for plane in made.planes:
        plane.update(at.to_bytes(2, "little") * (len(bytes(plane)) // 2))
    return made


def test_frames_become_one_with_the_time_of_the_first() -> None:
    batch = FrameBatch()
    for number in range(3):
        assert batch.is_followed_by(frame(1600 + number * SAMPLES), timed=True)
        batch.add(frame(1600 + number * SAMPLES))
    assert batch.time == Fraction(1, 10)
    assert batch.seconds == pytest.approx(0.03)
    whole = batch.taken()
    assert whole is not None
    assert (whole.samples, whole.sample_rate, whole.layout.name) == (480, RATE, "mono")
    told = bytes(whole.planes[0])[: 2 * 480]
    expected = (number.to_bytes(2, "little") * SAMPLES for number in (1600, 1760, 1920))
    assert told == b"".join(expected)


def test_a_batch_that_is_taken_is_empty() -> None:
    batch = FrameBatch()
    assert batch.taken() is None
    batch.add(frame(0))
    assert batch.taken() is not None
    assert (batch.taken(), batch.time, batch.seconds) == (None, None, 0.0)


@pytest.mark.parametrize(
    ("following", "fits"),
    [
        (frame(SAMPLES), True),
        (frame(SAMPLES + 24), True),  # 1.5 ms late: times are rounded
        (frame(SAMPLES + 48), False),
        (frame(SAMPLES - 48), False),
        (frame(SAMPLES, rate=8_000), False),
        (frame(SAMPLES, layout="stereo"), False),
        (frame(SAMPLES, kind="s16p"), False),
    ],
)
def test_what_does_not_follow_does_not_fit(following: AudioFrame, *, fits: bool) -> None:
    batch = FrameBatch()
    batch.add(frame(0))
    assert batch.is_followed_by(following, timed=True) is fits


def test_times_that_are_made_up_do_not_count() -> None:
    batch = FrameBatch()
    batch.add(frame(0))
    assert batch.is_followed_by(frame(9_999), timed=False)


def test_a_frame_may_state_no_time() -> None:
    one = frame(0)
    one.pts = None
    assert time_of(one) is None
    batch = FrameBatch()
    batch.add(one)
    assert batch.time is None


def test_a_batch_for_which_there_is_no_memory_is_a_memory_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Full:
        def write(self, _: AudioFrame) -> None:
            raise RuntimeError("Could not allocate AVAudioFifo.")

    monkeypatch.setattr(frame_batch, "AudioFifo", Full)
    with pytest.raises(MemoryError):
        FrameBatch().add(frame(0))
