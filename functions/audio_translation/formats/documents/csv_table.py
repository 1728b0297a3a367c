"""``csv``: a row for each segment, for spreadsheets and data frames (RFC 4180, UTF-8).

Excel takes UTF-8 for another encoding unless a byte order mark says what it is; pandas, polars and
DuckDB skip the mark. A text that a spreadsheet would run or rewrite (``=1+1``, ``3/4``) or a data
frame would take for a missing value (``None``) has an invisible word joiner before it: unlike an
apostrophe it is not seen, and without it the text is what was said.
Source: OWASP, CSV Injection; pandas ``STR_NA_VALUES``.
"""

import csv
import io
import re

from audio_translation.languages import name_of
from audio_translation.scripts import joined
from audio_translation.transcript import Segment, Translation

COLUMNS = ("start", "end", "text", "language", "source", "spoken", "untranslated", "speaker")
"""The same in every file; those that are not asked for or not known are empty."""

_MARK = "\ufeff"  # BYTE ORDER MARK
_JOINER = "\u2060"  # WORD JOINER
_FORMULA = re.compile("[-=+@\uff0b\uff0d\uff1d\uff20]")
_NOT_WORDS = r"[\W\d_年月日時时分秒년월일]*"
_NUMBER_OR_DATE = re.compile(rf"(?=.*\d){_NOT_WORDS}[^\W\d_]*{_NOT_WORDS}")
_LONGEST_DATE = 40
_NO_TEXT = re.compile(
    "true|false|#?n/?a|#n/a n/a|nan|null|none|<na>|inf|infinity|1[.]#(ind|qnan)", re.IGNORECASE
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
"""Without those that are white space."""


def csv_table(translation: Translation) -> str:
    """Return the table, with seconds to three places, each row's text on one line."""
    table = io.StringIO()
    writer = csv.writer(table)  # separates rows by CR LF, as the RFC says
    writer.writerow(COLUMNS)
    for segment in translation.segments:
        writer.writerow(_row(segment, translation))
    return _MARK + table.getvalue()


def _row(segment: Segment, translation: Translation) -> tuple[str, ...]:
    return (
        _seconds(segment.start),
        _seconds(segment.end),
        _cell(segment.text),
        _cell(translation.language),
        _cell(segment.source or ""),
        _cell(name_of(segment.spoken) if segment.spoken else ""),
        "true" if segment.untranslated else "false",
        _cell(translation.voice(segment)),
    )


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f}"


def _cell(text: str) -> str:
    """Return a text as it is shown, which begins with a joiner if it would not be taken for one."""
    line = joined([_CONTROL.sub("", text)])
    short = len(line) <= _LONGEST_DATE
    taken = _FORMULA.match(line) or (
        short and (_NUMBER_OR_DATE.fullmatch(line) or _NO_TEXT.fullmatch(line))
    )
    return _JOINER + line if taken else line
