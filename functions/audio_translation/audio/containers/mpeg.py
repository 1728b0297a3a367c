"""MPEG: program streams, and audio frames without a container (mp3). Source: ISO/IEC 11172."""

import re

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers.type_constants import MP3, MPEG, MPGA
from audio_translation.audio.containers.window import Window, no_sound

_MOST_PADDING = 64 * 1024
"""Most bytes before the first frame of an mp3: recorders and editors leave padding there."""


def program_stream(window: Window, at: int) -> AudioType:
    """Find an audio packet among the packs of an MPEG program stream."""
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
    raise no_sound("mpeg")


def mpeg_audio(window: Window, start: int) -> AudioType | None:
    """Find four MPEG audio frames in a row, or frames up to the end of a short file."""
    data = window.at(start, _MOST_PADDING + 4 * 2881)
    ended = start + len(data) >= window.size
    if ended and data[-128:].startswith(b"TAG"):
        data = data[:-128]  # ID3v1
    padding = len(data) - len(data.lstrip(b"\x00"))
    for found in re.finditer(rb"\xff(?=[\xe2-\xff])", data[: padding + _MOST_PADDING]):
        frames, at, layer = 0, found.start(), 0
        first = _frame(data[at : at + 4])
        frame = first
        while frame and first and frame[:3] == first[:3] and at + frame[3] <= len(data):
            frames, at, layer = frames + 1, at + frame[3], frame[1]
            if frames == 4 or (ended and at == len(data) and found.start() == padding):
                return MP3 if layer == 3 else MPGA
            frame = _frame(data[at : at + 4])
    return None


def _frame(head: bytes) -> tuple[int, int, int, int] | None:
    """Return version (25 is 2.5), layer, sample rate in Hz and length in bytes from a header."""
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
