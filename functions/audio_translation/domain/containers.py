"""The containers that are accepted, walked far enough to see that there is sound in them.

Every function takes a ``Window`` on the file and the offset at which the container's first bytes
were seen, returns its type, and raises ``UnsupportedAudio`` if it is damaged or holds no sound.

Sources: ISO/IEC 14496-12 (mp4 boxes), RFC 8794 and RFC 9559 (EBML, Matroska), RFC 3533 (Ogg),
RFC 9639 (FLAC), ISO/IEC 11172-1 and -3 (MPEG program stream and audio).
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from audio_translation.domain.audio import AudioType
from audio_translation.domain.errors import UnsupportedAudio

MAX_READS = 4096
MAX_BYTES = 512 * 1024

FLAC = AudioType("flac", "audio/flac")
M4A = AudioType("m4a", "audio/mp4")
MP3 = AudioType("mp3", "audio/mpeg")
MP4 = AudioType("mp4", "video/mp4")
MPEG = AudioType("mpeg", "video/mpeg")
MPGA = AudioType("mpga", "audio/mpeg")
OGG = AudioType("ogg", "audio/ogg")
WAV = AudioType("wav", "audio/wav")
WEBM = AudioType("webm", "audio/webm")

# What ffmpeg decodes and no provider takes. These are not walked: ffmpeg says if they are damaged.
MKV = AudioType("mkv", "video/x-matroska", direct=False)
MOV = AudioType("mov", "video/quicktime", direct=False)
THREE_GP = AudioType("3gp", "video/3gpp", direct=False)

_ACCEPTED = "Accepted are flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav and webm."
_IMAGES = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"}
_JUNK = 64 * 1024
"""How far from its start an mp3 may begin, in bytes: stations and cutters leave padding."""


class Window:
    """A file of which only so much is looked at."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._reads, self._bytes = MAX_READS, MAX_BYTES
        self.size = file.seek(0, 2)

    def at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``, fewer at the file's end."""
        if offset >= self.size:
            return b""
        self._reads -= 1
        self._bytes -= length
        if self._reads < 0 or self._bytes < 0:
            raise refused("No sound was found in the part of the file that is searched.")
        self._file.seek(offset)
        return self._file.read(length)

    def number(self, offset: int, length: int) -> int:
        """A big-endian number; 0 where the file has ended."""
        return int.from_bytes(self.at(offset, length), "big")


def flac(window: Window, start: int) -> AudioType:
    at, last = start + 4, False
    while not last:
        head = window.at(at, 4)
        if len(head) < 4:
            raise _truncated("flac")
        last = head[0] >= 0x80
        at += 4 + int.from_bytes(head[1:], "big")
    if window.number(at, 2) & 0xFFFE != 0xFFF8:
        raise _no_sound("flac")
    return FLAC


def ogg(window: Window, at: int) -> AudioType:
    sound = False
    while True:
        head = window.at(at, 27)
        if len(head) < 27 or not head.startswith(b"OggS"):
            raise _truncated("ogg") if sound else _no_sound("ogg")
        if not head[5] & 2:  # the streams' first pages come before all others
            break
        lengths = window.at(at + 27, head[26])
        body = at + 27 + head[26]
        codec = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"fLaC", b"Speex   ")
        sound = sound or window.at(body, 8).startswith(codec)
        at = body + sum(lengths)
    if not sound:
        raise _no_sound("ogg")
    return OGG


def wav(window: Window, start: int) -> AudioType:
    at, described = start + 12, False
    while len(head := window.at(at, 8)) == 8:
        kind, size = head[:4], int.from_bytes(head[4:], "little")
        described = described or kind == b"fmt "
        if kind == b"data" and described:
            # A recorder that was cut off leaves 0 for "to the end", but so does one that got
            # nothing; then the next chunk follows at once.
            follows = window.at(at + 8, 4)
            if size and follows:
                return WAV
            if follows and follows not in (b"LIST", b"id3 ", b"ID3 ", b"bext", b"iXML", b"JUNK"):
                return WAV
            raise _no_sound("wav")
        at += 8 + size + size % 2
    raise _truncated("wav")


def mp4(window: Window, start: int) -> AudioType:
    size = window.number(start, 4)
    content = window.at(start + 8, min(max(size - 8, 8), 256))
    major, compatible = content[:4], content[8:]
    if major == b"qt  ":
        return MOV
    if major.startswith((b"3g", b"3G")):
        return THREE_GP
    if major in _IMAGES:
        raise not_accepted("an image (HEIF)")
    return _iso_mp4(window, start, {major, *re.findall(rb"....", compatible, re.DOTALL)})


def _iso_mp4(window: Window, start: int, brands: set[bytes]) -> AudioType:
    tracks: set[bytes] | None = None
    media = False
    for kind, body, end in _boxes(window, start, window.size):
        if kind == b"moov" and tracks is None:
            if end > window.size:
                raise _truncated("mp4")
            tracks = _handlers(window, body, end)
        media = media or (kind in (b"mdat", b"moof") and body < min(end, window.size))
        if media and tracks is not None:
            break
    if tracks is None:
        raise refused(
            "The file is an mp4 without its index (moov): the upload or the recording was cut off."
            " Send the whole file."
        )
    if b"soun" not in tracks:
        raise _no_sound("mp4")
    if not media:
        raise _truncated("mp4")
    music = not brands.isdisjoint({b"M4A ", b"M4B ", b"M4P "})
    return M4A if music and b"vide" not in tracks else MP4


def _handlers(window: Window, start: int, end: int) -> set[bytes]:
    """What the tracks of a movie box are: ``soun``, ``vide``, ``text`` ..."""
    return {
        window.at(handler + 8, 4)
        for kind, track, track_end in _boxes(window, start, end)
        if kind == b"trak"
        for kind, media, media_end in _boxes(window, track, track_end)
        if kind == b"mdia"
        for kind, handler, _ in _boxes(window, media, media_end)
        if kind == b"hdlr"
    }


def _boxes(window: Window, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start of the content and end of each box; the end may lie outside the file."""
    while len(head := window.at(at, 16)) >= 8 and at + 8 <= end:
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - at
        if size < header:
            return
        yield head[4:8], at + header, at + size
        at += size


def webm(window: Window, start: int) -> AudioType:
    sound = False
    for element, body, end in _elements(window, start, window.size):
        if element == 0x1A45DFA3:  # EBML
            kinds = [
                window.at(b, min(e - b, 16))
                for i, b, e in _elements(window, body, end)
                if i == 0x4282
            ]
            kinds = [kind.rstrip(b"\x00") for kind in kinds]
            if kinds == [b"matroska"]:
                return MKV
            if kinds != [b"webm"]:
                raise refused("The file is neither webm nor Matroska.")
        elif element == 0x18538067:  # Segment
            for child, inner, stop in _elements(window, body, end):
                if child == 0x1654AE6B:  # Tracks
                    sound = sound or _has_sound_track(window, inner, stop)
                elif child == 0x1F43B675 and sound and inner < window.size:  # Cluster
                    return WEBM
    raise _truncated("webm") if sound else _no_sound("webm")


def _has_sound_track(window: Window, start: int, end: int) -> bool:
    return any(
        element == 0x86 and window.at(inner, 2) == b"A_"  # CodecID
        for track, body, stop in _elements(window, start, end)
        if track == 0xAE  # TrackEntry
        for element, inner, _ in _elements(window, body, stop)
    )


def _elements(window: Window, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Id, start and end of the content of each EBML element; one of unknown size ends with all."""
    while at < end and len(head := window.at(at, 12)) >= 2 and head[0] >= 0x10:
        ids = 9 - head[0].bit_length()
        first = head[ids : ids + 1]
        if not first or not first[0]:
            return
        sizes = 9 - first[0].bit_length()
        body = at + ids + sizes
        size = int.from_bytes(head[ids : ids + sizes], "big") & ((1 << 7 * sizes) - 1)
        unknown = size == (1 << 7 * sizes) - 1
        stop = end if unknown else min(body + size, end)
        yield int.from_bytes(head[:ids], "big"), body, stop
        at = stop


def program_stream(window: Window, at: int) -> AudioType:
    while len(head := window.at(at, 14)) == 14 and head.startswith(b"\x00\x00\x01"):
        stream = head[3]
        if stream == 0xBD or 0xC0 <= stream <= 0xDF:
            return MPEG
        if stream != 0xBA:
            at += 6 + int.from_bytes(head[4:6], "big")
        elif head[4] & 0xC0 == 0x40:
            at += 14 + (head[13] & 7)
        else:
            at += 12  # MPEG-1
    raise _no_sound("mpeg")


def mpeg_audio(window: Window, start: int) -> AudioType:
    data = window.at(start, _JUNK + 4 * 2881)
    ended = start + len(data) >= window.size
    if ended and data[-128:].startswith(b"TAG"):
        data = data[:-128]  # ID3v1
    padding = len(data) - len(data.lstrip(b"\x00"))
    for found in re.finditer(rb"\xff(?=[\xe2-\xff])", data[: padding + _JUNK]):
        frames, at, layer = 0, found.start(), 0
        first = _frame(data[at : at + 4])
        frame = first
        while frame and first and frame[:3] == first[:3] and at + frame[3] <= len(data):
            frames, at, layer = frames + 1, at + frame[3], frame[1]
            if frames == 4 or (ended and at == len(data) and found.start() == padding):
                return MP3 if layer == 3 else MPGA
            frame = _frame(data[at : at + 4])
    raise refused("The file is no audio that is known here.")


def _frame(head: bytes) -> tuple[int, int, int, int] | None:
    """Version, layer, samples a second and length in bytes of the frame of an MPEG audio header."""
    if len(head) < 4 or head[0] != 0xFF or head[1] < 0xE0:
        return None
    version, layer = {0: 25, 2: 2, 3: 1}.get(head[1] >> 3 & 3, 0), 4 - (head[1] >> 1 & 3)
    rate, hertz = head[2] >> 4, head[2] >> 2 & 3
    if not version or layer == 4 or rate in (0, 15) or hertz == 3:
        return None
    kilobits = _KILOBITS[(1 if version == 1 else 2, layer)][rate - 1]
    samples = (44100, 48000, 32000)[hertz] // {1: 1, 2: 2, 25: 4}[version]
    slot = 4 if layer == 1 else 1
    per_frame = {1: 48, 2: 144, 3: 144 if version == 1 else 72}[layer]
    length = per_frame // slot * kilobits * 1000 // samples * slot + (head[2] >> 1 & 1) * slot
    return version, layer, samples, length


_LOW = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_KILOBITS = {
    (1, 1): tuple(range(32, 449, 32)),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): _LOW,
    (2, 3): _LOW,
}


def not_accepted(name: str) -> UnsupportedAudio:
    return refused(f"The file is {name}, which is not accepted; convert it.")


def _no_sound(name: str) -> UnsupportedAudio:
    return refused(f"The {name} file has no sound in it; send one with an audio track.")


def _truncated(name: str) -> UnsupportedAudio:
    return refused(f"The {name} file is cut off before its sound begins; send the whole file.")


def refused(what: str) -> UnsupportedAudio:
    return UnsupportedAudio(f"{what} {_ACCEPTED}", param="audioFileUrl")
