"""Media files of all kinds, odd, broken and hostile ones too."""

import functools
import io
import struct
import wave
import zlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame

from tests.audio.long_files import RATE, framed

_BIT_RATES = {"libopencore_amrnb": 12_200, "wmav2": 96_000}


def encode(
    to: Path | io.BytesIO,
    codec: str,
    data: bytes,
    *,
    format: str | None = None,  # noqa: A002
    rate: int = RATE,
    layout: str = "mono",
    late: float = 0,
    video: Iterable[float] = (),
    streams: int = 1,
    pts: Callable[[int], int] = lambda at: at,
    options: dict[str, str] | None = None,
) -> None:
    """Write a file with the samples; further ``streams`` are silent.

    ``video`` has its frames' times, ``late`` is when the sound starts, both in seconds.
    """
    target = str(to) if isinstance(to, Path) else to
    with av.open(target, "w", format=format, container_options=options or {}) as container:
        picture = container.add_stream("mpeg4", rate=30) if video else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
            picture.time_base = picture.codec_context.time_base = Fraction(1, 1000)
        tracks = [_sound_stream(container, codec, rate, layout) for _ in range(streams)]
        for track in tracks:
            if codec in _BIT_RATES:
                track.bit_rate = _BIT_RATES[codec]
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
            samples = bytes(len(data)) if number else data
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


def _sound_stream(
    container: av.container.OutputContainer, codec: str, rate: int, layout: str
) -> av.AudioStream:
    stream = container.add_stream(codec, rate=rate, layout=layout)
    assert isinstance(stream, av.AudioStream)
    return stream


def without_moov(path: Path, data: bytes) -> None:
    """An mp4 that ends before its index."""
    encode(path, "aac", data)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") - 4])


def without_sound(path: Path) -> None:
    """A film of a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(25):
            frame = VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def cut_short(path: Path, data: bytes) -> None:
    """An mp4 with its index, and three quarters of what that announces."""
    encode(path, "aac", data, options={"movflags": "+faststart"})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 4])


def many_channels(path: Path, data: bytes, channels: int) -> None:
    """A wav with the same in all channels."""
    values = memoryview(data).cast("h")
    with closing(wave.open(str(path), "wb")) as file:
        file.setparams((channels, 2, RATE, 0, "NONE", ""))
        file.writeframes(array("h", (v for v in values for _ in range(channels))).tobytes())


def browser_webm(path: Path, data: bytes) -> None:
    """A webm as MediaRecorder writes it, which never learns how long it is."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    pipe = Pipe()
    encode(pipe, "libopus", data, format="webm", rate=48_000, options={"live": "1"})
    path.write_bytes(pipe.getvalue())


def lying_mp3(path: Path, data: bytes, frames: int) -> None:
    """An mp3 whose header says that it has so many frames."""
    encode(path, "libmp3lame", data, rate=44_100)
    content = bytearray(path.read_bytes())
    at = max(content.find(b"Xing"), content.find(b"Info"))
    assert at > 0
    content[at + 8 : at + 12] = frames.to_bytes(4, "big")
    path.write_bytes(content)


def late_avi(path: Path, data: bytes, seconds: float) -> None:
    """An avi film whose stream of sound starts so much later, as its header says (dwStart)."""
    encode(path, "libmp3lame", data, rate=44_100, video=[n / 25 for n in range(100)])
    content = bytearray(path.read_bytes())
    at = content.index(b"auds")
    scale, rate = struct.unpack_from("<II", content, at + 20)
    struct.pack_into("<I", content, at + 28, round(seconds * rate / scale))
    path.write_bytes(content)


# Matroska by hand: https://www.matroska.org/technical/elements.html ------------------------------


def matroska(
    path: Path,
    blocks: Sequence[bytes],
    *,
    tracks: int = 1,
    subtitles: int = 0,
    attachments: int = 0,
    compressed: bool = False,
) -> None:
    """Blocks of samples in the first of many tracks; ``attachments`` are of ten bytes each."""
    entries = [_track(number + 1, compressed=compressed) for number in range(tracks)]
    entries += [_subtitles(tracks + number + 1) for number in range(subtitles)]
    parts = [_HEAD, _element("1654ae6b", *entries)]
    if attachments:
        files = [_attached(number, 10) + bytes(10) for number in range(attachments)]
        parts.append(_element("1941a469", *(_element("61a7", file) for file in files)))
    at = 0
    for block in blocks:
        content = _compressed(block) if compressed else block
        simple = _element("a3", b"\x81\0\0\x80", content)
        parts.append(_element("1f43b675", _number("e7", at), simple))
        at += len(block) * 1000 // (2 * RATE)
    path.write_bytes(_EBML + _element("18538067", *parts))


@functools.lru_cache(4)
def _compressed(block: bytes) -> bytes:
    """Hours of one minute are compressed once."""
    return zlib.compress(block)


def matroska_with_large_attachments(path: Path, data: bytes, *, count: int, size: int) -> None:
    """Attachments of zeros, which take no room on the disk."""
    heads = [_attached(number, size) for number in range(count)]
    all_sizes = [_sized("61a7", len(head) + size) for head in heads]
    tracks = _element("1654ae6b", _track(1, compressed=False))
    cluster = _element("1f43b675", _number("e7", 0), _element("a3", b"\x81\0\0\x80", data))
    inside = sum(len(a) + len(b) + size for a, b in zip(all_sizes, heads, strict=True))
    attachments = _sized("1941a469", inside)
    length = len(_HEAD) + len(tracks) + len(attachments) + inside + len(cluster)
    with path.open("wb") as file:
        file.write(_EBML + _sized("18538067", length) + _HEAD + tracks + attachments)
        for own, head in zip(all_sizes, heads, strict=True):
            file.write(own + head)
            file.seek(size, io.SEEK_CUR)
        file.write(cluster)


def _track(number: int, *, compressed: bool) -> bytes:
    audio = _element(
        "e1", _element("b5", struct.pack(">d", RATE)), _number("9f", 1), _number("6264", 16)
    )
    zipped = _number("5031", 0) + _number("5032", 1) + _element("5034", _number("4254", 0))
    encodings = _element("6d80", _element("6240", zipped)) if compressed else b""
    codec = _element("86", b"A_PCM/INT/LIT")
    return _element("ae", _identified(number), _number("83", 2), codec, audio, encodings)


def _subtitles(number: int) -> bytes:
    return _element("ae", _identified(number), _number("83", 17), _element("86", b"S_TEXT/UTF8"))


def _identified(number: int) -> bytes:
    return _number("d7", number) + _number("73c5", number)


def _attached(number: int, size: int) -> bytes:
    """All of an attached file but its content, which comes last."""
    name = _element("466e", b"font-%d" % number) + _element("4660", b"application/octet-stream")
    return name + _number("46ae", number + 1) + _sized("465c", size)


def _element(name: str, *content: bytes) -> bytes:
    inside = b"".join(content)
    return _sized(name, len(inside)) + inside


def _sized(name: str, size: int) -> bytes:
    return bytes.fromhex(name) + (size | 1 << 56).to_bytes(8, "big")


def _number(name: str, value: int) -> bytes:
    return _element(name, value.to_bytes(8, "big"))


_EBML = _element(
    "1a45dfa3",
    *(_number(name, value) for name, value in {"4286": 1, "42f7": 1, "42f2": 4, "42f3": 8}.items()),
    _element("4282", b"matroska"),
    _number("4287", 2),
    _number("4285", 2),
)
_HEAD = _element("1549a966", _number("2ad7b1", 1_000_000))


# MP4 by hand: ISO/IEC 14496-12 -------------------------------------------------------------------


def announcing_mp4(path: Path, *, tracks: int, samples: int) -> None:
    """An mp4 of so many tracks, each of which says that it has so many samples of four bytes."""
    head = _box("ftyp", b"isom\0\0\2\0isommp41")
    movie = _full("mvhd", struct.pack(">IIII", 0, 0, 1000, 1000), bytes(80))
    moov = _box("moov", movie, *[_sound_track(samples)] * tracks)
    path.write_bytes(head + moov + _box("mdat", bytes(1000)))


def _sound_track(samples: int) -> bytes:
    entry = bytes(6) + struct.pack(">H8xHHHHI", 1, 1, 16, 0, 0, RATE << 16)
    table = _box(
        "stbl",
        _full("stsd", struct.pack(">I", 1), _box("mp4a", entry)),
        _full("stts", struct.pack(">III", 1, samples, 1024)),
        _full("stsc", struct.pack(">IIII", 1, 1, samples, 1)),
        _full("stsz", struct.pack(">II", 4, samples)),
        _full("stco", struct.pack(">II", 1, 8)),
    )
    media = _box(
        "mdia",
        _full("mdhd", struct.pack(">IIIIHH", 0, 0, RATE, RATE, 0, 0)),
        _full("hdlr", bytes(4), b"soun", bytes(13)),
        _box("minf", _full("smhd", bytes(4)), table),
    )
    track = struct.pack(">IIIII8xhhhh36x8x", 0, 0, 1, 0, 1000, 0, 0, 0x100, 0)
    return _box("trak", _full("tkhd", track), media)


def _box(name: str, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I", len(inside) + 8) + name.encode() + inside


def _full(name: str, *content: bytes) -> bytes:
    return _box(name, bytes(4), *content)
