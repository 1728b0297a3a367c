"""Any media in, samples on the file's own clock out; and what is wrong is said."""

import functools
import io
import math
import os
import random
import struct
import subprocess
import sys
import wave
from array import array
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import av.error
import pytest
from av.video.frame import VideoFrame

from audio_translation.adapters import media
from audio_translation.domain.audio import Audio, Decoded
from audio_translation.domain.chunking import longest
from audio_translation.domain.containers import FLAC
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.errors import (
    AudioTooLarge,
    Internal,
    UnsupportedAudio,
)
from audio_translation.domain.silence import WINDOW
from audio_translation.domain.sniff import sniff
from tests.benchmarks.splitting import write_silence
from tests.long_audio import RATE, framed

HOUR = 3_600_000
BIT_RATES = {"libopencore_amrnb": 12_200, "wmav2": 96_000}
SECONDS = 6
BEEP = (2.0, 2.5)  # seconds; loud there, silent around it


def decode(path: Path, *, max_duration: int = HOUR, seconds: float = 60) -> Decoded:
    folder = path.parent / f"{path.name}.decoded"
    folder.mkdir(exist_ok=True)
    deadline = Deadline.after(seconds)
    return media.decode(path, folder, max_duration=max_duration, deadline=deadline)


@functools.cache
def beep(seconds: float = SECONDS, start: float = BEEP[0], end: float = BEEP[1]) -> bytes:
    """Samples: silence with a tone in it, so that it is seen where things are."""
    return b"".join(
        struct.pack("<h", round(12_000 * math.sin(n / 5)) if start <= n / RATE < end else 0)
        for n in range(round(seconds * RATE))
    )


def loud(decoded: Decoded) -> tuple[float, float]:
    """From when to when it is loud, in seconds."""
    windows = [number for number, level in enumerate(decoded.levels) if level > -40]
    return windows[0] * WINDOW / 1000, (windows[-1] + 1) * WINDOW / 1000


def encode(
    to: Path | io.BytesIO,
    codec: str,
    *,
    format: str | None = None,  # noqa: A002
    rate: int = RATE,
    layout: str = "mono",
    late: float = 0,
    video: Iterable[float] = (),
    streams: int = 1,
    pts: Callable[[int], int] = lambda at: at,
    options: dict[str, str] | None = None,
    data: bytes | None = None,
) -> None:
    """Write a file with a beep; ``video`` has its frames' times, ``late`` is the sound's start."""
    target = str(to) if isinstance(to, Path) else to
    with av.open(target, "w", format=format, container_options=options or {}) as container:
        picture = container.add_stream("mpeg4", rate=30) if video else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
            picture.time_base = picture.codec_context.time_base = Fraction(1, 1000)
        tracks = [sound_stream(container, codec, rate, layout) for _ in range(streams)]
        for track in tracks:
            if codec in BIT_RATES:
                track.bit_rate = BIT_RATES[codec]
        for time in video:
            assert picture is not None
            frame = VideoFrame(64, 64, "yuv420p")
            frame.pts, frame.time_base = round(time * 1000), Fraction(1, 1000)
            container.mux(picture.encode(frame))
        if picture is not None:
            container.mux(picture.encode(None))
        for number, track in enumerate(tracks):
            resampler = av.AudioResampler(
                format=track.format,
                layout=track.layout,
                rate=track.rate,
                frame_size=track.frame_size or 1024,
            )
            samples = (
                (beep() if data is None else data) if not number else bytes(2 * RATE * SECONDS)
            )
            frames = [
                *resampler.resample(framed(samples, 0)),
                *resampler.resample(None),
            ]
            for sound in frames:
                at = sound.pts or 0
                sound.pts, sound.time_base = (
                    pts(at) + round(late * track.rate),
                    Fraction(1, track.rate),
                )
                container.mux(track.encode(sound))
            container.mux(track.encode(None))


def sound_stream(
    container: av.container.OutputContainer, codec: str, rate: int, layout: str
) -> av.AudioStream:
    stream = container.add_stream(codec, rate=rate, layout=layout)
    assert isinstance(stream, av.AudioStream)
    return stream


KINDS = [
    ("mp3", "libmp3lame", 44_100, "stereo"),
    ("m4a", "aac", 48_000, "stereo"),
    ("mp4", "aac", 44_100, "mono"),
    ("aac", "aac", 44_100, "stereo"),
    ("mov", "aac", 44_100, "stereo"),
    ("mov", "pcm_s16be", 44_100, "stereo"),
    ("mkv", "aac", 44_100, "stereo"),
    ("mka", "flac", 44_100, "5.1"),
    ("webm", "libopus", 48_000, "stereo"),
    ("opus", "libopus", 48_000, "mono"),
    ("ogg", "libopus", 48_000, "mono"),
    ("flac", "flac", 96_000, "stereo"),
    ("wav", "pcm_s24le", 96_000, "stereo"),
    ("wav", "pcm_f32le", 48_000, "mono"),
    ("wav", "pcm_u8", 8_000, "mono"),
    ("amr", "libopencore_amrnb", 8_000, "mono"),
    ("3gp", "libopencore_amrnb", 8_000, "mono"),
    ("wma", "wmav2", 44_100, "stereo"),
    ("asf", "wmav2", 44_100, "stereo"),
    ("avi", "libmp3lame", 44_100, "stereo"),
    ("caf", "pcm_s16le", 44_100, "stereo"),
    ("m4a", "alac", 44_100, "stereo"),
    ("aiff", "pcm_s16be", 44_100, "stereo"),
    ("ac3", "ac3", 48_000, "5.1"),
    ("ts", "aac", 44_100, "stereo"),
    ("mpg", "mp2", 44_100, "stereo"),
    ("flv", "aac", 44_100, "stereo"),
    ("au", "pcm_mulaw", 8_000, "mono"),
    ("w64", "pcm_s16le", 16_000, "mono"),
]


@pytest.mark.parametrize(("extension", "codec", "rate", "layout"), KINDS)
def test_every_container_and_codec_is_decoded_on_its_own_clock(
    tmp_path: Path, extension: str, codec: str, rate: int, layout: str
) -> None:
    path = tmp_path / f"beep.{extension}"
    encode(path, codec, rate=rate, layout=layout)
    decoded = decode(path)
    assert decoded.info.streams == 1
    assert decoded.info.damaged == 0
    assert decoded.info.duration == pytest.approx(SECONDS * 1000, abs=150)
    assert decoded.pcm.stat().st_size == pytest.approx(32 * decoded.info.duration, abs=32)
    assert len(decoded.levels) == -(-decoded.info.duration // WINDOW)
    start, end = loud(decoded)
    assert start == pytest.approx(BEEP[0], abs=0.051)
    assert end == pytest.approx(BEEP[1], abs=0.1)


def test_a_codec_is_named_and_lossless_sound_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "beep.flac"
    encode(path, "flac")
    decoded = decode(path)
    assert (decoded.info.container, decoded.info.codec) == ("flac", "flac")
    assert decoded.pcm.read_bytes() == beep()


# Cutting ----------------------------------------------------------------------------------------


def test_a_slice_is_the_very_samples_that_were_asked_for(tmp_path: Path) -> None:
    pcm = tmp_path / "audio.pcm"
    noise = random.Random(4).randbytes(2 * RATE * 5)
    pcm.write_bytes(noise)
    audio = media.cut(pcm, 1_234, 3_999, tmp_path / "cut.flac")
    again = media.cut_chunk(audio.path, 100, 2_000, tmp_path / "again.flac")
    assert plain(audio) == noise[2 * 16 * 1_234 : 2 * 16 * 3_999]
    assert plain(again) == noise[2 * 16 * 1_334 : 2 * 16 * 3_234]
    with audio.path.open("rb") as file:
        assert audio.type == sniff(file) == FLAC
    assert audio.size == audio.path.stat().st_size
    assert longest(audio.size) <= 3_999 - 1_234 <= longest(audio.size + 20_000)
    beyond = media.cut(pcm, 4_000, 9_000, tmp_path / "beyond.flac")
    assert plain(beyond) == noise[2 * 16 * 4_000 :]


def plain(audio: Audio) -> bytes:
    return decode(audio.path).pcm.read_bytes()


def test_a_chunk_that_is_gone_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(Internal):
        media.cut_chunk(tmp_path / "gone.flac", 0, 1, tmp_path / "to.flac")


# Clocks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", ["mp4", "mov", "mkv", "ts", "avi"])
def test_sound_that_starts_later_than_the_video_keeps_its_offset(
    tmp_path: Path, extension: str
) -> None:
    path = tmp_path / f"late.{extension}"
    codec = "libmp3lame" if extension == "avi" else "aac"
    video = [n / 25 for n in range(25 * SECONDS)]
    if extension == "avi":
        encode(path, codec, video=video)
        assert decode(path).info.start == 0
        return
    encode(path, codec, rate=48_000, video=video, late=1.5)
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


# Odd files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [3, 8, 9, 16, 32])
def test_many_channels_become_one(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "many.wav"
    values = memoryview(beep(3)).cast("h")
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, RATE, 0, "NONE", ""))
        file.writeframes(array("h", (v for v in values for _ in range(channels))).tobytes())
    start, end = loud(decode(path))
    assert (start, end) == pytest.approx(BEEP, abs=0.051)


def test_of_two_streams_the_first_is_used_and_both_are_told(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    encode(path, "aac", streams=2)
    decoded = decode(path)
    assert decoded.info.streams == 2
    assert loud(decoded)[0] == pytest.approx(BEEP[0], abs=0.05)


def test_webm_from_a_browser_has_no_duration_and_needs_none(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    pipe = Pipe()
    encode(pipe, "libopus", format="webm", rate=48_000, options={"live": "1"})
    path = tmp_path / "browser.webm"
    path.write_bytes(pipe.getvalue())
    with av.open(str(path)) as container:
        assert container.duration is None
    decoded = decode(path)
    assert decoded.info.duration == pytest.approx(SECONDS * 1000, abs=100)


@pytest.mark.parametrize("frames", [1, 10**9])
def test_an_mp3_that_lies_about_its_length_is_decoded_to_its_end(
    tmp_path: Path, frames: int
) -> None:
    path = tmp_path / "wrong.mp3"
    encode(path, "libmp3lame", rate=44_100)
    data = bytearray(path.read_bytes())
    at = max(data.find(b"Xing"), data.find(b"Info"))
    assert at > 0
    data[at + 8 : at + 12] = frames.to_bytes(4, "big")
    path.write_bytes(data)
    assert decode(path).info.duration == pytest.approx(SECONDS * 1000, abs=150)


def test_damaged_packets_become_silence_and_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "damaged.ts"
    encode(path, "aac", rate=48_000, data=random.Random(5).randbytes(2 * RATE * SECONDS))
    data = bytearray(path.read_bytes())
    third = len(data) // 188 // 3
    for packet in range(third, third + 80):
        data[188 * packet + 20 : 188 * packet + 188] = b"\xff\x55" * 84
    path.write_bytes(data)
    decoded = decode(path)
    assert decoded.info.damaged > 0
    assert decoded.info.duration == pytest.approx(SECONDS * 1000, abs=150)
    assert min(decoded.levels[:20]) > -20
    assert min(decoded.levels[-30:-10]) > -20


def test_what_is_there_of_a_file_that_is_cut_short_is_used(tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    encode(path, "aac", options={"movflags": "+faststart"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 4])
    assert 1_000 < decode(path).info.duration < SECONDS * 1000


# Refusals ---------------------------------------------------------------------------------------


def no_moov(folder: Path) -> Path:
    path = folder / "truncated.mp4"
    encode(path, "aac")
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])
    return path


def no_sound(folder: Path) -> Path:
    path = folder / "silent-film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(25):
            frame = VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def bytes_of(name: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
BAD = {
    "nothing": (bytes_of("a.mp3", b""), "empty"),
    "no moov": (no_moov, "cut short"),
    "no sound": (no_sound, "no audio stream"),
    "text": (bytes_of("a.wav", b"hello " * 1000), "no media file"),
    "zeros": (bytes_of("a.mp3", bytes(100_000)), "decoded"),
    "a header only": (bytes_of("a.wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"), "decoded"),
    "hls": (bytes_of("a.m3u8", HLS), "no media file"),
    "concat": (bytes_of("a.txt", b"ffconcat version 1.0\nfile /etc/passwd\n"), "no media file"),
    "a picture": (bytes_of("a.png", b"\x89PNG\r\n\x1a\n" + bytes(1000)), "no media file"),
}


@pytest.mark.parametrize(("make", "reason"), BAD.values(), ids=BAD)
def test_what_cannot_be_decoded_is_refused_with_the_reason(
    tmp_path: Path, make: Callable[[Path], Path], reason: str
) -> None:
    path = make(tmp_path)
    with pytest.raises(UnsupportedAudio, match=reason) as raised:
        decode(path)
    assert str(tmp_path) not in raised.value.message


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    encode(tmp_path / "inside.ts", "aac")
    playlist = tmp_path / "list.m3u8"
    playlist.write_bytes(HLS.replace(b"file:///etc/passwd", b"inside.ts"))
    with pytest.raises(UnsupportedAudio):
        decode(playlist)


def test_sound_that_is_too_long_or_takes_too_long_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "beep.wav"
    encode(path, "pcm_s16le")
    with pytest.raises(AudioTooLarge, match=r"longer than 0\.05 minutes"):
        decode(path, max_duration=3_000)
    assert decode(path, max_duration=SECONDS * 1000).info.duration == SECONDS * 1000
    with pytest.raises(AudioTooLarge, match="time that is given"):
        decode(path, seconds=0)


def errors_of_pyav() -> list[type[Exception]]:
    return [
        kind
        for kind in vars(av.error).values()
        if isinstance(kind, type) and issubclass(kind, av.error.FFmpegError)
    ]


@pytest.mark.parametrize("kind", errors_of_pyav(), ids=lambda kind: kind.__name__)
def test_every_error_of_pyav_is_one_of_the_table(kind: type[Exception]) -> None:
    error = kind(1, "the reason", "/secret/path")
    told = media.mapped(error)
    assert isinstance(told, UnsupportedAudio | AudioTooLarge | Internal)
    assert "/secret" not in told.message
    assert not isinstance(media.mapped(error, ours=True), UnsupportedAudio)


@pytest.mark.parametrize("extension", ["mp4", "mkv", "ogg", "avi", "ts", "wav", "flac", "mp3"])
def test_broken_files_end_in_samples_or_in_an_error_of_the_table(
    tmp_path: Path, extension: str
) -> None:
    codec = {"ogg": "libopus", "mp3": "libmp3lame", "avi": "libmp3lame", "wav": "pcm_s16le"}
    path = tmp_path / f"whole.{extension}"
    rate = 48_000 if extension == "ogg" else 44_100
    encode(path, codec.get(extension, "flac" if extension == "flac" else "aac"), rate=rate)
    whole = path.read_bytes()
    chance = random.Random(extension)
    for number in range(25):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 20, 400])):
            data[chance.randrange(min(len(data), chance.choice([200, len(data)])))] = (
                chance.randrange(256)
            )
        broken = tmp_path / f"{number}.{extension}"
        broken.write_bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
        try:
            decoded = decode(broken, seconds=10)
        except (UnsupportedAudio, AudioTooLarge):
            continue
        else:
            assert 0 <= decoded.info.duration <= HOUR
            assert len(decoded.levels) == -(-decoded.info.duration // WINDOW)


# Memory -----------------------------------------------------------------------------------------

MEASURE = """
import sys
from pathlib import Path
from audio_translation.adapters import media
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.silence import speech_spans
from tests.benchmarks.splitting import peak_kilobytes

path = Path(sys.argv[1])
before = peak_kilobytes()
decoded = media.decode(path, path.parent, max_duration=36_000_000, deadline=Deadline.after(250))
spans = speech_spans(decoded.levels, decoded.info.duration)
print(decoded.info.duration, len(spans), peak_kilobytes() - before)
"""


def test_hours_of_silence_are_no_speech_and_take_no_memory(tmp_path: Path) -> None:
    """An hour; the benchmark has ten."""
    path = tmp_path / "silence.wav"
    write_silence(path, hours=1)
    command = [sys.executable, "-c", MEASURE, str(path)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": "functions:."},
    )
    duration, spans, kilobytes = map(int, done.stdout.split())
    assert (duration, spans) == (HOUR, 0)
    assert 0 < kilobytes < 15_000
