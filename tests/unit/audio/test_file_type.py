"""Files of every kind are made here, with a real encoder where there is one, by hand elsewhere."""

import contextlib
import io
import struct
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers.window import MAX_BYTES, MAX_READS
from audio_translation.audio.file_type import sniff
from audio_translation.errors import UnsupportedAudio

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


class Counted(io.BytesIO):
    """Counts what is taken from it."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.reads = self.bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self.reads += 1
        self.bytes += len(content)
        return content


class Endless(io.RawIOBase):
    """A file of 2**62 bytes that begins with ``head`` and goes on with ``pattern``, for ever."""

    def __init__(self, head: bytes, pattern: bytes) -> None:
        self.head, self.pattern, self.position, self.reads = head, pattern, 0, 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.position = 2**62 if whence == 2 else offset
        return self.position

    def read(self, size: int = -1, /) -> bytes:
        self.reads += 1
        assert 0 <= size <= MAX_BYTES
        start, end = self.position, self.position + size
        fill = max(start, len(self.head)) - len(self.head)
        shift = fill % len(self.pattern)
        body = (self.pattern * (size // len(self.pattern) + 2))[shift : shift + size]
        return (self.head[start:end] + body)[:size]


def answer(content: bytes) -> AudioType:
    return sniff(io.BytesIO(content))


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

ACCEPTED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "flac": ("flac", lambda: encode("flac", "flac")),
    "flac behind ID3": ("flac", lambda: id3() + encode("flac", "flac")),
    "mp3 with ID3": ("mp3", lambda: encode("mp3", "libmp3lame")),
    "mp3 behind ID3 with a footer": ("mp3", lambda: id3(footer=True) + mp3()),
    "mp3 behind four ID3 tags": ("mp3", lambda: id3() * 4 + mp3()),
    "mp3 behind a cover of 1 MB": ("mp3", lambda: id3(b"\x89PNG" * 250_000) + mp3()),
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
    "m4a": ("m4a", lambda: encode("ipod", "aac")),
    "m4a with alac": ("m4a", lambda: encode("ipod", "alac")),
    "m4a with pictures": ("mp4", lambda: encode("ipod", "aac", "mpeg4")),
    "mp4": ("mp4", lambda: encode("mp4", "aac")),
    "mp4 with pictures": ("mp4", lambda: encode("mp4", "aac", "mpeg4")),
    "mp4, index first": ("mp4", lambda: encode("mp4", "aac", None, (("movflags", "faststart"),))),
    "mp4 of Safari's recorder": ("mp4", lambda: encode("mp4", "aac", None, FRAGMENTED)),
    "mp4 with opus": ("mp4", lambda: encode("mp4", "libopus")),
    "mp4 with 64-bit sizes": (
        "mp4",
        lambda: FTYP + struct.pack(">I4sQ8x", 1, b"mdat", 24) + movie(b"text", b"soun"),
    ),
    "mp4 with media to its end": ("mp4", lambda: FTYP + movie(b"soun") + b"\0\0\0\0mdat" + b"x"),
    "mpeg": ("mpeg", lambda: encode("mpeg", "mp2")),
    "mpeg with pictures": ("mpeg", lambda: encode("mpeg", "mp2", "mpeg1video")),
    "mpeg 2": ("mpeg", lambda: encode("vob", "mp2", "mpeg2video")),
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
    "wav": ("wav", lambda: encode("wav", "pcm_s16le")),
    "wav with mu-law": ("wav", lambda: encode("wav", "pcm_mulaw", rate=8000)),
    "wav of the 64-bit kind": (
        "wav",
        lambda: encode("wav", "pcm_s16le", None, (("rf64", "always"),)),
    ),
    "wav from a pipe": ("wav", lambda: wav_that_says(b"\xff\xff\xff\xff")),
    "wav of a recorder that was killed": ("wav", lambda: wav_that_says(bytes(4))),
    "webm with opus": ("webm", lambda: encode("webm", "libopus")),
    "webm with vorbis": ("webm", lambda: encode("webm", "vorbis")),
    "webm with pictures": ("webm", lambda: encode("webm", "libopus", "libvpx")),
    "webm of a browser, without a duration": (
        "webm",
        lambda: encode("webm", "libopus", None, (("live", "1"),)),
    ),
}

DECODED: dict[str, tuple[str, Callable[[], bytes]]] = {
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
    "3GP": ("3gp", lambda: encode("3gp", "aac")),
    "QuickTime": ("mov", lambda: encode("mov", "aac")),
    "old QuickTime": ("mov", lambda: encode("mov", "aac")[20:]),
    "Matroska": ("mkv", lambda: encode("matroska", "libopus")),
    "WavPack": ("wv", lambda: encode("wv", "wavpack")),
    "RealMedia": ("rm", lambda: encode("rm", "real_144", rate=8000)),
    "AIFF-C": ("aiff", lambda: b"FORM\0\0\0\x2eAIFC" + bytes(42)),
}

REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("is empty", bytes),
    "ID3 and nothing": ("ID3 tag with nothing after it", id3),
    "ID3 that is longer than the file": ("ID3 tag with nothing", lambda: id3()[:100]),
    "ID3 and zeros": ("no audio that is known", lambda: id3() + bytes(1000)),
    "five ID3 tags": ("no audio that is known", lambda: id3(bytes(70_000)) * 5 + mp3()),
    "two frames and a half": ("no audio that is known", lambda: mp3_frames(3)[:-40]),
    "three frames and junk": ("no audio that is known", lambda: mp3_frames(3) + b"\x01" * 1000),
    "mp3 too far behind junk": ("no audio that is known", lambda: b"\x01" * 70_000 + mp3()),
    "random bytes": ("no audio that is known", lambda: Random(7).randbytes(300_000)),
    "zeros": ("no audio that is known", lambda: bytes(100_000)),
    "HTML": ("HTML page", lambda: b"\xef\xbb\xbf\n <!DOCTYPE html><html lang=en>..."),
    "HTML with a comment, in Latin-1": ("HTML page", lambda: b"<!-- caf\xe9 -->\n<HTML><body>"),
    "HTML behind ID3": ("HTML page", lambda: id3() + b"<html>"),
    "JSON": ("JSON", lambda: b'{"error": "no such file"}'),
    "JSON that is cut in a letter": ("JSON", lambda: b'{"a":"' + "é".encode() * 600),
    "S3 error": (
        "storage answered with an error document",
        lambda: b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>',
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
    "WebP": ("WebP", lambda: riff((b"VP8 ", b"x"), kind=b"WEBP")),
    "HEIF": ("HEIF", lambda: box(b"ftyp", b"heic", bytes(4))),
    "mp4 without sound": ("mp4 file has no sound", lambda: encode("mp4", None, "mpeg4")),
    "mp4 cut before its index": ("(moov)", lambda: encode("mp4", "aac")[:1500]),
    "mp4 cut in its index": (
        "mp4 file is cut off",
        lambda: encode("mp4", "aac", None, (("movflags", "faststart"),))[:300],
    ),
    "mp4 with an index only": ("mp4 file is cut off", lambda: FTYP + movie(b"soun")),
    "mp4 that says ftyp and no more": ("(moov)", lambda: FTYP),
    "webm without sound": ("webm file has no sound", lambda: encode("webm", None, "libvpx")),
    "webm cut before its tracks": (
        "webm file has no sound",
        lambda: encode("webm", "libopus")[:80],
    ),
    "webm cut before its sound": (
        "webm file is cut off",
        lambda: encode("webm", "libopus").partition(b"\x1f\x43\xb6\x75")[0],
    ),
    "ogg without sound": (
        "ogg file has no sound",
        lambda: (
            ogg_page(b"\x80theora" + bytes(300), begins=True) + ogg_page(b"pictures", begins=False)
        ),
    ),
    "ogg cut behind its first page": (
        "ogg file is cut off",
        lambda: ogg_page(b"OpusHead\x01\x01", begins=True),
    ),
    "mpeg without sound": ("mpeg file has no sound", lambda: encode("mpeg", None, "mpeg1video")),
    "MPEG video": ("MPEG video", lambda: encode("mpeg1video", None, "mpeg1video")),
    "flac without frames": ("flac file has no sound", lambda: FLAC_HEAD + b"..."),
    "flac cut in its header": ("flac file is cut off", lambda: encode("flac", "flac")[:42]),
    "wav with no data": ("wav file has no sound", lambda: riff(WAV_FORMAT, (b"data", b""))),
    "wav with no data but a tag": (
        "wav file has no sound",
        lambda: riff(WAV_FORMAT, (b"data", b""), (b"LIST", b"INFO")),
    ),
    "wav cut before its data": ("wav file is cut off", lambda: encode("wav", "pcm_s16le")[:40]),
    "wav cut at its data": ("wav file has no sound", lambda: riff(WAV_FORMAT) + b"data\xff\0\0\0"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_file_of_an_accepted_kind_is_known_by_its_bytes(name: str) -> None:
    extension, content = ACCEPTED[name]
    found = answer(content())
    assert (found.extension, found.direct) == (extension, True)


@pytest.mark.parametrize("name", DECODED)
def test_a_file_that_only_ffmpeg_decodes_is_known_and_is_not_direct(name: str) -> None:
    extension, content = DECODED[name]
    found = answer(content())
    assert (found.extension, found.direct) == (extension, False)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_accepted_is_refused_by_its_name(name: str) -> None:
    says, content = REFUSED[name]
    with pytest.raises(UnsupportedAudio) as caught:
        answer(content())
    assert says in caught.value.message
    assert "Accepted are flac, mp3, mp4" in caught.value.message
    assert caught.value.param == "audioFileUrl"


def test_the_mime_type_goes_with_the_extension() -> None:
    assert answer(mp3()) == AudioType("mp3", "audio/mpeg")
    assert answer(encode("ipod", "aac")) == AudioType("m4a", "audio/mp4")
    assert answer(encode("webm", "libopus")) == AudioType("webm", "audio/webm")


def test_the_file_is_rewound_for_the_next_reader() -> None:
    file = io.BytesIO(mp3())
    sniff(file)
    assert file.tell() == 0
    file = io.BytesIO(b"text")
    with pytest.raises(UnsupportedAudio):
        sniff(file)
    assert file.tell() == 0


TRACK = b"\xae\x82\x86\x80"
ENDLESS = {
    "empty boxes": (FTYP, box(b"free")),
    "boxes of size 0": (FTYP, bytes(4) + b"free"),
    "a box that contains itself": (FTYP, struct.pack(">I4s", 0x7FFFFFFF, b"moov")),
    "tracks in tracks": (FTYP + struct.pack(">I4s", 0x7FFFFFFF, b"moov"), b"\x7f\0\0\0trak"),
    "a box of 2**63 bytes": (FTYP + struct.pack(">I4sQ", 1, b"moov", 2**63), bytes(8)),
    "a box of 2**64 - 1 bytes": (FTYP + struct.pack(">I4sQ", 1, b"mdat", 2**64 - 1), b"\xff"),
    "boxes of a size less than their head": (FTYP, b"\0\0\0\x03moov"),
    "64-bit boxes of size 0": (FTYP, struct.pack(">I4sQ", 1, b"free", 0)),
    "empty elements": (b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\xff", b"\xec\x80"),
    "elements of unknown size": (b"", b"\x1a\x45\xdf\xa3\xff"),
    "a DocType of 2**40 bytes": (b"\x1a\x45\xdf\xa3\xff\x42\x82\x03\x80\0\0\0\0", b"w"),
    "empty tracks": (
        b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\xff\x16\x54\xae\x6b\xff",
        TRACK,
    ),
    "first pages of Ogg": (b"", ogg_page(b"\x80theora", begins=True)),
    "chunks of wav": (b"RIFF\xff\xff\xff\xffWAVE", b"LIST\0\0\0\0"),
    "blocks of flac": (b"fLaC", b"\x01\0\0\0"),
    "pictures of mpeg": (b"\0\0\1\xba" + b"\x21" + bytes(7), b"\0\0\1\xe0\0\0"),
    "tags": (b"", id3(b"")),
    "headers of frames that never chain": (b"", b"\xff\xfb\x90\x00"),
    "spaces": (b"", b" "),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_hostile_file_ends_in_a_refusal_after_a_bounded_number_of_reads(name: str) -> None:
    file = Endless(*ENDLESS[name])
    with pytest.raises(UnsupportedAudio):
        sniff(cast(BinaryIO, file))
    assert file.reads <= MAX_READS


def assert_type_or_refusal(content: bytes) -> None:
    file = Counted(content)
    with contextlib.suppress(UnsupportedAudio):
        assert isinstance(sniff(file), AudioType)
    assert file.reads <= MAX_READS
    assert file.bytes <= MAX_BYTES


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEADS = [b"", b"ID3\x04\0\0\0\0\0\0", b"OggS", b"fLaC", b"RIFF\0\0\0\0WAVE", FTYP, b"\0\0\1\xba"]
HEADS += [
    b"\x1a\x45\xdf\xa3",
    b"\xff\xfb\x90\0",
    b"\xff\xfe",
    b"<",
    *(head for head, _ in ENDLESS.values()),
]


@given(st.sampled_from(HEADS), st.binary(max_size=2000))
@patient
def test_any_bytes_give_a_type_or_a_refusal(head: bytes, rest: bytes) -> None:
    assert_type_or_refusal(head + rest)


@given(
    st.sampled_from(sorted(ACCEPTED)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=9)), max_size=5),
    st.floats(0, 1),
)
@settings(patient, max_examples=300)
def test_a_damaged_or_cut_file_gives_a_type_or_a_refusal(
    name: str, damages: list[tuple[float, bytes]], kept: float
) -> None:
    content = bytearray(ACCEPTED[name][1]())
    for place, damage in damages:
        # Squared: most of what can be got wrong is near the start.
        at = int(len(content) * place**2)
        content[at : at + len(damage)] = damage
    assert_type_or_refusal(bytes(content[: int(len(content) * kept)]))
