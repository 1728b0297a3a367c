"""Recordings on which times, text or tracks have gone wrong, each with what is truly spoken in it.

``ODD`` has all by name, to be made when they are asked for. Times are integer milliseconds on a
media player's clock.
"""

import functools
import io
import wave
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.audio.sound_files import Samples, Track, sound, written
from tests.audio.tones import SPOKEN, english

SPREAD = {1: 1_000, 2: 8_280, 3: 16_960}
"""Three phrases with long pauses: number to start."""
SHORT = {1: 1_000, 2: 3_500}
CLOSE = 600
"""The pause between two sentences of one breath."""


class Phrase(NamedTuple):
    """What is spoken: number, start and end."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class OddRecording:
    """A file; ``tracks`` has the phrases of all its tracks if it has several."""

    extension: str
    content: bytes
    phrases: tuple[Phrase, ...]
    duration: int
    tracks: tuple[tuple[Phrase, ...], ...] = ()

    @property
    def text(self) -> str:
        """What is said in English."""
        return " ".join(english(phrase.number) for phrase in self.phrases)


def phrases(
    starts: Mapping[int, int], *, later: int = 0, spoken: int = SPOKEN
) -> tuple[Phrase, ...]:
    """Return the phrases that begin at these times, all ``later``."""
    return tuple(
        Phrase(number, start + later, start + later + spoken) for number, start in starts.items()
    )


# Plain files -------------------------------------------------------------------------------------


def of(starts: Mapping[int, int], length: int, *, spoken: int = SPOKEN) -> OddRecording:
    """Return a wav with phrases at these times."""
    samples = sound(starts, length, rate=16_000, spoken=spoken)
    return OddRecording("wav", _wav(samples), phrases(starts, spoken=spoken), length)


def spread() -> OddRecording:
    return of(SPREAD, 20_000)


def after_silence() -> OddRecording:
    """The same after 20 s in which nobody speaks."""
    return of({number: start + 20_000 for number, start in SPREAD.items()}, 40_000)


def of_24_seconds() -> OddRecording:
    """A file whose length is known to a hundredth of a second."""
    return of({1: 1_000, 2: 9_000, 3: 22_400}, 24_150)


def two_sentences() -> OddRecording:
    """Two sentences with ``CLOSE`` between them."""
    return of({1: 1_000, 2: 1_000 + SPOKEN + CLOSE}, 5_500)


def every_three_seconds(count: int = 39) -> OddRecording:
    """An utterance every three seconds."""
    return of({number: 1_000 + 3_000 * number for number in range(count)}, 3_000 * count + 1_500)


def several_languages(count: int, pause: int) -> OddRecording:
    """As many phrases with such pauses; the languages are the provider's."""
    starts = {number + 1: 1_000 + (SPOKEN + pause) * number for number in range(count)}
    return of(starts, 1_000 + (SPOKEN + pause) * count)


def quiet() -> OddRecording:
    """Syllables with a peak of -60 dBFS, most of it 12 dB lower, in 32-bit float."""
    loud = sound(SPREAD, 20_000, rate=16_000, peak=1.0)
    syllables = 0.25 + 0.75 * np.sin(2 * np.pi * 2 / 16_000 * np.arange(len(loud))) ** 8
    samples = (loud * syllables * 10 ** (-60 / 20)).astype(np.float32)
    file = written("wav", Track(samples, "pcm_f32le", rate=16_000))
    return OddRecording("wav", file, phrases(SPREAD), 20_000)


def from_a_pipe() -> OddRecording:
    """Five seconds of wav whose writer could not go back to fill in the sizes."""
    content = bytearray(_wav(sound(SHORT, 5_000, rate=16_000)))
    for at in (4, content.index(b"data") + 4):
        content[at : at + 4] = b"\xff" * 4
    return OddRecording("wav", bytes(content), phrases(SHORT), 5_000)


# Nobody speaks -----------------------------------------------------------------------------------


def silence() -> OddRecording:
    """Ten seconds of zeros."""
    return of({}, 10_000)


def steady_noise() -> OddRecording:
    """Ten seconds of a fan at -50 dBFS."""
    return OddRecording("wav", _wav(_noise(10_000, -50, 0)), (), 10_000)


def fluctuating_noise() -> OddRecording:
    """Ten seconds of a room at -60 dBFS, whose level goes up and down by some 8 dB."""
    return OddRecording("wav", _wav(_noise(10_000, -60, 8)), (), 10_000)


def _noise(length: int, level: float, swing: float) -> Samples:
    chance = np.random.default_rng(11)
    count = length * 16
    knots = chance.uniform(-swing, swing, length // 250 + 2)
    levels = level + np.interp(np.arange(count), np.arange(len(knots)) * 4_000, knots)
    noise: Samples = (chance.standard_normal(count) * 10 ** (levels / 20)).astype(np.float32)
    return noise


# Times that only the container tells -------------------------------------------------------------


def late(container: str, codec: str, film: str) -> OddRecording:
    """Sound that starts 4 s later than the file, as a picture or an edit list tells."""
    track = Track(sound(SHORT, 6_000), codec, moved=lambda time: time + 4_000)
    extension = {"matroska": "mkv"}.get(container, container)
    file = written(container, track, film=film)
    return OddRecording(extension, file, phrases(SHORT, later=4_000), 10_000)


def with_a_hole() -> OddRecording:
    """A webm whose recorder was paused: for 6 s from 6.5 s on there is no packet."""

    def moved(time: int) -> int:
        return time if time < 6_500 else time + 6_000

    content = written(
        "webm", Track(sound({1: 1_000, 2: 8_300, 3: 17_000}, 20_000), "libopus", moved=moved)
    )
    return OddRecording("webm", content, phrases({1: 1_000, 2: 14_300, 3: 23_000}), 26_000)


def without_duration() -> OddRecording:
    """A minute of webm as a browser records it."""
    starts = {1: 1_000, 2: 20_000, 3: 40_000, 4: 57_000}
    track = Track(sound(starts, 60_000), "libopus")
    content = written("webm", track, options={"live": "1"}, seekable=False)
    return OddRecording("webm", content, phrases(starts), 60_000)


def cut_off() -> OddRecording:
    """An mp4 with its index in front, whose last 30 % were never downloaded."""
    track = Track(sound({1: 1_000, 2: 3_500, 3: 8_200}, 10_000, hiss=3e-4), bit_rate=64_000)
    whole = written("mp4", track, options={"movflags": "+faststart"})
    return OddRecording("mp4", whole[: len(whole) * 7 // 10], phrases(SHORT), 7_000)


def of_two_rates() -> OddRecording:
    """Raw AAC that goes on with twice the sampling rate: two files, one after the other.

    ADTS does not say how much of the first packet is the encoder's delay: 1024 samples are heard.
    """
    first, second = {1: 1_000, 2: 4_000}, {3: 1_500, 4: 5_000}
    parts = [
        written("adts", Track(sound(starts, length, rate=rate), rate=rate))
        for starts, length, rate in ((first, 6_400, 24_000), (second, 8_000, 48_000))
    ]
    begins = _adts_frames(parts[0]) * 1024 * 1000 // 24_000
    ends = begins + _adts_frames(parts[1]) * 1024 * 1000 // 48_000
    heard = phrases(first, later=1024 // 24) + phrases(second, later=begins + 1024 // 48)
    return OddRecording("aac", b"".join(parts), heard, ends)


def _adts_frames(content: bytes) -> int:
    """Count them by their lengths."""
    at = count = 0
    while at < len(content):
        at += (content[at + 3] & 3) << 11 | content[at + 4] << 3 | content[at + 5] >> 5
        count += 1
    return count


# Channels and tracks -----------------------------------------------------------------------------


def opposite(container: str, codec: str, *, half: bool = False) -> OddRecording:
    """Stereo whose right channel is the left one upside down, or is so in the second half."""
    rate = 16_000 if container == "wav" else 48_000
    left = sound(SPREAD, 20_000, rate=rate)
    right = -left
    if half:
        right[: len(left) // 2] *= -1
    track = Track(np.stack([left, right]), codec, rate=rate, layout="stereo", bit_rate=128_000)
    file = written(container, track)
    return OddRecording("m4a" if container == "mp4" else container, file, phrases(SPREAD), 20_000)


FIRST_TRACK = {11: 1_000, 12: 4_000}
SECOND_TRACK = {21: 2_000, 22: 5_500}
"""What two tracks say: English and Spanish by their metadata."""


def two_tracks(container: str, *, default: int | None = 1) -> OddRecording:
    """Two tracks; the one of that index is marked as default."""
    tracks = [
        Track(sound(starts, 8_000), language=language, default=index == default)
        for index, (starts, language) in enumerate([(FIRST_TRACK, "eng"), (SECOND_TRACK, "spa")])
    ]
    spoken = (phrases(FIRST_TRACK), phrases(SECOND_TRACK))
    return OddRecording(
        {"matroska": "mkv"}.get(container, container),
        written(container, *tracks),
        spoken[default or 0],
        8_000,
        spoken,
    )


def silent_first_track() -> OddRecording:
    """A microphone that was not plugged in, marked as default, and one that was."""
    tracks = [Track(sound({}, 8_000), default=True), Track(sound(SECOND_TRACK, 8_000))]
    spoken = phrases(SECOND_TRACK)
    return OddRecording("mkv", written("matroska", *tracks), spoken, 8_000, ((), spoken))


def unknown_first_track() -> OddRecording:
    """A first track in a codec that nobody has, marked as default, and one that can be decoded."""
    tracks = [
        Track(sound(FIRST_TRACK, 8_000), "pcm_s16le", default=True),
        Track(sound(SECOND_TRACK, 8_000)),
    ]
    content = written("matroska", *tracks)
    assert content.count(b"A_PCM/INT/LIT") == 1
    content = content.replace(b"A_PCM/INT/LIT", b"A_SECRET/2099")
    spoken = phrases(SECOND_TRACK)
    return OddRecording("mkv", content, spoken, 8_000, ((), spoken))


# Containers --------------------------------------------------------------------------------------


def in_container(
    container: str,
    codec: str,
    extension: str,
    *,
    film: str = "",
    bit_rate: int = 0,
    options: Mapping[str, str] | None = None,
) -> OddRecording:
    """Two phrases in a container."""
    track = Track(sound(SHORT, 6_000), codec, bit_rate=bit_rate)
    content = written(container, track, film=film, options=options)
    return OddRecording(extension, content, phrases(SHORT), 6_000)


def _wav(samples: Samples) -> bytes:
    """16 bits, 16 kHz, mono."""
    file = io.BytesIO()
    with closing(wave.open(file, "wb")) as writer:
        writer.setparams((1, 2, 16_000, 0, "NONE", ""))
        writer.writeframes(np.round(samples * 32_767).astype("<i2").tobytes())
    return file.getvalue()


Make = Callable[[], OddRecording]


def _all(named: Iterable[tuple[str, Make]]) -> dict[str, Make]:
    return {name: functools.cache(make) for name, make in named}


CONTAINERS: dict[str, Make] = _all(
    (name, functools.partial(in_container, *arguments, **options))
    for name, arguments, options in (
        (
            "camcorder with packets of 192 bytes",
            ("mpegts", "ac3", "mts"),
            {"film": "libx264", "options": {"mpegts_m2ts_mode": "1"}},
        ),
        ("program stream", ("mpeg", "mp2", "mpg"), {"film": "mpeg2video"}),
        ("w64", ("w64", "pcm_s16le", "w64"), {}),
        ("mxf", ("mxf", "pcm_s16le", "mxf"), {"film": "mpeg2video"}),
        ("ac3", ("ac3", "ac3", "ac3"), {}),
        ("wma", ("asf", "wmav2", "wma"), {"bit_rate": 96_000}),
        ("true audio", ("tta", "tta", "tta"), {}),
    )
)
"""Files of camcorders and studios."""

ODD: dict[str, Make] = {
    **_all(
        [
            ("spread", spread),
            ("after silence", after_silence),
            ("late mp4 film", functools.partial(late, "mp4", "aac", "mpeg4")),
            ("late m4a by its edit list", functools.partial(late, "mp4", "aac", "")),
            ("late webm film", functools.partial(late, "webm", "libopus", "libvpx")),
            ("hole", with_a_hole),
            ("opposite wav", functools.partial(opposite, "wav", "pcm_s16le")),
            ("opposite m4a", functools.partial(opposite, "mp4", "aac")),
            ("half opposite wav", functools.partial(opposite, "wav", "pcm_s16le", half=True)),
            ("two tracks mkv", functools.partial(two_tracks, "matroska")),
            ("two tracks mp4", functools.partial(two_tracks, "mp4")),
            ("first of two tracks", functools.partial(two_tracks, "matroska", default=0)),
            ("silent first track", silent_first_track),
            ("unknown first track", unknown_first_track),
            ("quiet", quiet),
            ("two rates", of_two_rates),
            ("silence", silence),
            ("steady noise", steady_noise),
            ("fluctuating noise", fluctuating_noise),
            ("voice note", functools.partial(in_container, "ogg", "libopus", "ogg")),
            ("cut off", cut_off),
            ("24.15 s", of_24_seconds),
            ("from a pipe", from_a_pipe),
            ("without duration", without_duration),
            ("two sentences", two_sentences),
            ("every three seconds", every_three_seconds),
            ("six languages", functools.partial(several_languages, 6, 1_000)),
            ("five languages in a breath", functools.partial(several_languages, 5, CLOSE)),
        ]
    ),
    **CONTAINERS,
}
"""All of them, by name; each is made once."""
