"""Any media in, samples out; and what is wrong is said."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import av
import av.error
import pytest

from audio_translation.audio.media import decoding
from audio_translation.audio.media.media_file import mapped
from audio_translation.audio.speech import WINDOW
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioTooLarge,
    Internal,
    UnsupportedAudio,
)
from tests.audio.long_files import RATE
from tests.audio.media_files import (
    browser_webm,
    cut_short,
    lying_mp3,
    without_moov,
    without_sound,
)
from tests.integration.audio.tone import BEEP, HOUR, SECONDS, beep, decode, encode, loud

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
    assert len(decoded.info.tracks) == 1
    assert decoded.info.damaged == 0
    assert decoded.info.duration == pytest.approx(SECONDS * 1000, abs=150)
    assert len(decoded.samples) == pytest.approx(64 * decoded.info.duration, abs=64)
    assert decoded.info.warnings == ()
    assert len(decoded.levels) == -(-decoded.info.duration // WINDOW)
    start, end = loud(decoded)
    assert start == pytest.approx(BEEP[0], abs=0.051)
    assert end == pytest.approx(BEEP[1], abs=0.1)


def test_lossless_sound_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "beep.flac"
    encode(path, "flac")
    decoded = decode(path)
    assert decoded.plain == beep()


def test_a_chunk_that_is_gone_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(Internal):
        decoding.cut_chunk(tmp_path / "gone.flac", 0, 1, tmp_path / "to.flac")


def test_of_two_streams_the_first_is_used_and_both_are_told(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    encode(path, "aac", streams=2)
    decoded = decode(path)
    assert decoded.info.warnings == (
        "The file has 2 audio tracks; only track 1 was translated, and not track 2.",
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
    damaged, end = info.warnings
    assert "damaged or missing" in damaged
    assert "end of the audio is missing" in end
    assert info.missing > 1_000


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


def test_the_deadline_counts_for_each_block(tmp_path: Path) -> None:
    path = tmp_path / "beep.wav"
    encode(path, "pcm_s16le")
    soon = Deadline.after(0.5)
    with decoding.sound(path, track=1, max_duration=HOUR, deadline=soon) as sound:
        blocks = sound.blocks()
        next(blocks)
        time.sleep(soon.left())
        with pytest.raises(AudioTooLarge, match="time that is given"):
            next(blocks)


def errors_of_pyav() -> list[type[Exception]]:
    return [
        kind
        for kind in vars(av.error).values()
        if isinstance(kind, type) and issubclass(kind, av.error.FFmpegError)
    ]


@pytest.mark.parametrize("kind", errors_of_pyav(), ids=lambda kind: kind.__name__)
def test_every_error_of_pyav_is_one_of_the_table(kind: type[Exception]) -> None:
    error = kind(1, "the reason", "/secret/path")
    told = mapped(error)
    assert isinstance(told, UnsupportedAudio | AudioTooLarge | Internal)
    assert "/secret" not in told.message
    assert not isinstance(mapped(error, ours=True), UnsupportedAudio)


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
            samples = len(decoded.samples) // 4
            assert decoded.info.duration == samples * 1000 // RATE
            assert len(decoded.levels) == -(-samples // (RATE * WINDOW // 1000))


# Whoever reads ----------------------------------------------------------------------------------


def read_by(path: Path, reader: Callable[[bytes | int], object]) -> None:
    """Give the first block to a reader while the file is open."""
    with decoding.sound(path, track=1, max_duration=HOUR, deadline=Deadline.after(60)) as sound:
        reader(next(sound.blocks()))


def test_an_error_of_whoever_reads_is_not_the_files(tmp_path: Path) -> None:
    path = tmp_path / "beep.wav"
    encode(path, "pcm_s16le")
    with pytest.raises(ValueError, match="invalid literal"):
        read_by(path, lambda _: int("mine"))


def test_a_full_disk_is_our_fault_while_a_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "beep.wav"
    encode(path, "pcm_s16le")
    noise = random.Random(1).randbytes(RATE * 8)
    full = Path("/dev/full")
    with pytest.raises(Internal):
        read_by(path, lambda _: decoding.encoded([noise], full, gain=1.0))


def test_two_files_are_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "beep.wav"
    encode(path, "pcm_s16le")
    with decoding.sound(path, track=1, max_duration=HOUR, deadline=Deadline.after(60)) as sound:
        blocks = sound.blocks()
        next(blocks)
        assert decode(path).info.duration == SECONDS * 1000
        assert len(list(blocks)) > 1
