"""Any media in, samples on the file's own clock out; and what is wrong is said."""

import functools
import math
import os
import random
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import av.error
import pytest

from audio_translation.audio import decoding as media
from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import longest
from audio_translation.audio.containers.audio_types import FLAC
from audio_translation.audio.decoder import Decoded
from audio_translation.audio.file_type import sniff
from audio_translation.audio.memory_limit import bounded
from audio_translation.audio.speech import WINDOW
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioTooLarge,
    Internal,
    UnsupportedAudio,
)
from tests.audio import media_files
from tests.audio.long_files import RATE
from tests.audio.media_files import (
    announcing_mp4,
    browser_webm,
    cut_short,
    late_avi,
    lying_mp3,
    many_channels,
    matroska,
    matroska_with_large_attachments,
    without_moov,
    without_sound,
)
from tests.benchmarks.splitting import write_silence

HOUR = 3_600_000
M = 1_000_000
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


def encode(to: Path, codec: str, *, data: bytes | None = None, **options: Any) -> None:
    media_files.encode(to, codec, beep() if data is None else data, **options)


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


# Odd files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [3, 8, 9, 16, 32])
def test_many_channels_become_one(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "many.wav"
    many_channels(path, beep(3), channels)
    start, end = loud(decode(path))
    assert (start, end) == pytest.approx(BEEP, abs=0.051)


def test_of_two_streams_the_first_is_used_and_both_are_told(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    encode(path, "aac", streams=2)
    decoded = decode(path)
    assert decoded.info.streams == 2
    assert decoded.info.warnings == (
        "The file has 2 audio streams; only the first one was translated.",
    )
    assert loud(decoded)[0] == pytest.approx(BEEP[0], abs=0.05)


def test_webm_from_a_browser_has_no_duration_and_needs_none(tmp_path: Path) -> None:
    path = tmp_path / "browser.webm"
    browser_webm(path, beep())
    with av.open(str(path)) as container:
        assert container.duration is None
    decoded = decode(path)
    assert decoded.info.duration == pytest.approx(SECONDS * 1000, abs=100)


@pytest.mark.parametrize("frames", [1, 10**9])
def test_an_mp3_that_lies_about_its_length_is_decoded_to_its_end(
    tmp_path: Path, frames: int
) -> None:
    path = tmp_path / "wrong.mp3"
    lying_mp3(path, beep(), frames)
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
    cut_short(path, beep())
    info = decode(path).info
    assert 1_000 < info.duration < SECONDS * 1000
    assert "damaged or missing" in info.warnings[0]


# Refusals ---------------------------------------------------------------------------------------


def no_moov(folder: Path) -> Path:
    path = folder / "truncated.mp4"
    without_moov(path, beep())
    return path


def no_sound(folder: Path) -> Path:
    path = folder / "silent-film.mp4"
    without_sound(path)
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
from audio_translation.audio import decoding as media
from audio_translation.deadline import Deadline
from audio_translation.errors import UnsupportedAudio
from audio_translation.audio.speech import speech_spans
from tests.benchmarks.splitting import peak_kilobytes

path = Path(sys.argv[1])
before, known = peak_kilobytes(), set(sys.modules)
try:
    decoded = media.decode(path, path.parent, max_duration=36_000_000, deadline=Deadline.after(250))
except UnsupportedAudio:
    duration = spans = 0
else:
    duration = decoded.info.duration
    spans = len(speech_spans(decoded.levels, duration))
print(duration, spans, peak_kilobytes() - before)
assert set(sys.modules) == known, "imported where memory is bounded"
"""


def measured(path: Path) -> tuple[int, int, int]:
    """Decode in a process of its own: milliseconds (0: refused), spans of speech, kilobytes."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": "functions:."},
    )
    assert done.returncode == 0, done.stderr
    duration, spans, kilobytes = map(int, done.stdout.split())
    return duration, spans, kilobytes


def test_hours_of_silence_are_no_speech_and_take_no_memory(tmp_path: Path) -> None:
    """An hour; the benchmark has ten."""
    path = tmp_path / "silence.wav"
    write_silence(path, hours=1)
    duration, spans, kilobytes = measured(path)
    assert (duration, spans) == (HOUR, 0)
    assert 0 < kilobytes < 15_000


def many_programs(path: Path) -> None:
    encode(path, "mp2", rate=48_000, data=bytes(2 * RATE), streams=200)


SOUND = bytes(2 * RATE)
HOSTILE: dict[str, tuple[str, Callable[[Path], None], int]] = {
    "tracks": ("mkv", lambda path: matroska(path, [SOUND], tracks=20_000), 1000),
    "subtitles": ("mkv", lambda path: matroska(path, [SOUND], subtitles=20_000), 1000),
    "attachments": ("mkv", lambda path: matroska(path, [SOUND], attachments=20_000), 1000),
    "programs": ("ts", many_programs, 1008),
    "announced tracks": ("mp4", lambda path: announcing_mp4(path, tracks=20_000, samples=10), 0),
    "announced samples": ("mp4", lambda path: announcing_mp4(path, tracks=4, samples=80 * M), 0),
}


@pytest.mark.parametrize(("extension", "make", "duration"), HOSTILE.values(), ids=HOSTILE)
def test_a_file_of_very_many_things_takes_little_time_and_memory(
    tmp_path: Path, extension: str, make: Callable[[Path], None], duration: int
) -> None:
    path = tmp_path / f"hostile.{extension}"
    make(path)
    began = time.monotonic()
    found, _, kilobytes = measured(path)
    assert found == duration
    assert kilobytes < 50_000
    assert time.monotonic() - began < 20


def test_attachments_that_do_not_fit_the_memory_are_left_out_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "hostile.mkv"
    matroska_with_large_attachments(path, SOUND, count=4, size=250 * M)
    duration, _, kilobytes = measured(path)
    assert duration in {0, 1000}
    assert kilobytes < 600_000


def test_the_memory_of_a_process_is_bounded_only_while_strangers_files_are_read() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with bounded(100 * M):
        with pytest.raises(MemoryError):
            bytearray(200 * M)
        assert len(bytearray(10 * M)) == 10 * M
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert len(bytearray(200 * M)) == 200 * M
