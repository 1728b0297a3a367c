"""FLAC. Source: RFC 9639."""

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.containers.window import Window, no_sound, truncated


def flac(window: Window, start: int) -> AudioType:
    """Find the first audio frame, after all metadata blocks."""
    at, last = start + 4, False
    while not last:
        head = window.at(at, 4)
        if len(head) < 4:
            raise truncated("flac")
        last = head[0] >= 0x80
        at += 4 + int.from_bytes(head[1:], "big")
    if window.number(at, 2) & 0xFFFE != 0xFFF8:
        raise no_sound("flac")
    return FLAC
