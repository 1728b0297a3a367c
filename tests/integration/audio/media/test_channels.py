"""What is heard of frames of two channels, in every kind of samples."""

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from audio_translation.audio.media.channels import Channels
from audio_translation.audio.media.two_sides import TwoSides
from audio_translation.errors import InvalidRequest

RATE = 8_000
SECONDS = 8
KINDS = ["u8", "u8p", "s16", "s16p", "s32", "s32p", "flt", "fltp", "dbl", "dblp"]
SUM, DIFFERENCE = "0.5*c0+0.5*c1", "0.5*c0-0.5*c1"

Samples = NDArray[np.float32]


def speech(*seconds: int, seed: int = 1) -> Samples:
    """Return noise in these seconds, silence in the others."""
    samples = np.random.default_rng(seed).uniform(-0.3, 0.3, RATE * SECONDS)
    spoken = np.isin(np.arange(len(samples)) // RATE, seconds)
    return np.where(spoken, samples, 0).astype(np.float32)


def frames(*channels: Samples, kind: str = "s16", size: int = 2_048) -> list[AudioFrame]:
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(channels)]
    frame = AudioFrame.from_ndarray(np.stack(channels), "fltp", layout)
    frame.sample_rate = RATE
    resampler = av.AudioResampler(format=kind, layout=layout, rate=RATE, frame_size=size)
    return [*resampler.resample(frame), *resampler.resample(None)]


def told(channels: Channels, *given: AudioFrame) -> tuple[bool, bool]:
    """Return whether the sides are alike, and differ."""
    for frame in given:
        channels.heard(frame)
    sides = TwoSides(channels.sides)
    return sides.are_alike, sides.differ


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [2_048, 40_000])
def test_sides_that_speak_in_turn_differ_in_every_format(kind: str, size: int) -> None:
    given = frames(speech(0, 1, 4, 5), speech(2, 3, 6, seed=2), kind=kind, size=size)
    assert told(Channels(None), *given) == (False, True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("factor", [1.0, 0.25, -1.0])
def test_the_same_sound_is_alike_in_every_format(kind: str, factor: float) -> None:
    one = speech(0, 2, 3, 6)
    assert told(Channels(None), *frames(one, factor * one, kind=kind)) == (True, False)


def test_both_sides_at_once_are_neither() -> None:
    given = frames(speech(*range(8)), speech(*range(8), seed=2))
    assert told(Channels(None), *given) == (False, False)


@pytest.mark.parametrize("kind", KINDS)
def test_sides_that_cancel_each_other_out_are_heard_by_their_difference(kind: str) -> None:
    one = speech(0, 1)
    heard = Channels(None)
    assert heard.heard(frames(one, -one, kind=kind)[0]) == DIFFERENCE
    assert heard.inverted
    assert Channels(None).heard(frames(one, one, kind=kind)[0]) == SUM


def test_one_side_is_heard_alone_whatever_it_holds() -> None:
    one = speech(0, 1)
    for channel in (0, 1):
        heard = Channels(channel)
        assert {heard.heard(frame) for frame in frames(one, -one)} == {f"c{channel}"}
        assert (heard.most, heard.inverted) == (2, False)


def test_what_has_one_channel_belongs_to_the_first_side() -> None:
    (frame, *_) = frames(speech(0))
    assert [Channels(channel).heard(frame) for channel in (None, 0, 1)] == [None, None, "0*c0"]


def test_more_than_two_channels_are_mixed_and_never_separate() -> None:
    (frame, *_) = frames(*[speech(0)] * 6)
    assert Channels(None).heard(frame) is None
    with pytest.raises(InvalidRequest, match="6 channels"):
        Channels(0).heard(frame)


def test_another_part_of_the_track_begins_anew() -> None:
    first = Channels(1)
    told(first, *frames(speech(0), speech(1)))
    again = first.again()
    assert (again.most, not again.sides) == (0, True)
    assert again.heard(frames(speech(0), speech(1))[0]) == "c1"
