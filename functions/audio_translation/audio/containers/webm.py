"""WebM and Matroska. Sources: RFC 8794 (EBML), RFC 9559 (Matroska)."""

from collections.abc import Iterator

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers.type_constants import MKV, WEBM
from audio_translation.audio.containers.window import Window, no_sound, refused, truncated


def webm(window: Window, start: int) -> AudioType:
    """Return the type by the DocType; WebM must have an audio track and a cluster after it."""
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
    raise truncated("webm") if sound else no_sound("webm")


def _has_sound_track(window: Window, start: int, end: int) -> bool:
    return any(
        element == 0x86 and window.at(inner, 2) == b"A_"  # CodecID
        for track, body, stop in _elements(window, start, end)
        if track == 0xAE  # TrackEntry
        for element, inner, _ in _elements(window, body, stop)
    )


def _elements(window: Window, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield each EBML element's id, start and end of content; unknown sizes reach to ``end``."""
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
