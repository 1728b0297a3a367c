"""``srt``: what it looks like, and that other programs read it as it was meant."""

import unicodedata
import warnings

import pysubs2
import srt
from hypothesis import given

from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.transcript import Segment
from tests.unit.formats.translations import (
    MARKED_SEGMENTS,
    SAID,
    SEGMENTS,
    TWO,
    cues_of,
    patient,
    seen_by_ffmpeg,
    text_of,
    translation,
    without_joiners,
)


def test_srt_is_numbered_cues() -> None:
    rendered = render(translation(*TWO), ResponseFormat.SRT)
    assert rendered.content_type == "application/x-subrip; charset=utf-8"
    assert rendered.body == (
        "1\n00:00:00,000 --> 00:00:02,316\nGood morning.\n"
        "\n2\n00:00:02,400 --> 00:00:05,740\nI am looking for the <\u2060old> town\n& its market.\n"
    )


def test_srt_has_the_source_above_the_translation() -> None:
    assert render(translation(*SAID), ResponseFormat.SRT, with_source=True).body == (
        "1\n00:00:00,000 --> 00:00:02,316\nBuenos días.\nGood morning.\n"
        "\n2\n00:00:02,400 --> 00:00:03,916\nLo siento.\n"
        "\n3\n00:00:04,000 --> 00:00:04,916\n\ufffd & <\u2060b> --\u2060>\nRight.\n"
        "\n4\n00:00:05,000 --> 00:00:06,670\nNothing is known of this.\n"
    )


@given(segments=SEGMENTS)
@patient
def test_any_srt_survives_the_srt_parser(segments: tuple[Segment, ...]) -> None:
    text = text_of(ResponseFormat.SRT, *segments)
    parsed = list(srt.parse(text, ignore_errors=False))
    assert [subtitle.index for subtitle in parsed] == list(range(1, len(parsed) + 1))
    assert [
        (
            round(s.start.total_seconds() * 1000),
            round(s.end.total_seconds() * 1000),
            without_joiners(s.content),
        )
        for s in parsed
    ] == [(start, end, without_joiners(shown)) for start, end, shown in cues_of(segments)]
    assert srt.compose(parsed, reindex=False, strict=True).strip() == text.strip()


def test_silence_is_an_empty_file() -> None:
    assert text_of(ResponseFormat.SRT) == ""
    assert list(srt.parse("")) == []


def test_an_arrow_in_the_text_cannot_start_a_cue() -> None:
    spoken = Segment(0, 4000, "1 --> 2 ---> 3\n\n00:00:01,000-->00:00:02,000")
    (subtitle,) = srt.parse(text_of(ResponseFormat.SRT, spoken), ignore_errors=False)
    assert "-->" not in subtitle.content
    assert without_joiners(subtitle.content) == ("1 --> 2 ---> 3 00:00:01,000-->00:00:02,000")


@given(segments=MARKED_SEGMENTS)
@patient
def test_any_file_survives_pysubs2(segments: tuple[Segment, ...]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = pysubs2.SSAFile.from_string(text_of(ResponseFormat.SRT, *segments), format_="srt")
    assert [
        (event.start, event.end, without_joiners(event.plaintext)) for event in parsed
    ] == cues_of(segments)


@given(segments=MARKED_SEGMENTS)
@patient
def test_any_file_survives_ffmpeg(segments: tuple[Segment, ...]) -> None:
    assert seen_by_ffmpeg(text_of(ResponseFormat.SRT, *segments), "srt") == [
        (start, without_joiners(shown)) for start, _, shown in cues_of(segments)
    ]


def test_what_looks_like_markup_is_shown_as_it_was_said() -> None:
    said = Segment(0, 6000, r"Write <b>bold</b>, {\an8} or C:\New at &lt; 3.")
    body = text_of(ResponseFormat.SRT, said)
    assert body.endswith(
        "\nWrite <\u2060b>bold<\u2060/b>,\n\uff5b\\an8\uff5d or C:\\\u2060New at &\u2060lt; 3.\n"
    )
    assert unicodedata.normalize("NFKC", without_joiners(body)).endswith(
        "\nWrite <b>bold</b>,\n{\\an8} or C:\\New at &lt; 3.\n"
    )


def test_a_line_that_runs_from_right_to_left_says_so() -> None:
    said = Segment(0, 6000, "NASA שיגרה אתמול שלושה לוויינים, והם כבר בחלל. 1995 הייתה שנה טובה.")
    _, _, upper, lower = text_of(ResponseFormat.SRT, said).splitlines()
    assert (upper, lower) == (
        "\u202bNASA שיגרה אתמול שלושה לוויינים,\u202c",
        "\u202bוהם כבר בחלל. 1995 הייתה שנה טובה.\u202c",  # noqa: RUF001
    )
