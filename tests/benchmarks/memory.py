"""What processes take, and files to try them with."""

import struct
from pathlib import Path

from tests.audio.long_files import RATE


def peak_kilobytes() -> int:
    """The most memory of this process; ``ru_maxrss`` would have the parent's before the exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def write_silence(path: Path, *, hours: int) -> None:
    """Write a wav file that takes no room on the disk."""
    size = 2 * RATE * 3600 * hours
    head = b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16) + b"data"
    with path.open("wb") as file:
        file.write(head + struct.pack("<I", size))
        file.truncate(size + 44)
