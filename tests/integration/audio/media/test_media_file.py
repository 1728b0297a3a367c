"""What strangers' files may take: bounded by the system, whatever they announce."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av.error
import pytest

from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.media.media_file import DEMUXERS, MemoryLimit, mapped, opened
from audio_translation.deadline import Deadline
from audio_translation.errors import Internal, UnsupportedAudio
from tests.audio.long_files import RATE
from tests.audio.media_files import announcing_mp4, matroska, matroska_with_large_attachments
from tests.benchmarks.memory import write_silence
from tests.integration.audio.tone import HOUR, SECONDS, M, decode, encode

MEASURE = """
import sys
from pathlib import Path
from audio_translation.audio.media import decoding
from audio_translation.audio.levels import LevelMeter
from audio_translation.audio.speech import SpeechDetector
from audio_translation.deadline import Deadline
from audio_translation.errors import UnsupportedAudio
from tests.benchmarks.memory import peak_kilobytes

path, deadline = Path(sys.argv[1]), Deadline.after(250)
before, known = peak_kilobytes(), set(sys.modules)
meter, detector, spans = LevelMeter(), SpeechDetector(), 0
try:
    number = decoding.tracks(path, wish=None, source=None, deadline=deadline)[0]
    with decoding.sound(
        path, track=number, max_duration=36_000_000, deadline=deadline
    ) as sound:
        for block in sound.blocks():
            levels = meter.add(block) if isinstance(block, bytes) else meter.silence(block)
            spans += len(detector.add(levels))
    duration = sound.info.duration
    spans += len([*detector.add(meter.end()), *detector.end(duration)])
except UnsupportedAudio:
    duration = spans = 0
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
    matroska_with_large_attachments(path, SOUND, count=3, size=200 * M)
    duration, _, kilobytes = measured(path)
    assert duration in {0, 1000}
    assert kilobytes < 600_000


def test_the_memory_of_a_process_is_bounded_only_while_strangers_files_are_read() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with MemoryLimit(100 * M).while_reading():
        with pytest.raises(MemoryError):
            bytearray(200 * M)
        assert len(bytearray(10 * M)) == 10 * M
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert len(bytearray(200 * M)) == 200 * M


def test_what_reading_has_taken_is_known() -> None:
    limit = MemoryLimit(100 * M)
    before = limit.used
    taken = bytearray(50 * M)
    assert 50 * M <= limit.used - before < 60 * M
    assert len(taken) == 50 * M


WRITTEN: dict[str, tuple[str, str, int]] = {
    "aac": ("adts", "aac", 48_000),
    "ac3": ("ac3", "ac3", 48_000),
    "aiff": ("aiff", "pcm_s16be", RATE),
    "amr": ("amr", "libopencore_amrnb", 8_000),
    "asf": ("asf", "wmav2", 44_100),
    "au": ("au", "pcm_s16be", RATE),
    "avi": ("avi", "libmp3lame", 44_100),
    "caf": ("caf", "pcm_s16be", RATE),
    "eac3": ("eac3", "eac3", 48_000),
    "flac": ("flac", "flac", RATE),
    "flv": ("flv", "aac", 44_100),
    "ircam": ("ircam", "pcm_s16le", RATE),
    "loas": ("latm", "aac", 48_000),
    "matroska": ("matroska", "aac", 48_000),
    "mov": ("mov", "aac", 48_000),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "mpeg": ("mpeg", "mp2", 48_000),
    "mpegts": ("mpegts", "mp2", 48_000),
    "nut": ("nut", "libmp3lame", 44_100),
    "oga": ("oga", "flac", RATE),
    "ogg": ("ogg", "libopus", 48_000),
    "rm": ("rm", "ac3", 48_000),
    "sox": ("sox", "pcm_s32le", RATE),
    "tta": ("tta", "tta", RATE),
    "voc": ("voc", "pcm_s16le", RATE),
    "w64": ("w64", "pcm_s16le", RATE),
    "wav": ("wav", "pcm_s16le", RATE),
    "wtv": ("wtv", "ac3", 48_000),
    "wv": ("wv", "wavpack", RATE),
}
"""Demuxers with a muxer, codec and rate that PyAV can write for them."""
NOT_WRITTEN = {
    *("amrnb", "amrwb", "ape", "asf_o", "dsf", "dts", "dtshd", "dv", "gsm", "latm", "mlp", "mpc"),
    *("mpc8", "mxf", "oma", "qcp", "shn", "tak", "truehd", "xwma"),
}


@pytest.mark.parametrize("demuxer", WRITTEN)
def test_what_ffmpeg_decodes_is_not_refused_by_its_first_bytes(
    tmp_path: Path, demuxer: str
) -> None:
    muxer, codec, rate = WRITTEN[demuxer]
    path = tmp_path / "file"
    encode(path, codec, rate=rate, format=muxer)
    with path.open("rb") as file:
        assert sniff(file)
    with opened(path, Deadline.after(60)) as container:
        assert demuxer in {*container.format.name.split(","), "oga"}
    assert decode(path).info.duration == pytest.approx(SECONDS * 1000, abs=150)


def test_every_demuxer_is_tried_or_cannot_be() -> None:
    assert set(DEMUXERS.split(",")) == WRITTEN.keys() | NOT_WRITTEN


def _kinds(root: type[BaseException]) -> set[type[BaseException]]:
    return {kind for child in root.__subclasses__() for kind in {child, *_kinds(child)}}


def test_after_a_file_was_opened_every_error_is_the_files() -> None:
    """Some demuxers call damage by the names of the disk's errors."""
    kinds = _kinds(av.error.FFmpegError) - {av.error.ExitError, av.error.TimeoutError}
    assert av.error.PermissionError in kinds
    for kind in kinds:
        assert type(mapped(kind(1, "odd"))) is UnsupportedAudio, kind  # type: ignore[arg-type]


def test_a_file_that_is_not_there_is_our_own_fault(tmp_path: Path) -> None:
    with pytest.raises(Internal):
        opened(tmp_path / "missing", Deadline.after(9))
