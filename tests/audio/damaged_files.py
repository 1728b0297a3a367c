"""Files of every kind with bits turned over, and cut short, the same in each run."""

import random
from collections.abc import Iterator
from pathlib import Path

from tests.audio.long_files import RATE, arranged, samples
from tests.audio.media_files import encode

KINDS = [
    ("mp3", "libmp3lame", 44_100),
    ("m4a", "aac", 44_100),
    ("aac", "aac", 44_100),
    ("flac", "flac", 16_000),
    ("wav", "pcm_s16le", 16_000),
    ("webm", "libopus", 48_000),
    ("ogg", "libopus", 48_000),
    ("mkv", "aac", 48_000),
    ("caf", "pcm_s16le", 16_000),
    ("aiff", "pcm_s16be", 16_000),
    ("amr", "libopencore_amrnb", 8_000),
    ("ac3", "ac3", 48_000),
    ("wma", "wmav2", 44_100),
    ("flv", "aac", 44_100),
    ("ts", "aac", 44_100),
]
"""Extension, codec and rate."""
_HEADER = 600
"""Bytes at the beginning and at the end, where most of what a file says of itself is."""


def sound_file(folder: Path, extension: str, codec: str, rate: int) -> bytes:
    """Return a file of this kind with two seconds of speech."""
    path = folder / f"whole.{extension}"
    data = b"".join(samples(arranged(1)))[: 4 * RATE]
    encode(path, codec, data, rate=rate, format="asf" if extension == "wma" else None)
    return path.read_bytes()


def flipped(content: bytes, count: int, *, seed: int) -> Iterator[bytes]:
    """Yield the file with one to eight bits turned over, half of them in its headers."""
    chance = random.Random(seed)
    for _ in range(count):
        damaged = bytearray(content)
        in_headers = chance.random() < 0.5
        for _ in range(chance.choice((1, 1, 2, 8))):
            at = chance.randrange(min(_HEADER, len(content))) if in_headers else None
            if at is not None and chance.random() < 0.3:
                at = len(content) - 1 - at
            place = chance.randrange(len(content)) if at is None else at
            damaged[place] ^= 1 << chance.randrange(8)
        yield bytes(damaged)


def cut(content: bytes, count: int, *, seed: int) -> Iterator[bytes]:
    """Yield the beginning of the file, of any length."""
    chance = random.Random(seed)
    for _ in range(count):
        yield content[: chance.randrange(1, len(content))]
