"""The type of a file, detected from its bytes; its name and its Content-Type are ignored.

Providers choose the decoder by the extension of the upload, so the type must be right. A file that
is not audio is refused here, with its type in the message, before a provider is paid. At most
``window.MAX_READS`` reads and ``window.MAX_BYTES`` bytes are made of any file.
"""

import re
from typing import BinaryIO

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers import flac, mp4, mpeg, ogg, type_constants, wav, webm
from audio_translation.audio.containers.window import (
    SearchEnded,
    Window,
    not_accepted,
    refused,
)

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
    (rb"riff\x2e\x91\xcf\x11", AudioType("w64", "audio/x-w64", direct=False)),
    (rb"\x06\x0e\x2b\x34", AudioType("mxf", "application/mxf", direct=False)),
    (
        rb"\x7f\xfe\x80\x01|\xfe\x7f\x01\x80|DTSHDHDR",
        AudioType("dts", "audio/vnd.dts", direct=False),
    ),
    (rb"....G.{191}G", AudioType("mts", "video/mp2t", direct=False)),
    (rb"MAC ", AudioType("ape", "audio/x-ape", direct=False)),
    (rb"TTA1", AudioType("tta", "audio/x-tta", direct=False)),
    (rb"tBaK", AudioType("tak", "audio/x-tak", direct=False)),
    (rb"DSD ", AudioType("dsf", "audio/x-dsf", direct=False)),
]
"""Types that ffmpeg decodes and no provider accepts, by their first bytes."""
_UNKNOWN = AudioType("bin", "application/octet-stream", direct=False)
"""What ffmpeg is asked about: it knows more types than stand here."""
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
    (rb"BM....\x00\x00\x00\x00", "a BMP image"),
    (rb"II\*\x00|MM\x00\*", "a TIFF image"),
    (rb"\x00\x00[\x01\x02]\x00.\x00", "an icon"),
    (rb"8BPS", "a Photoshop document"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (rb"\{\\rtf", "an RTF document"),
    (rb"\x7fELF|MZ.{58}", "a program"),
    (rb"BZh[1-9]1AY", "bzip2-compressed"),
    (rb"\xfd7zXZ\x00", "xz-compressed"),
    (rb"\x28\xb5\x2f\xfd", "zstd-compressed"),
    (rb"SQLite format 3\x00", "a database"),
]


def sniff(file: BinaryIO) -> AudioType:
    """Return the type of a seekable binary file, and rewind it.

    Types that are not ``direct`` are detected from the first bytes only; what is not known here, or
    not after so many reads, is left to ffmpeg. Raises UnsupportedAudio, which says what the file
    is, if it is no audio or its container has no audio track.
    """
    try:
        return _sniff(Window(file))
    except SearchEnded:
        return _UNKNOWN
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
    return mpeg.mpeg_audio(window, start) or _UNKNOWN


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
            "The file is an HTML page, not audio; give the audio file itself, not a page that shows"
            " it or asks to sign in."
        )
    if text.startswith("<") and "<error>" in text:
        return (
            "The file is a storage service's error document, not audio; if it came by a link, that"
            " may be wrong, may have expired, or may not be read."
        )
    if text.startswith(("#extm3u", "[playlist]")):
        return "The file is a playlist, not audio; give the audio file itself."
    whole = text[:-3] + text[-3:].rstrip("\ufffd")  # the window may cut the last character
    if not whole or any(c == "\ufffd" or (c < " " and not c.isspace()) for c in whole):
        return None
    kind = {"<": "an XML document", "{": "JSON", "[": "JSON"}.get(text[0], "plain text")
    return f"The file is {kind}, not audio; give the audio file itself."
