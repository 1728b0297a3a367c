"""Files of any length, write_all_recordings of recordings of people, with the true times of each.

    python -m tests.audio.long_files MINUTES FILE.mp3 [--languages es,fr] [--recordings all.csv]

writes ``FILE.mp3`` and beside it ``FILE.csv``: start and end in milliseconds, the recording's
file, and what it says in English. The same seed makes the same file; memory does not grow with
its length. The extension decides what is written: wav, flac, mp3, or whatever FFmpeg makes of it.
"""

import argparse
import csv
import functools
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame

from tests.audio.recordings import ALL, FEW, FOLDER, recordings

RATE = 16_000
SEED = 20_261_122
CODECS = {"wav": "pcm_s16le", "mp3": "libmp3lame", "webm": "libopus", "ogg": "libopus"}
LANGUAGES = ("es", "fr", "it", "ru")

_LOUD = 200  # of 32,768: what a recording is trimmed to, so that its true times are known
_BLOCK = RATE
_FAINT = bytes(number % 4 for number in range(256))


@dataclass(frozen=True)
class Spoken:
    """One recording in the file; ``start`` and ``end`` are in milliseconds."""

    start: int
    end: int
    file: str
    english: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.audio.long_files", description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("to", type=Path)
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--recordings", default=FEW, help="a manifest in tests/data/speech")
    given = parser.parse_args()
    spoken = arranged(
        given.minutes, languages=given.languages.split(","), manifest=given.recordings
    )
    write(spoken, given.to)
    with given.to.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ["start", "end", "file", "english"])
        table.writeheader()
        table.writerows(map(asdict, spoken))


def arranged(
    minutes: float,
    *,
    languages: Iterable[str] = LANGUAGES,
    seed: int = SEED,
    folder: Path = FOLDER,
    manifest: str = FEW,
) -> list[Spoken]:
    """Shuffle the recordings again and again, with pauses of 0.35 to 4 s, rarely of 12 to 40 s."""
    chance = random.Random(seed)
    known = [r for r in recordings(folder, manifest) if r.language in set(languages)]
    spoken: list[Spoken] = []
    at = 1_000
    while True:
        chance.shuffle(known)
        for recording in known:
            length = len(trimmed(recording.path)) // 2 * 1000 // RATE
            if at + length > minutes * 60_000 and spoken:
                return spoken
            name = str(recording.path.relative_to(folder))
            spoken.append(Spoken(at, at + length, name, recording.english))
            at += length + _pause(chance)


def write(
    spoken: list[Spoken],
    to: Path,
    *,
    rate: int = 44_100,
    layout: str = "stereo",
    bit_rate: int = 128_000,
    folder: Path = FOLDER,
) -> None:
    """Encode the file; wav and flac always in mono at ``RATE``, so that they lose nothing."""
    extension = to.suffix.removeprefix(".")
    plain = extension in {"wav", "flac"}
    if plain:
        rate, layout = RATE, "mono"
    elif extension in {"webm", "ogg", "opus"}:
        rate = 48_000  # the only rate of Opus
    with av.open(str(to), "w") as container:
        codec = CODECS.get(extension, container.default_audio_codec)
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        if not plain:
            stream.bit_rate = bit_rate
        if codec == "libmp3lame":
            stream.codec_context.options = {"compression_level": "9"}  # lame's fastest
        resampler = av.AudioResampler(
            format=stream.format,
            layout=stream.layout,
            rate=stream.rate,
            frame_size=stream.frame_size,
        )
        at = 0
        for block in samples(spoken, folder=folder):
            for frame in resampler.resample(framed(block, at)):
                container.mux(stream.encode(frame))
            at += len(block) // 2
        for frame in resampler.resample(None):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_all_recordings(minutes: float, to: Path, *languages: str) -> list[Spoken]:
    """Write a file of all recordings of these languages, as a phone or a meeting would send it."""
    spoken = arranged(minutes, languages=languages, manifest=ALL)
    write(spoken, to, rate=RATE, layout="mono", bit_rate=64_000)
    return spoken


def samples(spoken: list[Spoken], *, folder: Path = FOLDER) -> Iterator[bytes]:
    """Yield 16-bit mono samples at ``RATE`` in blocks; the file ends with a second of silence.

    No two pauses are the same (there is noise at -87 dBFS), so a slice tells where it is from.
    """
    chance = random.Random(SEED)
    at = 0
    for one in spoken:
        yield from _silence(one.start * RATE // 1000 - at, chance)
        speech = trimmed(folder / one.file)
        yield speech
        at = one.start * RATE // 1000 + len(speech) // 2
    yield from _silence(RATE, chance)


@functools.cache
def trimmed(path: Path) -> bytes:
    """A recording's samples from where it is loud for the first time to the last."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    data = bytearray()
    with av.open(str(path)) as container:
        for frame in [*container.decode(audio=0), None]:
            for mono in resampler.resample(frame):
                data += bytes(mono.planes[0])[: 2 * mono.samples]
    values = memoryview(data).cast("h")
    loud = [number for number in range(0, len(values), 16) if abs(values[number]) > _LOUD]
    return bytes(data[2 * loud[0] : 2 * loud[-1]])


def framed(block: bytes, at: int) -> AudioFrame:
    """Samples as a frame; ``at`` is the number of the first one."""
    frame = AudioFrame("s16", "mono", len(block) // 2)
    frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
    frame.planes[0].update(block)
    return frame


def _pause(chance: random.Random) -> int:
    return chance.randint(12_000, 40_000) if chance.random() < 0.03 else chance.randint(350, 4_000)


def _silence(count: int, chance: random.Random) -> Iterator[bytes]:
    while count > 0:
        block = bytearray(2 * min(count, _BLOCK))
        block[::2] = chance.randbytes(len(block) // 2).translate(_FAINT)
        yield bytes(block)
        count -= _BLOCK


if __name__ == "__main__":
    main()
