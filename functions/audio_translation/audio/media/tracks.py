"""A file's audio tracks, and which of them is to be translated."""

import re
from collections.abc import Sequence

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition

from audio_translation.audio.decoder import Track
from audio_translation.errors import InvalidRequest, UnsupportedAudio
from audio_translation.languages import code_of

_MOST_NAMED = 20
_LONGEST_TAG = 35
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
"""What a language's tag looks like; a file may hold any text in its place."""

_TABLE = """
afr af, alb sq, amh am, ara ar, arm hy, asm as, aze az, bak ba, baq eu, bel be, ben bn, bod bo,
bos bs, bre br, bul bg, bur my, cat ca, ces cs, chi zh, cmn zh, cym cy, cze cs, dan da, deu de,
dut nl, ell el, eng en, est et, eus eu, fao fo, fas fa, fil tl, fin fi, fra fr, fre fr, geo ka,
ger de, glg gl, gre el, guj gu, hat ht, hau ha, heb he, hin hi, hrv hr, hun hu, hye hy, ice is,
ind id, isl is, ita it, jav jw, jpn ja, kan kn, kat ka, kaz kk, khm km, kor ko, lao lo, lat la,
lav lv, lin ln, lit lt, ltz lb, mac mk, mal ml, mao mi, mar mr, may ms, mkd mk, mlg mg, mlt mt,
mon mn, mri mi, msa ms, mya my, nep ne, nld nl, nno nn, nob no, nor no, oci oc, pan pa, per fa,
pol pl, por pt, pus ps, ron ro, rum ro, rus ru, san sa, sin si, slk sk, slo sk, slv sl, sna sn,
snd sd, som so, spa es, sqi sq, srp sr, sun su, swa sw, swe sv, tam ta, tat tt, tel te, tgk tg,
tgl tl, tha th, tib bo, tuk tk, tur tr, ukr uk, urd ur, uzb uz, vie vi, wel cy, yid yi, yor yo,
zho zh
"""
_SHORTER = dict(entry.split() for entry in _TABLE.replace("\n", " ").split(","))
"""Three-letter codes (ISO 639-2), as containers have them, to those of two letters."""


def tracks_of(container: InputContainer) -> tuple[Track, ...]:
    """Return all audio tracks of a file, in its order."""
    return tuple(
        Track(
            number,
            _language(stream.language),
            default=bool(stream.disposition & Disposition.default),
        )
        for number, stream in enumerate(container.streams.audio, 1)
    )


def in_order(tracks: Sequence[Track], *, wish: str | None, source: str | None) -> list[Track]:
    """Return the tracks as ``Decoder.tracks`` has them; raises InvalidRequest."""
    if wish is not None:
        chosen = [track for track in tracks if _is_meant(track, wish)]
        if not chosen:
            raise InvalidRequest(
                f"The file has no audio track {wish[:_LONGEST_TAG]!r}. It has "
                f"{', '.join(map(str, tracks[:_MOST_NAMED]))}.",
                param="track",
            )
        return chosen[:1]
    marked = [track for track in tracks if track.default]
    default = marked if len(marked) < len(tracks) else []

    def rank(track: Track) -> tuple[bool, bool, int]:
        speaks = bool(source and track.language and code_of(source) == code_of(track.language))
        return not speaks, track not in default, track.number

    return sorted(tracks, key=rank)


def chosen(container: InputContainer, number: int) -> AudioStream:
    """Return an audio stream and discard all others; raises UnsupportedAudio."""
    audio = container.streams.audio[number - 1]
    if audio.codec_context is None:
        raise UnsupportedAudio("The file's audio is coded in a way that cannot be decoded.")
    for stream in container.streams:
        if stream is not audio:
            stream.discard = Discard.all
    audio.codec_context.thread_count = 1
    return audio


def _is_meant(track: Track, wish: str) -> bool:
    if wish.isdecimal():
        return track.number == int(wish)
    return track.language is not None and code_of(track.language) == code_of(_language(wish) or "")


def _language(tag: str | None) -> str | None:
    """Return a language as two letters where there are such; None if no tag tells one."""
    if not tag or len(tag) > _LONGEST_TAG:
        return None
    found = tag.lower()
    if found in {"und", "mul", "zxx", "mis"} or not _TAG.fullmatch(found):
        return None
    return _SHORTER.get(found, found)
