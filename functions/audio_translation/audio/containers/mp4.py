"""MP4, M4A, 3GP and QuickTime. Source: ISO/IEC 14496-12 (boxes)."""

import re
from collections.abc import Iterator

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers.type_constants import M4A, MOV, MP4, THREE_GP
from audio_translation.audio.containers.window import (
    Window,
    no_sound,
    not_accepted,
    refused,
    truncated,
)

_IMAGES = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"}


def mp4(window: Window, start: int) -> AudioType:
    """Return the type by the brand; an MP4 must have an audio track and media data."""
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
                raise truncated("mp4")
            tracks = _handler_types(window, body, end)
        media = media or (kind in (b"mdat", b"moof") and body < min(end, window.size))
        if media and tracks is not None:
            break
    if tracks is None:
        raise refused(
            "The file is an mp4 without its index (moov): the upload or the recording was cut"
            " short. Send the whole file."
        )
    if b"soun" not in tracks:
        raise no_sound("mp4")
    if not media:
        raise truncated("mp4")
    music = not brands.isdisjoint({b"M4A ", b"M4B ", b"M4P "})
    return M4A if music and b"vide" not in tracks else MP4


def _handler_types(window: Window, start: int, end: int) -> set[bytes]:
    """Return the handler types of the tracks of a moov box: ``soun``, ``vide``, ``text`` ..."""
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
    """Yield each box's type, start of content and end; the end may lie outside the file."""
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
