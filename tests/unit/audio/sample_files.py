"""Files of every kind: with a real encoder where there is one, made by hand elsewhere."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import cast

import av

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Samples:
    """Files of one family by their names.

    ``accepted`` and ``decoded`` have the extension that a file is known by (those that only ffmpeg
    decodes are the latter), ``refused`` has what is said of it, ``endless`` a head and the pattern
    that goes on for ever after it.
    """

    accepted: dict[str, tuple[str, Make]] = field(default_factory=dict)
    decoded: dict[str, tuple[str, Make]] = field(default_factory=dict)
    refused: dict[str, tuple[str, Make]] = field(default_factory=dict)
    endless: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)


FRAGMENTED = (("movflags", "frag_keyframe+empty_moov+default_base_moof"), ("brand", "iso5"))


@cache
def encode(
    container: str,
    audio: str | None,
    video: str | None = None,
    options: tuple[tuple[str, str], ...] = (),
    *,
    rate: int = 48000,
) -> bytes:
    """A quiet buzz and, if ``video`` names a codec, grey pictures, in a file of FFmpeg's making."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        with av.open(path, "w", format=container, options=dict(options)) as out:
            sound = cast(av.AudioStream, out.add_stream(audio, rate=rate)) if audio else None
            if sound:
                sound.layout = "stereo" if audio == "vorbis" else "mono"
                if audio == "vorbis":
                    sound.codec_context.options = {"strict": "-2"}
            pictures = cast(av.VideoStream, out.add_stream(video, rate=25)) if video else None
            if pictures:
                pictures.width = pictures.height = 64
                pictures.pix_fmt = "yuv420p"
                for number in range(12):
                    picture = av.VideoFrame(64, 64, "yuv420p")
                    for plane in picture.planes:
                        plane.update(b"\x80" * plane.buffer_size)
                    picture.pts, picture.time_base = number, Fraction(1, 25)
                    out.mux(pictures.encode(picture))
                out.mux(pictures.encode(None))
            if sound:
                out.mux(sound.encode(_buzz(rate)))
                out.mux(sound.encode(None))
        return path.read_bytes()


def _buzz(rate: int) -> av.AudioFrame:
    """Half a second."""
    wanted = rate // 2
    frame = av.AudioFrame("s16", "mono", wanted)
    samples = (n % 109 * 100 for n in range(wanted))
    frame.planes[0].update(struct.pack(f"<{wanted}h", *samples).ljust(frame.planes[0].buffer_size))
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    return frame


def id3(content: bytes = b"\x00" * 300, *, footer: bool = False) -> bytes:
    size = bytes(len(content) >> shift & 0x7F for shift in (21, 14, 7, 0))
    end = b"3DI\x04\x00\x10" + size if footer else b""
    return b"ID3\x04\x00" + (b"\x10" if footer else b"\x00") + size + content + end


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def mp3() -> bytes:
    return encode("mp3", "libmp3lame", options=(("id3v2_version", "0"),))


def mp3_frames(count: int) -> bytes:
    """Frames of 32 kbit/s at 48 kHz, 96 bytes each."""
    return b"".join(b"\xff\xfb\x14\xc4" + bytes([n] * 92) for n in range(count))


def movie(*tracks: bytes) -> bytes:
    """A movie box whose tracks have these handlers."""
    handlers = [box(b"hdlr", bytes(8), track, bytes(13)) for track in tracks]
    return box(b"moov", bytes(0), *(box(b"trak", box(b"mdia", handler)) for handler in handlers))


def ogg_page(packet: bytes, *, begins: bool, stream: int = 1) -> bytes:
    lengths = [255] * (len(packet) // 255) + [len(packet) % 255]
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, 2 * begins, 0, stream, 0, 0, len(lengths))
    return head + bytes(lengths) + packet


def riff(*chunks: tuple[bytes, bytes], kind: bytes = b"WAVE") -> bytes:
    body = b"".join(name + struct.pack("<I", len(content)) + content for name, content in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + kind + body


def wav_that_says(data_size: bytes) -> bytes:
    wav = encode("wav", "pcm_s16le")
    assert wav.count(b"data" + struct.pack("<I", 48000)) == 1
    return wav.replace(b"data" + struct.pack("<I", 48000), b"data" + data_size)


FLAC_HEAD = b"fLaC\x80\0\0\x22" + bytes(34)
WAV_FORMAT = (b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
FTYP = box(b"ftyp", b"isom", bytes(4), b"isomiso2")
TRACK = b"\xae\x82\x86\x80"

FLAC = Samples(
    accepted={
        "flac": ("flac", lambda: encode("flac", "flac")),
    },
    refused={
        "flac without frames": ("flac file has no sound", lambda: FLAC_HEAD + b"..."),
        "flac cut in its header": ("flac file is cut off", lambda: encode("flac", "flac")[:42]),
    },
    endless={
        "blocks of flac": (b"fLaC", b"\x01\0\0\0"),
    },
)
"""FLAC."""

MP4 = Samples(
    accepted={
        "m4a": ("m4a", lambda: encode("ipod", "aac")),
        "m4a with alac": ("m4a", lambda: encode("ipod", "alac")),
        "m4a with pictures": ("mp4", lambda: encode("ipod", "aac", "mpeg4")),
        "mp4": ("mp4", lambda: encode("mp4", "aac")),
        "mp4 with pictures": ("mp4", lambda: encode("mp4", "aac", "mpeg4")),
        "mp4, index first": (
            "mp4",
            lambda: encode("mp4", "aac", None, (("movflags", "faststart"),)),
        ),
        "mp4 of Safari's recorder": ("mp4", lambda: encode("mp4", "aac", None, FRAGMENTED)),
        "mp4 with opus": ("mp4", lambda: encode("mp4", "libopus")),
        "mp4 with 64-bit sizes": (
            "mp4",
            lambda: FTYP + struct.pack(">I4sQ8x", 1, b"mdat", 24) + movie(b"text", b"soun"),
        ),
        "mp4 with media to its end": (
            "mp4",
            lambda: FTYP + movie(b"soun") + b"\0\0\0\0mdat" + b"x",
        ),
    },
    decoded={
        "3GP": ("3gp", lambda: encode("3gp", "aac")),
        "QuickTime": ("mov", lambda: encode("mov", "aac")),
    },
    refused={
        "HEIF": ("HEIF", lambda: box(b"ftyp", b"heic", bytes(4))),
        "mp4 without sound": ("mp4 file has no sound", lambda: encode("mp4", None, "mpeg4")),
        "mp4 cut before its index": ("(moov)", lambda: encode("mp4", "aac")[:1500]),
        "mp4 cut in its index": (
            "mp4 file is cut off",
            lambda: encode("mp4", "aac", None, (("movflags", "faststart"),))[:300],
        ),
        "mp4 with an index only": ("mp4 file is cut off", lambda: FTYP + movie(b"soun")),
        "mp4 that says ftyp and no more": ("(moov)", lambda: FTYP),
    },
    endless={
        "empty boxes": (FTYP, box(b"free")),
        "boxes of size 0": (FTYP, bytes(4) + b"free"),
        "a box that contains itself": (FTYP, struct.pack(">I4s", 0x7FFFFFFF, b"moov")),
        "tracks in tracks": (FTYP + struct.pack(">I4s", 0x7FFFFFFF, b"moov"), b"\x7f\0\0\0trak"),
        "a box of 2**63 bytes": (FTYP + struct.pack(">I4sQ", 1, b"moov", 2**63), bytes(8)),
        "a box of 2**64 - 1 bytes": (FTYP + struct.pack(">I4sQ", 1, b"mdat", 2**64 - 1), b"\xff"),
        "boxes of a size less than their head": (FTYP, b"\0\0\0\x03moov"),
        "64-bit boxes of size 0": (FTYP, struct.pack(">I4sQ", 1, b"free", 0)),
    },
)
"""MP4, M4A, 3GP, QuickTime."""

MPEG = Samples(
    accepted={
        "mp3 without any tag": ("mp3", mp3),
        "mp3 with ID3v1": ("mp3", lambda: mp3() + b"TAG" + bytes(125)),
        "mp3 of 8 kHz, MPEG 2.5": ("mp3", lambda: encode("mp3", "libmp3lame", rate=8000)),
        "mp3 of 22 kHz, MPEG 2": ("mp3", lambda: encode("mp3", "libmp3lame", rate=22050)),
        "mp3 behind zeros": ("mp3", lambda: bytes(5000) + mp3()),
        "mp3 behind junk": ("mp3", lambda: b"\x01junk\xff\xfb\x90" * 700 + mp3()),
        "mp3 cut in its last frame": ("mp3", lambda: mp3()[:-50]),
        "mp3 cut in its first frame": ("mp3", lambda: mp3()[50:]),
        "mp3 of one frame": ("mp3", lambda: mp3_frames(1)),
        "mp3 of three frames and ID3v1": ("mp3", lambda: mp3_frames(3) + b"TAG" + bytes(125)),
        "mp2": ("mpga", lambda: encode("mp2", "mp2")),
        "mp2 of 16 kHz, MPEG 2": ("mpga", lambda: encode("mp2", "mp2", rate=16000)),
        "MPEG layer I": ("mpga", lambda: (b"\xff\xff\x84\xc4" + bytes(252)) * 6),
        "mpeg": ("mpeg", lambda: encode("mpeg", "mp2")),
        "mpeg with pictures": ("mpeg", lambda: encode("mpeg", "mp2", "mpeg1video")),
        "mpeg 2": ("mpeg", lambda: encode("vob", "mp2", "mpeg2video")),
    },
    refused={
        "mpeg without sound": (
            "mpeg file has no sound",
            lambda: encode("mpeg", None, "mpeg1video"),
        ),
    },
    decoded={
        "two frames and a half": ("bin", lambda: mp3_frames(3)[:-40]),
        "three frames and junk": ("bin", lambda: mp3_frames(3) + b"\x01" * 1000),
        "mp3 too far behind junk": ("bin", lambda: b"\x01" * 70_000 + mp3()),
        "random bytes": ("bin", lambda: Random(7).randbytes(300_000)),
        "zeros": ("bin", lambda: bytes(100_000)),
    },
    endless={
        "pictures of mpeg": (b"\0\0\1\xba" + b"\x21" + bytes(7), b"\0\0\1\xe0\0\0"),
        "headers of frames that never chain": (b"", b"\xff\xfb\x90\x00"),
    },
)
"""Program streams, and frames without a container."""

OGG = Samples(
    accepted={
        "ogg with opus": ("ogg", lambda: encode("ogg", "libopus")),
        "ogg with vorbis": ("ogg", lambda: encode("ogg", "vorbis")),
        "ogg with flac": ("ogg", lambda: encode("ogg", "flac")),
        "ogg with theora and speex": (
            "ogg",
            lambda: (
                ogg_page(b"\x80theora" + bytes(300), begins=True)
                + ogg_page(b"Speex   1.2", begins=True, stream=2)
                + ogg_page(b"sound", begins=False, stream=2)
            ),
        ),
    },
    refused={
        "ogg without sound": (
            "ogg file has no sound",
            lambda: (
                ogg_page(b"\x80theora" + bytes(300), begins=True)
                + ogg_page(b"pictures", begins=False)
            ),
        ),
        "ogg cut behind its first page": (
            "ogg file is cut off",
            lambda: ogg_page(b"OpusHead\x01\x01", begins=True),
        ),
    },
    endless={
        "first pages of Ogg": (b"", ogg_page(b"\x80theora", begins=True)),
    },
)
"""Ogg."""

WAV = Samples(
    accepted={
        "wav": ("wav", lambda: encode("wav", "pcm_s16le")),
        "wav with mu-law": ("wav", lambda: encode("wav", "pcm_mulaw", rate=8000)),
        "wav of the 64-bit kind": (
            "wav",
            lambda: encode("wav", "pcm_s16le", None, (("rf64", "always"),)),
        ),
        "wav from a pipe": ("wav", lambda: wav_that_says(b"\xff\xff\xff\xff")),
        "wav of a recorder that was killed": ("wav", lambda: wav_that_says(bytes(4))),
    },
    refused={
        "wav with no data": ("wav file has no sound", lambda: riff(WAV_FORMAT, (b"data", b""))),
        "wav with no data but a tag": (
            "wav file has no sound",
            lambda: riff(WAV_FORMAT, (b"data", b""), (b"LIST", b"INFO")),
        ),
        "wav cut before its data": ("wav file is cut off", lambda: encode("wav", "pcm_s16le")[:40]),
        "wav cut at its data": (
            "wav file has no sound",
            lambda: riff(WAV_FORMAT) + b"data\xff\0\0\0",
        ),
    },
    endless={
        "chunks of wav": (b"RIFF\xff\xff\xff\xffWAVE", b"LIST\0\0\0\0"),
    },
)
"""WAV."""

WEBM = Samples(
    accepted={
        "webm with opus": ("webm", lambda: encode("webm", "libopus")),
        "webm with vorbis": ("webm", lambda: encode("webm", "vorbis")),
        "webm with pictures": ("webm", lambda: encode("webm", "libopus", "libvpx")),
        "webm of a browser, without a duration": (
            "webm",
            lambda: encode("webm", "libopus", None, (("live", "1"),)),
        ),
    },
    decoded={
        "Matroska": ("mkv", lambda: encode("matroska", "libopus")),
    },
    refused={
        "webm without sound": ("webm file has no sound", lambda: encode("webm", None, "libvpx")),
        "webm cut before its tracks": (
            "webm file has no sound",
            lambda: encode("webm", "libopus")[:80],
        ),
        "webm cut before its sound": (
            "webm file is cut off",
            lambda: encode("webm", "libopus").partition(b"\x1f\x43\xb6\x75")[0],
        ),
    },
    endless={
        "empty elements": (
            b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\xff",
            b"\xec\x80",
        ),
        "elements of unknown size": (b"", b"\x1a\x45\xdf\xa3\xff"),
        "a DocType of 2**40 bytes": (b"\x1a\x45\xdf\xa3\xff\x42\x82\x03\x80\0\0\0\0", b"w"),
        "empty tracks": (
            b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\xff\x16\x54\xae\x6b\xff",
            TRACK,
        ),
    },
)
"""WebM and Matroska."""

OTHERS = Samples(
    accepted={
        "flac behind ID3": ("flac", lambda: id3() + encode("flac", "flac")),
        "mp3 with ID3": ("mp3", lambda: encode("mp3", "libmp3lame")),
        "mp3 behind ID3 with a footer": ("mp3", lambda: id3(footer=True) + mp3()),
        "mp3 behind four ID3 tags": ("mp3", lambda: id3() * 4 + mp3()),
        "mp3 behind a cover of 1 MB": ("mp3", lambda: id3(b"\x89PNG" * 250_000) + mp3()),
    },
    decoded={
        "raw AAC": ("aac", lambda: encode("adts", "aac")),
        "raw AAC behind ID3": ("aac", lambda: id3() + encode("adts", "aac")),
        "AC-3": ("ac3", lambda: encode("ac3", "ac3")),
        "AIFF": ("aiff", lambda: encode("aiff", "pcm_s16be")),
        "AMR": ("amr", lambda: encode("amr", "libopencore_amrnb", rate=8000)),
        "WMA": ("wma", lambda: encode("asf", "libmp3lame")),
        "AVI": ("avi", lambda: encode("avi", "libmp3lame", "mpeg4")),
        "CAF": ("caf", lambda: encode("caf", "pcm_s16le")),
        "AU": ("au", lambda: encode("au", "pcm_s16be")),
        "FLV": ("flv", lambda: encode("flv", "aac")),
        "MPEG transport stream": ("ts", lambda: encode("mpegts", "aac")),
        "old QuickTime": ("mov", lambda: encode("mov", "aac")[20:]),
        "WavPack": ("wv", lambda: encode("wv", "wavpack")),
        "RealMedia": ("rm", lambda: encode("rm", "real_144", rate=8000)),
        "what is not known here": ("bin", lambda: b"?!\0" * 500),
        "zeros behind ID3": ("bin", lambda: id3() + bytes(1000)),
        "five ID3 tags": ("bin", lambda: id3(bytes(70_000)) * 5 + mp3()),
        "Wave64": ("w64", lambda: encode("w64", "pcm_s16le")),
        "DTS": ("dts", lambda: b"\x7f\xfe\x80\x01" + bytes(40)),
        "camcorder": ("mts", lambda: (bytes(4) + b"G" + bytes(187)) * 4),
        "MXF": ("mxf", lambda: b"\x06\x0e\x2b\x34\x02\x05\x01\x01" + bytes(40)),
        "AIFF-C": ("aiff", lambda: b"FORM\0\0\0\x2eAIFC" + bytes(42)),
    },
    refused={
        "nothing": ("is empty", bytes),
        "ID3 and nothing": ("ID3 tag with nothing after it", id3),
        "ID3 that is longer than the file": ("ID3 tag with nothing", lambda: id3()[:100]),
        "HTML": ("HTML page", lambda: b"\xef\xbb\xbf\n <!DOCTYPE html><html lang=en>..."),
        "HTML with a comment, in Latin-1": ("HTML page", lambda: b"<!-- caf\xe9 -->\n<HTML><body>"),
        "HTML behind ID3": ("HTML page", lambda: id3() + b"<html>"),
        "JSON": ("JSON", lambda: b'{"error": "no such file"}'),
        "JSON that is cut in a letter": ("JSON", lambda: b'{"a":"' + "é".encode() * 600),
        "S3 error": (
            "storage service's error document",
            lambda: (
                b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>'
            ),
        ),
        "RSS": ("an XML document", lambda: b'<?xml version="1.0"?><rss></rss>'),
        "text": ("plain text", "Здравствуй, мир\n".encode),
        "text in UTF-16": ("plain text", lambda: "Not audio".encode("utf-16")),
        "m3u8": ("playlist", lambda: b"#EXTM3U\n#EXT-X-VERSION:3\n"),
        "pls": ("playlist", lambda: b"[playlist]\nFile1=https://radio.example/live.mp3\n"),
        "zip": ("zip archive", lambda: b"PK\x03\x04" + bytes(40)),
        "gzip": ("gzip", lambda: b"\x1f\x8b\x08" + bytes(40)),
        "PDF": ("PDF", lambda: b"%PDF-1.7\n%\xe2\xe3"),
        "PNG": ("PNG", lambda: b"\x89PNG\r\n\x1a\n"),
        "JPEG": ("JPEG", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF"),
        "GIF": ("GIF", lambda: b"GIF89a"),
        "BMP": ("BMP", lambda: b"BM" + bytes(60)),
        "TIFF": ("TIFF", lambda: b"II*\0" + bytes(60)),
        "Office document": ("Office", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60)),
        "program": ("program", lambda: b"\x7fELF" + bytes(60)),
        "xz": ("xz", lambda: b"\xfd7zXZ\0" + bytes(60)),
        "zstd": ("zstd", lambda: b"\x28\xb5\x2f\xfd" + bytes(60)),
        "database": ("database", lambda: b"SQLite format 3\0" + bytes(60)),
        "WebP": ("WebP", lambda: riff((b"VP8 ", b"x"), kind=b"WEBP")),
        "MPEG video": ("MPEG video", lambda: encode("mpeg1video", None, "mpeg1video")),
    },
    endless={
        "tags": (b"", id3(b"")),
        "spaces": (b"", b" "),
    },
)
"""What is told by its first bytes alone, or is nothing of all these."""
