"""What a file is, read from its bytes; its name and its server's word count for nothing.

Providers choose the decoder by the extension of the upload, so the answer must be right; and what
is no audio is refused here by its name, before anybody is paid to refuse it. However a file is
made, at most ``window.MAX_READS`` reads and ``MAX_BYTES`` bytes are taken from it.
"""

import re
from typing import BinaryIO

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers import audio_types, flac, mp4, mpeg, ogg, wav, webm
from audio_translation.audio.containers.window import Window, not_accepted, refused

_ID3_TAGS = 4
_ACCEPTED = [
    (rb"fLaC", flac.flac),
    (rb"OggS", ogg.ogg),
    (rb"(?:RIFF|RF64|BW64)....WAVE", wav.wav),
    (rb"\x1a\x45\xdf\xa3", webm.webm),
    (rb"....ftyp", mp4.mp4),
    (rb"\x00\x00\x01\xba", mpeg.program_stream),
]
_DECODED = [
    (rb"\xff[\xf0\xf1\xf8\xf9]|ADIF", AudioType("aac", "audio/aac", direct=False)),
    (rb"RIFF....AVI ", AudioType("avi", "video/x-msvideo", direct=False)),
    (rb"FORM....AIF[FC]", AudioType("aiff", "audio/aiff", direct=False)),
    (rb"#!AMR", AudioType("amr", "audio/amr", direct=False)),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", AudioType("wma", "audio/x-ms-wma", direct=False)),
    (rb"caff", AudioType("caf", "audio/x-caf", direct=False)),
    (rb"....(?:moov|mdat|wide|free|skip|pnot)", audio_types.MOV),
    (rb"FLV", AudioType("flv", "video/x-flv", direct=False)),
    (rb"\.snd", AudioType("au", "audio/basic", direct=False)),
    (rb"\x0b\x77", AudioType("ac3", "audio/ac3", direct=False)),
    (rb"G.{187}G", AudioType("ts", "video/mp2t", direct=False)),
    (rb"wvpk", AudioType("wv", "audio/x-wavpack", direct=False)),
    (rb"\.RMF", AudioType("rm", "application/vnd.rn-realmedia", direct=False)),
]
"""What ffmpeg decodes and no provider takes, as far as its first bytes tell."""
_OTHERS = [
    (rb"RIFF....WEBP", "a WebP image"),
    (rb"MThd", "MIDI"),
    (rb"\x00\x00\x01\xb3", "MPEG video without a container"),
    (rb"%PDF", "a PDF document"),
    (rb"PK(?:\x03\x04|\x05\x06)", "a zip archive"),
    (rb"\x1f\x8b", "gzip-compressed"),
    (rb"Rar!|7z\xbc\xaf", "an archive"),
    (rb"\x89PNG", "a PNG image"),
    (rb"\xff\xd8\xff", "a JPEG image"),
    (rb"GIF8", "a GIF image"),
]


def sniff(file: BinaryIO) -> AudioType:
    """Return the type of a seekable file of bytes; rewinds it.

    A type that is not ``direct`` is told by the first bytes alone. Raises ``UnsupportedAudio``,
    which says what the file is, for what is no audio and for containers that hold no sound.
    """
    try:
        return _sniff(Window(file))
    finally:
        file.seek(0)


def _sniff(window: Window) -> AudioType:
    if not window.size:
        raise refused("The file is empty.")
    start = _after_id3_tags(window)
    if start >= window.size:
        raise refused("The file is an ID3 tag with nothing after it.")
    head = window.at(start, 1024)
    for pattern, check in _ACCEPTED:
        if re.match(pattern, head, re.DOTALL):
            return check(window, start)
    for pattern, kind in _DECODED:
        if re.match(pattern, head, re.DOTALL):
            return kind
    for pattern, name in _OTHERS:
        if re.match(pattern, head, re.DOTALL):
            raise not_accepted(name)
    if text := _text(head):
        raise refused(text)
    return mpeg.mpeg_audio(window, start)


def _after_id3_tags(window: Window) -> int:
    at = 0
    for _ in range(_ID3_TAGS):
        head = window.at(at, 10)
        if len(head) < 10 or not head.startswith(b"ID3") or max(head[6:10]) > 0x7F:
            break
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte
        at += 10 + size + (10 if head[5] & 0x10 else 0)
    return at


def _text(head: bytes) -> str | None:
    """What a text is and what to do, or ``None`` if the bytes are no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) & ~1].decode("utf-16", "replace")
    else:
        text = head.decode("utf-8-sig", "replace")
    text = text.strip().lower()
    if text.startswith("<") and ("<html" in text or "<!doctype html" in text):
        return (
            "The URL answered with an HTML page, not audio; link to the file itself, not to a page"
            " that shows it or asks to sign in."
        )
    if text.startswith("<") and "<error>" in text:
        return (
            "The storage answered with an error document, not audio; check that the URL is right,"
            " has not expired, and may be read."
        )
    if text.startswith(("#extm3u", "[playlist]")):
        return "The URL answered with a playlist, not audio; link to the audio file itself."
    whole = text[:-3] + text[-3:].rstrip("\ufffd")  # the window may cut the last character
    if not whole or any(c == "\ufffd" or (c < " " and not c.isspace()) for c in whole):
        return None
    kind = {"<": "an XML document", "{": "JSON", "[": "JSON"}.get(text[0], "plain text")
    return f"The URL answered with {kind}, not audio; link to the audio file itself."
