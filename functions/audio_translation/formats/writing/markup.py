r"""Text that looks like markup, so that players show what was said instead of obeying it.

SubRip has no rules: ffmpeg (with it mpv, VLC and libass) and pysubs2 drop or obey ``<b>``,
``{\an8}``, ``\N``, a second line of times, a last line that is a number. An invisible word joiner
inside is enough, as ffmpeg does it itself when it reads WebVTT; without the joiners a text is what
was said. A pair of braces hides what is between them, however it is written: they become full-width
braces, which are the same by Unicode's NFKC.

Source: ffmpeg ``libavcodec/htmlsubtitles.c``, ``libavformat/srtdec.c``, ``libavcodec/ass.c``;
pysubs2 ``formats/subrip.py`` (WebVTT is read by it, too), ``ssaevent.py``.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from audio_translation.transcript import Segment

_JOINER = "\u2060"  # WORD JOINER: takes no room, and no line is broken at it

_TIME = re.compile(r"(\d:\d{1,2})([.,]\d)")
_ESCAPE = re.compile(r"\\(?=[Nnh])")
_NUMBER = re.compile(r"\s*\d+\s*")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_BRACES = str.maketrans({"{": "\uff5b", "}": "\uff5d"})


def without_braces(segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments with braces that hide nothing; they are wider, so this comes first."""
    return [
        replace(segment, text=segment.text.translate(_BRACES), source=_translated(segment.source))
        if _has_brace(segment.text) or _has_brace(segment.source or "")
        else segment
        for segment in segments
    ]


def without_hiding(text: str) -> str:
    """Return a text with braces that hide nothing."""
    return text.translate(_BRACES)


def in_srt(line: str) -> str:
    """Return a line of a cue as SubRip's readers show it."""
    line = _ENTITY.sub(f"&{_JOINER}", line.replace("<", f"<{_JOINER}"))
    return _for_all_readers(line.replace("-->", f"--{_JOINER}>"))


def in_vtt(line: str) -> str:
    """Return a line of a cue in WebVTT, with ``&``, ``<`` and ``>`` escaped."""
    return escape(_for_all_readers(line), quote=False)


def _for_all_readers(line: str) -> str:
    if "\\" in line:
        line = _ESCAPE.sub(rf"\\{_JOINER}", line)
    if ":" in line and len(_TIME.findall(line)) > 1:
        line = _TIME.sub(rf"\1{_JOINER}\2", line)
    return _JOINER + line if _NUMBER.fullmatch(line) else line


def _translated(text: str | None) -> str | None:
    return text and text.translate(_BRACES)


def _has_brace(text: str) -> bool:
    return "{" in text or "}" in text
