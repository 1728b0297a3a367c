"""WAV: RIFF, RF64 and BW64."""

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers.type_constants import WAV
from audio_translation.audio.containers.window import Window, no_sound, truncated


def wav(window: Window, start: int) -> AudioType:
    """Find the ``fmt`` chunk and a ``data`` chunk that is not empty."""
    at, described = start + 12, False
    while len(head := window.at(at, 8)) == 8:
        kind, size = head[:4], int.from_bytes(head[4:], "little")
        described = described or kind == b"fmt "
        if kind == b"data" and described:
            # An interrupted recorder leaves the size 0 with samples after it. So does a recorder
            # that recorded nothing, but then there is another chunk, or nothing, after it.
            follows = window.at(at + 8, 4)
            if size and follows:
                return WAV
            if follows and follows not in (b"LIST", b"id3 ", b"ID3 ", b"bext", b"iXML", b"JUNK"):
                return WAV
            raise no_sound("wav")
        at += 8 + size + size % 2
    raise truncated("wav")
