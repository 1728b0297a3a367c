"""``python -m tests.benchmarks.splitting``: what it costs to split long audio.

10 minutes and 2 hours of mp3 (128 kbit/s, stereo) and 10 hours of silence, each in a fresh
process: CPU seconds and peak memory of decoding, planning and cutting every chunk.
"""

import json
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.audio.long_files import RATE, arranged, write

MOST_GROWTH = 1.2
"""Peak memory at 2 hours, compared with 10 minutes."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {"10 minutes": folder / "10-minutes.mp3", "2 hours": folder / "2-hours.mp3"}
        write(arranged(10), files["10 minutes"])
        files["2 hours"].write_bytes(files["10 minutes"].read_bytes() * 12)
        files["10 hours of silence"] = folder / "silence.wav"
        write_silence(files["10 hours of silence"], hours=10)
        figures = {title: _measured(path) for title, path in files.items()}
    growth = figures["2 hours"]["peak_megabytes"] / figures["10 minutes"]["peak_megabytes"]
    print(json.dumps({**figures, "memory_growth": round(growth, 3)}, indent=2))  # noqa: T201
    if growth > MOST_GROWTH:
        sys.exit(f"Memory grows with the length of the audio: {growth:.2f} times.")


def write_silence(path: Path, *, hours: int) -> None:
    """Write a wav file that takes no room on the disk."""
    size = 2 * RATE * 3600 * hours
    head = b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16) + b"data"
    with path.open("wb") as file:
        file.write(head + struct.pack("<I", size))
        file.truncate(size + 44)


def split(path: Path) -> dict[str, float]:
    """Decode, plan and cut; return CPU seconds and megabytes of this process."""
    from audio_translation.audio import decoding as media
    from audio_translation.audio.chunk_plan import plan
    from audio_translation.audio.speech import speech_spans
    from audio_translation.deadline import Deadline

    started = time.process_time()
    deadline = Deadline.after(600)
    decoded = media.decode(path, path.parent, max_duration=36_000_000, deadline=deadline)
    after_decoding = time.process_time()
    duration = decoded.info.duration
    spans = speech_spans(decoded.levels, duration)
    chunks = plan(spans, duration=duration, target=120_000, limit=300_000)
    after_planning = time.process_time()
    size = 0
    for chunk in chunks:
        size += media.cut(decoded.pcm, chunk.start, chunk.end, path.parent / "chunk.flac").size
    return {
        "audio_seconds": duration / 1000,
        "chunks": len(chunks),
        "chunks_megabytes": round(size / 1e6, 1),
        "decode_cpu_seconds": round(after_decoding - started, 2),
        "plan_cpu_seconds": round(after_planning - after_decoding, 2),
        "cut_cpu_seconds": round(time.process_time() - after_planning, 2),
        "peak_megabytes": peak_kilobytes() // 1024,
    }


def peak_kilobytes() -> int:
    """The most memory of this process; ``ru_maxrss`` would have the parent's before the exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def _measured(path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.splitting", str(path)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=900)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(split(Path(sys.argv[1]))))  # noqa: T201
    else:
        main()
