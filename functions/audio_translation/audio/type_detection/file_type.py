"""The type of a file, detected from its bytes; its name and its Content-Type are ignored.

Providers choose the decoder by the extension of the upload, so the type must be right. A file that
is not audio is refused here, with its type in the message, before a provider is paid. At most
``window.MAX_READS`` reads and ``window.MAX_BYTES`` bytes are made of any file.
"""

import re
from typing import BinaryIO

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.type_detection import flac, mp4, mpeg, ogg, type_constants, wav, webm
from audio_translation.audio.type_detection.window import Window, not_accepted, refused

_MOST_ID3_TAGS = 4
_CONTAINERS = [
    (rb"fLaC", flac.flac),
    (rb"OggS", ogg.ogg),
    (rb"(?:RIFF|RF64|BW64)....WAVE", wav.wav),
    (rb"\x1a\x45\xdf\xa3", webm.webm),
    (rb"....ftyp", mp4.mp4),
    (rb"\x00\x00\x01\xba", mpeg.program_stream),
]
_DECODED_FIRST = [
    (rb"\xff[\xf0\xf1\xf8\xf9]|ADIF", AudioType("aac", "audio/aac", direct=False)),
    (rb"RIFF....AVI ", AudioType("avi", "video/x-msvideo", direct=False)),
    (rb"FORM....AIF[FC]", AudioType("aiff", "audio/aiff", direct=False)),
    (rb"#!AMR", AudioType("amr", "audio/amr", direct=False)),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", AudioType("wma", "audio/x-ms-wma", direct=False)),
    (rb"caff", AudioType("caf", "audio/x-caf", direct=False)),
    (rb"....(?:moov|mdat|wide|free|skip|pnot)", type_constants.MOV),
    (rb"FLV", AudioType("flv", "video/x-flv", direct=False)),
    (rb"\.snd", AudioType("au", "audio/basic", direct=False)),
    (rb"\x0b\x77", AudioType("ac3", "audio/ac3", direct=False)),
    (rb"G.{187}G", AudioType("ts", "video/mp2t", direct=False)),
    (rb"wvpk", AudioType("wv", "audio/x-wavpack", direct=False)),
    (rb"\.RMF", AudioType("rm", "application/vnd.rn-realmedia", direct=False)),
]
"""Types that ffmpeg decodes and no provider accepts, by their first bytes."""
_NOT_AUDIO = [
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
    """Return the type of a seekable binary file, and rewind it.

    Types that are not ``direct`` are detected from the first bytes only. Raises UnsupportedAudio,
    which says what the file is, if it is not audio or its container has no audio track.
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
    for pattern, check in _CONTAINERS:
        if re.match(pattern, head, re.DOTALL):
            return check(window, start)
    for pattern, kind in _DECODED_FIRST:
        if re.match(pattern, head, re.DOTALL):
            return kind
    for pattern, name in _NOT_AUDIO:
        if re.match(pattern, head, re.DOTALL):
            raise not_accepted(name)
    if text := _text_problem(head):
        raise refused(text)
    return mpeg.mpeg_audio(window, start)


def _after_id3_tags(window: Window) -> int:
    """Return the offset of the first byte that belongs to no ID3v2 tag."""
    at = 0
    for _ in range(_MOST_ID3_TAGS):
        head = window.at(at, 10)
        if len(head) < 10 or not head.startswith(b"ID3") or max(head[6:10]) > 0x7F:
            break
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte
        at += 10 + size + (10 if head[5] & 0x10 else 0)
    return at


def _text_problem(head: bytes) -> str | None:
    """Return the error message for a text file, or None if the bytes are not text."""
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
