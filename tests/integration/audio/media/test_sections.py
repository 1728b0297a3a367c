"""What several processes decode is what one decodes, also where the file's times are odd."""

import functools
import json
import os
import subprocess
import sys
import wave
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.audio.long_files import RATE, arranged, samples
from tests.audio.media_files import cut_short, encode
from tests.integration.audio.tone import Decoded, decode

SECTION = 7  # seconds
ALIKE = 0.05
"""Of the power; decoders of AAC make noise of their own, and damage costs part of a sample."""


@functools.cache
def speech() -> bytes:
    """40 seconds of it."""
    return b"".join(samples(arranged(1)))[: 2 * 40 * RATE]


@dataclass(frozen=True)
class InSections:
    samples: bytes
    info: dict[str, Any]
    by_sections: bool
    rest: list[list[int]]


def in_sections(path: Path, *more: object) -> InSections:
    to = path.with_suffix(".f32")
    command = [sys.executable, "-m", "tests.integration.audio.media.decode_in_sections"]
    command += [str(path), str(SECTION), str(to), *map(str, more)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, timeout=90, check=True
    )
    return InSections(to.read_bytes(), **json.loads(done.stdout))


def check_alike(found: InSections, one: Decoded) -> None:
    told = asdict(one.info)
    assert found.info == json.loads(json.dumps(told))
    values, others = (np.frombuffer(data, np.float32) for data in (found.samples, one.samples))
    assert abs(len(values) - len(others)) <= 1
    shorter = min(len(values), len(others))
    values, others = values[:shorter], others[:shorter]
    difference = values.astype(float) - others
    for second in range(0, len(values), RATE):
        part = slice(second, second + RATE)
        power = np.sum(others[part].astype(float) ** 2)
        assert np.sum(difference[part] ** 2) <= ALIKE * power + 1e-4, second / RATE


KINDS = [
    ("mp3", "libmp3lame", 44_100, "stereo", {}),
    ("mp3", "libmp3lame", 16_000, "mono", {"write_xing": "0"}),
    ("m4a", "aac", 44_100, "stereo", {}),
    ("m4a", "aac", 48_000, "mono", {"movflags": "faststart"}),
    ("mp4", "aac", 22_050, "mono", {"movflags": "frag_keyframe+empty_moov"}),
    ("aac", "aac", 44_100, "mono", {}),
    ("m4a", "alac", 44_100, "stereo", {}),
    ("flac", "flac", 44_100, "stereo", {}),
    ("wav", "pcm_s16le", 44_100, "stereo", {}),
    ("wav", "pcm_f32le", 11_025, "mono", {}),
    ("caf", "pcm_s16le", 44_100, "stereo", {}),
    ("amr", "libopencore_amrnb", 8_000, "mono", {}),
    ("ac3", "ac3", 48_000, "stereo", {}),
]


@pytest.mark.parametrize(("extension", "codec", "rate", "layout", "options"), KINDS)
def test_all_kinds_are_decoded_as_in_one_go(
    tmp_path: Path, extension: str, codec: str, rate: int, layout: str, options: dict[str, str]
) -> None:
    path = tmp_path / f"speech.{extension}"
    encode(path, codec, speech(), rate=rate, layout=layout, options=options)
    found = in_sections(path)
    assert (found.by_sections, found.rest) == (True, [])
    check_alike(found, decode(path))


@pytest.mark.parametrize(
    ("extension", "codec"), [("webm", "libopus"), ("flv", "aac"), ("ogg", "libopus"), ("ts", "aac")]
)
def test_containers_whose_times_cannot_be_sought_are_decoded_in_one_go(
    tmp_path: Path, extension: str, codec: str
) -> None:
    path = tmp_path / f"speech.{extension}"
    encode(path, codec, speech(), rate=48_000 if codec == "libopus" else 44_100)
    found = in_sections(path)
    assert not found.by_sections
    check_alike(found, decode(path))


def late(path: Path) -> None:
    encode(path, "aac", speech(), rate=44_100, video=[0.0, 1.0], late=4.3)


def with_gap(path: Path) -> None:
    encode(path, "aac", speech(), rate=48_000, pts=lambda at: at + (at >= 960_000) * 300_000)


def with_a_clock_that_restarts(path: Path) -> None:
    encode(path, "aac", speech(), rate=48_000)
    path.write_bytes(2 * path.read_bytes())


def stereo(path: Path, left: int) -> None:
    """The speech on the right; ``left`` is the factor for the other side."""
    right = np.frombuffer(speech(), "<i2")
    with closing(wave.open(str(path), "wb")) as writer:
        writer.setparams((2, 2, RATE, 0, "NONE", ""))
        writer.writeframes(np.stack([left * right, right], axis=1).astype("<i2").tobytes())


def from_a_pipe(path: Path) -> None:
    encode(path, "pcm_s16le", speech())
    data = bytearray(path.read_bytes())
    data[data.index(b"data") + 4 : data.index(b"data") + 8] = b"\xff" * 4
    path.write_bytes(data)


def joined(path: Path) -> None:
    """Two files in one, the first of which says how long it is."""
    encode(path, "libmp3lame", speech(), rate=44_100)
    path.write_bytes(2 * path.read_bytes())


def damaged(path: Path) -> None:
    encode(path, "libmp3lame", speech(), rate=44_100)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3_000] = bytes(3_000)
    path.write_bytes(data)


def damaged_flac(path: Path) -> None:
    encode(path, "flac", speech())
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 500] = bytes(500)
    path.write_bytes(data)


def other_rate(path: Path) -> None:
    """Raw AAC whose rate changes."""
    parts = []
    for rate in (24_000, 48_000):
        part = path.with_name(f"{rate}.aac")
        encode(part, "aac", speech()[: 40 * RATE], rate=rate)
        parts.append(part.read_bytes())
    path.write_bytes(b"".join(parts))


def silent(path: Path) -> None:
    encode(path, "aac", bytes(len(speech())), rate=44_100)


ODD: dict[str, tuple[str, Callable[[Path], None]]] = {
    "late": ("mp4", late),
    "gap": ("mp4", with_gap),
    "clock that restarts": ("ts", with_a_clock_that_restarts),
    "one channel": ("wav", lambda path: stereo(path, 0)),
    "inverted": ("wav", lambda path: stereo(path, -1)),
    "from a pipe": ("wav", from_a_pipe),
    "joined": ("mp3", joined),
    "damaged mp3": ("mp3", damaged),
    "damaged flac": ("flac", damaged_flac),
    "other rate": ("aac", other_rate),
    "silent": ("m4a", silent),
    "cut short": ("mp4", lambda path: cut_short(path, speech())),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_files_are_decoded_as_in_one_go(tmp_path: Path, name: str) -> None:
    extension, make = ODD[name]
    path = tmp_path / f"odd.{extension}"
    make(path)
    check_alike(in_sections(path), decode(path))


def test_several_processes_take_no_more_memory_than_one_may(tmp_path: Path) -> None:
    path = tmp_path / "speech.mp3"
    encode(path, "libmp3lame", speech(), rate=44_100)
    found = in_sections(path, -100_000_000)
    assert not found.by_sections, "where opening the file takes more than the part of each"
    check_alike(found, decode(path))


def test_what_the_processes_cannot_decode_is_decoded_in_one_go(tmp_path: Path) -> None:
    path = tmp_path / "speech.mp3"
    encode(path, "libmp3lame", speech(), rate=44_100)
    found = in_sections(path, 500_000_000, "No memory.")
    assert (found.by_sections, found.rest) == (True, [[0, 0]])
    check_alike(found, decode(path))
