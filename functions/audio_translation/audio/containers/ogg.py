"""Ogg, with Vorbis, Opus, FLAC or Speex. Source: RFC 3533."""

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers.type_constants import OGG
from audio_translation.audio.containers.window import Window, no_sound, truncated


def ogg(window: Window, at: int) -> AudioType:
    """Find an audio codec in the first pages of the streams."""
    sound = False
    while True:
        head = window.at(at, 27)
        if len(head) < 27 or not head.startswith(b"OggS"):
            raise truncated("ogg") if sound else no_sound("ogg")
        if not head[5] & 2:  # no first page of a stream; those come before all others
            break
        lengths = window.at(at + 27, head[26])
        body = at + 27 + head[26]
        codec = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"fLaC", b"Speex   ")
        sound = sound or window.at(body, 8).startswith(codec)
        at = body + sum(lengths)
    if not sound:
        raise no_sound("ogg")
    return OGG
