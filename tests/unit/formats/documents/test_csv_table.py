"""``csv``: what it looks like, and that spreadsheets and data frames have what was said."""

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.formats.documents.csv_table import COLUMNS
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.scripts import joined
from audio_translation.transcript import Segment
from tests.unit.formats.translations import (
    SAID,
    TIMES,
    TWO,
    WORDS,
    patient,
    text_of,
    translation,
    without_joiners,
)

ODD = """
= + - @ =1+1 -5 @SUM(A1) \uff1d1 " , ; ' NA None null nan inf TRUE 1995 3/4 1,5 1e5 N/A #N/A
March 5.
"""
SIGNS = st.sampled_from(
    [*ODD.split(), "\ufeff", "\n", "\r\n", "\t", "\x00", "\u2028", " ", "🎉", "שלום", "です。"]
)
SEGMENTS = st.lists(
    st.builds(
        Segment,
        TIMES,
        TIMES,
        st.lists(SIGNS, max_size=4).map("".join)
        | st.lists(WORDS | SIGNS, max_size=6).map(" ".join),
    ),
    max_size=6,
).map(tuple)


def bare(text: str) -> str:
    """What was said on one line, without controls that no table holds."""
    kept = [one for one in text if one.isspace() or not (ord(one) < 32 or 127 <= ord(one) < 160)]
    return without_joiners(joined(["".join(kept)]))


def rows(table: str) -> list[dict[str, str]]:
    """The rows as Python's reader has them, strictly."""
    text = table.encode().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def frame(table: str) -> pd.DataFrame:
    """What pandas makes of a file, without any option."""
    return pd.read_csv(io.BytesIO(table.encode()))


def test_a_table_has_a_row_for_each_segment() -> None:
    rendered = render(translation(*TWO), ResponseFormat.CSV)
    assert rendered.content_type == "text/csv; charset=utf-8"
    assert rendered.body == (
        "\ufeffstart,end,text,language,source,spoken,untranslated,speaker\r\n"
        "0.000,2.400,Good morning.,english,,,false,\r\n"
        "2.400,5.125,I am looking for the <old> town & its market.,english,,,false,\r\n"
    )


def test_the_source_and_its_language_are_columns() -> None:
    read = rows(render(translation(*SAID), ResponseFormat.CSV, with_source=True).text)
    assert [(row["text"], row["source"], row["spoken"], row["untranslated"]) for row in read] == [
        ("Good morning.", "Buenos días.", "spanish", "false"),
        ("Lo siento.", "Lo siento.", "spanish", "true"),
        ("Right.", "\ufffd & <b> -->", "tlh", "false"),
        ("Nothing is known of this.", "", "", "false"),
    ]


def test_who_speaks_is_a_column() -> None:
    both = (Segment(0, 900, "Yes?", channel=0), Segment(900, 2_000, "It is me.", channel=1))
    call = replace(translation(*both), channel_names=("=Ann", "Bob"))
    assert [row["speaker"] for row in rows(render(call, ResponseFormat.CSV).text)] == [
        "\u2060=Ann", "Bob",
    ]  # fmt: skip
    told = (Segment(0, 900, "Yes?", speaker="Cid"), Segment(900, 2_000, "Who?"))
    assert [row["speaker"] for row in rows(text_of(ResponseFormat.CSV, *told))] == ["Cid", ""]


def test_silence_is_a_line_of_names() -> None:
    table = text_of(ResponseFormat.CSV)
    assert rows(table) == []
    assert tuple(frame(table).columns) == COLUMNS


@pytest.mark.parametrize(
    "said",
    [
        '=HYPERLINK("http://example.com","here")',
        "=cmd|' /C calc'!A0",
        "+41 44 123 45 67 is my number, call me",
        "-5 degrees, they said",
        "@home we say so",
        "\uff1d1+1",
        "1995",
        "3/4",
        "10:30",
        "March 5",
        "5 mars 2026",
        "2026年3月5日",
        "1e5",
        "True",
        "None",
        "n/a",
    ],
)
def test_what_would_be_run_or_rewritten_begins_with_a_joiner_and_is_else_as_said(said: str) -> None:
    shown = replace(SAID[0], text=f" {said}", source=said)
    (row,) = rows(render(translation(shown), ResponseFormat.CSV, with_source=True).text)
    assert row["text"] == row["source"] == f"\u2060{said}"


@pytest.mark.parametrize(
    "said",
    [
        "In 1995 I was ten.",
        "Nobody knows.",
        "None of them = all of us - or so",
        "Call me at 10:30, or at noon.",
        "",
    ],
)
def test_a_sentence_is_left_as_it_is(said: str) -> None:
    (row,) = rows(text_of(ResponseFormat.CSV, Segment(0, 1000, f" {said}")))
    assert row["text"] == said


@given(segments=SEGMENTS)
@patient
def test_what_was_said_survives_python_and_pandas(segments: tuple[Segment, ...]) -> None:
    table = text_of(ResponseFormat.CSV, *segments)
    assert table.count("\r\n") == len(segments) + 1
    wanted = [(one.start / 1000, one.end / 1000, bare(one.text)) for one in segments]
    read = rows(table)
    assert [
        (float(row["start"]), float(row["end"]), without_joiners(row["text"])) for row in read
    ] == wanted
    assert not any(row["text"].startswith(("=", "+", "-", "@")) for row in read)
    found = frame(table)
    texts = [without_joiners(text) for text in found["text"].astype(object).fillna("")]
    assert list(zip(found["start"], found["end"], texts, strict=True)) == wanted
