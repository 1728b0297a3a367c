"""``vtt``: what it looks like, and that other programs read it as it was meant."""

import warnings
from html import unescape

import pysubs2
import pytest
import webvtt
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


def test_vtt_escapes_what_would_be_markup() -> None:
    rendered = render(translation(*TWO), ResponseFormat.VTT)
    assert rendered.content_type == "text/vtt; charset=utf-8"
    assert rendered.body == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.316\nGood morning.\n\n00:00:02.400 --> 00:00:05.740\n"
        "I am looking for the &lt;old&gt; town\n&amp; its market.\n"
    )


def test_vtt_has_the_source_above_the_translation() -> None:
    vtt = render(translation(*SAID), ResponseFormat.VTT, with_source=True).text
    assert [c.raw_text for c in webvtt.from_string(vtt, strict=True).captions] == [
        "Buenos días.\nGood morning.",
        "Lo siento.",
        "\ufffd &amp; &lt;b&gt; --&gt;\nRight.",
        "Nothing is known of this.",
    ]


@given(segments=SEGMENTS)
@patient
def test_any_vtt_survives_webvtt_py(segments: tuple[Segment, ...]) -> None:
    parsed = webvtt.from_string(text_of(ResponseFormat.VTT, *segments), strict=True)
    assert [
        (
            c.start_time.in_milliseconds(),
            c.end_time.in_milliseconds(),
            without_joiners(unescape(c.raw_text)),
        )
        for c in parsed.captions
    ] == [(start, end, without_joiners(shown)) for start, end, shown in cues_of(segments)]


def test_silence_is_a_file_without_cues() -> None:
    assert text_of(ResponseFormat.VTT) == "WEBVTT\n\n"
    assert webvtt.from_string("WEBVTT\n\n", strict=True).captions == []


def test_an_arrow_in_the_text_cannot_start_a_cue() -> None:
    spoken = Segment(0, 4000, "1 --> 2 ---> 3\n\n00:00:01,000-->00:00:02,000")
    (caption,) = webvtt.from_string(text_of(ResponseFormat.VTT, spoken), strict=True).captions
    assert (
        without_joiners(unescape(caption.raw_text)) == "1 --> 2 ---> 3 00:00:01,000-->00:00:02,000"
    )


@pytest.mark.parametrize("start", [3_599_999, 359_999_001, 360_000_000])
def test_times_of_many_hours_are_read_as_they_were_written(start: int) -> None:
    vtt = text_of(ResponseFormat.VTT, Segment(start, start + 2000, "Hello."))
    (caption,) = webvtt.from_string(vtt, strict=True).captions
    assert caption.start_time.in_milliseconds() == start


@given(segments=MARKED_SEGMENTS)
@patient
def test_any_file_survives_pysubs2(segments: tuple[Segment, ...]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = pysubs2.SSAFile.from_string(text_of(ResponseFormat.VTT, *segments), format_="vtt")
    assert [
        (event.start, event.end, without_joiners(unescape(event.plaintext))) for event in parsed
    ] == cues_of(segments)  # pysubs2 shows WebVTT's entities as they are written


@given(segments=MARKED_SEGMENTS)
@patient
def test_any_file_survives_ffmpeg(segments: tuple[Segment, ...]) -> None:
    assert seen_by_ffmpeg(text_of(ResponseFormat.VTT, *segments), "webvtt") == [
        (start, without_joiners(shown)) for start, _, shown in cues_of(segments)
    ]


def test_each_of_two_texts_runs_in_its_own_direction() -> None:
    said = Segment(0, 4000, "NASA launched it.", source="NASA שיגרה אותו.", spoken="he")
    vtt = render(translation(said), ResponseFormat.VTT, with_source=True).text
    assert vtt.splitlines()[3:] == ["\u202bNASA שיגרה אותו.\u202c", "NASA launched it."]
