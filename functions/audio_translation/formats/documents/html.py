"""``html``: a transcript for people, with the times, and with both languages where both are known.

It is one file that loads nothing and runs nothing, to be read in a browser or printed. All that was
said, or that a model wrote, is escaped. Each text says its language, and how it runs.
"""

import re
from collections.abc import Sequence
from html import escape

from audio_translation.formats.writing.direction import from_right
from audio_translation.languages import code_named, name_of
from audio_translation.transcript import Translation, clock, encodable

_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""What no HTML file may have in it. Source: https://infra.spec.whatwg.org/#code-points."""

_STYLE = (
    "body{font-family:sans-serif;line-height:1.4;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:start;vertical-align:top}"
    "td.time{font-variant-numeric:tabular-nums;white-space:nowrap}"
    "td p{margin:0}.untranslated{font-style:italic}"
    "@media print{tr{break-inside:avoid}}"
)


def html(translation: Translation, *, title: str = "Transcript") -> str:
    """Return the transcript, with the source text beside its translation where that is known."""
    segments = translation.segments
    both = any(segment.source is not None for segment in segments)
    names = ["Time", "Said", "Translation"] if both else ["Time", "Text"]
    columns = [[f'<td class="time">{_time(s.start)} to {_time(s.end)}</td>' for s in segments]]
    voices = [translation.voice(segment) for segment in segments]
    if any(voices):
        names.insert(1, "Speaker")
        columns.append([f'<td dir="auto">{_text(voice)}</td>' for voice in voices])
    spoken = [segment.spoken and name_of(segment.spoken) for segment in segments]
    if both:
        columns.append(_cells([segment.source or "" for segment in segments], spoken))
    languages = [
        said if segment.untranslated else translation.language
        for said, segment in zip(spoken, segments, strict=True)
    ]
    untranslated = [segment.untranslated for segment in segments]
    columns.append(_cells([segment.text for segment in segments], languages, untranslated))
    rows = "".join(f"<tr>{''.join(row)}</tr>\n" for row in zip(*columns, strict=True))
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    warnings = "".join(f"<li>{_text(warning)}</li>\n" for warning in translation.warnings)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1 dir="auto">{_text(title)}</h1>\n<p>{_text(_about(translation))}</p>\n'
        + (f"<ul>\n{warnings}</ul>\n" if warnings else "")
        + f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
        "</body>\n</html>\n"
    )


def _about(translation: Translation) -> str:
    """Return a sentence on what was made, from which languages, and by which models."""
    made = "Transcription" if translation.task == "transcribe" else "Translation"
    spoken = ", ".join(
        f"{name_of(code).title()} {share:.0%}" for code, share in translation.languages
    )
    return (
        f"{made}: {translation.language.title()}, {clock(translation.duration)}, by"
        f" {translation.model}." + (f" Spoken: {spoken}." if spoken else "")
    )


def _cells(
    texts: Sequence[str], languages: Sequence[str | None], untranslated: Sequence[bool] = ()
) -> list[str]:
    """Return the cells of a column; ``languages`` are those of its texts, as OpenAI names them."""
    marks = untranslated or [False] * len(texts)
    row = zip(texts, languages, from_right(texts, languages), marks, strict=True)
    return [_cell(*one) for one in row]


def _cell(text: str, language: str | None, right: bool, untranslated: bool) -> str:  # noqa: FBT001
    code = code_named(language) if language else None
    attributes = (f' lang="{escape(code)}"' if code else "") + f' dir="{"rtl" if right else "ltr"}"'
    mark = ' class="untranslated"' if untranslated else ""
    return f"<td><p{attributes}{mark}>{_text(text.strip())}</p></td>"


def _time(milliseconds: int) -> str:
    return f"{clock(milliseconds)}.{milliseconds % 1000:03}"


def _text(text: str) -> str:
    """Return text that can be encoded, and in which nothing is markup."""
    return escape(_UNWRITABLE.sub("\ufffd", encodable(text)))
