"""``srt``: what it looks like, and that other programs read it as it was meant."""

import warnings

import pysubs2
import srt
from hypothesis import given

from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.transcript import Segment
from tests.unit.formats.translations import (
    PLAIN_SEGMENTS,
    SAID,
    SEGMENTS,
    TWO,
    cues_of,
    patient,
    text_of,
    translation,
)


def test_srt_is_numbered_cues() -> None:
    rendered = render(translation(*TWO), ResponseFormat.SRT)
    assert rendered.content_type == "application/x-subrip; charset=utf-8"
    assert rendered.body == (
        "1\n00:00:00,000 --> 00:00:02,400\nGood morning.\n"
        "\n2\n00:00:02,400 --> 00:00:05,125\nI am looking for the <old> town\n& its market.\n"
    )


def test_srt_has_the_source_above_the_translation() -> None:
    assert render(translation(*SAID), ResponseFormat.SRT, with_source=True).body == (
        "1\n00:00:00,000 --> 00:00:02,400\nBuenos días.\nGood morning.\n"
        "\n2\n00:00:02,400 --> 00:00:04,000\nLo siento.\n"
        "\n3\n00:00:04,000 --> 00:00:05,000\n\ufffd & <b> →\nRight.\n"
        "\n4\n00:00:05,000 --> 00:00:06,191\nNothing is known of this.\n"
    )


@given(segments=SEGMENTS)
@patient
def test_any_srt_survives_the_srt_parser(segments: tuple[Segment, ...]) -> None:
    text = text_of(ResponseFormat.SRT, *segments)
    parsed = list(srt.parse(text, ignore_errors=False))
    assert [subtitle.index for subtitle in parsed] == list(range(1, len(parsed) + 1))
    assert [
        (round(s.start.total_seconds() * 1000), round(s.end.total_seconds() * 1000), s.content)
        for s in parsed
    ] == [(start, end, shown.replace("-->", "→")) for start, end, shown in cues_of(segments)]
    assert srt.compose(parsed, reindex=False, strict=True).strip() == text.strip()


def test_silence_is_an_empty_file() -> None:
    assert text_of(ResponseFormat.SRT) == ""
    assert list(srt.parse("")) == []


def test_an_arrow_in_the_text_cannot_start_a_cue() -> None:
    spoken = Segment(0, 4000, "1 --> 2 ---> 3\n\n00:00:01,000-->00:00:02,000")
    (subtitle,) = srt.parse(text_of(ResponseFormat.SRT, spoken), ignore_errors=False)
    assert subtitle.content == "1 → 2 -→ 3 00:00:01,000→00:00:02,000"


@given(segments=PLAIN_SEGMENTS)
@patient
def test_any_file_survives_pysubs2(segments: tuple[Segment, ...]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = pysubs2.SSAFile.from_string(text_of(ResponseFormat.SRT, *segments), format_="srt")
    assert [(event.start, event.end, event.plaintext) for event in parsed] == cues_of(segments)
