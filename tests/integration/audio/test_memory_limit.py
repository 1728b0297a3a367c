"""What strangers' files may take: bounded by the system, whatever they announce."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from audio_translation.audio.memory_limit import bounded
from tests.audio.long_files import RATE
from tests.audio.media_files import announcing_mp4, matroska, matroska_with_large_attachments
from tests.benchmarks.splitting import write_silence
from tests.integration.audio.tone import HOUR, M, encode

MEASURE = """
import sys
from pathlib import Path
from audio_translation.audio.decoding import decode
from audio_translation.deadline import Deadline
from audio_translation.errors import UnsupportedAudio
from audio_translation.audio.speech import speech_spans
from tests.benchmarks.splitting import peak_kilobytes

path = Path(sys.argv[1])
before, known = peak_kilobytes(), set(sys.modules)
try:
    decoded = decode(path, path.parent, max_duration=36_000_000, deadline=Deadline.after(250))
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
