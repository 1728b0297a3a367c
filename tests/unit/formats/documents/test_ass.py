"""``ass``: what it looks like, and that other programs show it as it was meant."""

import io
import re
import warnings
from itertools import pairwise

import av
import pysubs2
import pytest
from av.subtitles.subtitle import AssSubtitle
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
    text_of,
    translation,
    without_joiners,
)


def hundredths(milliseconds: int) -> int:
    """The nearest time that a script can tell."""
    return (milliseconds + 5) // 10 * 10


def read(script: str) -> pysubs2.SSAFile:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return pysubs2.SSAFile.from_string(script, format_="ass")


def seen_by_ffmpeg(script: str) -> list[tuple[int, str]]:
    """Start and text of each line as ffmpeg hands it to libass."""
    seen = []
    with av.open(io.BytesIO(script.encode()), "r", format="ass") as container:
        for packet in container.demux(container.streams.subtitles[0]):
            for subtitle in packet.decode():
                assert isinstance(subtitle, AssSubtitle)
                assert packet.pts is not None
                text = subtitle.ass.decode().split(",", 8)[-1]
                text = re.sub(r"\{[^}]*\}", "", text).replace("\\h", "\xa0")
                seen.append((packet.pts * 10, without_joiners(re.sub(r"\\[Nn]", "\n", text))))
    return seen


def test_a_script_is_a_style_and_dialogue() -> None:
    rendered = render(translation(*TWO), ResponseFormat.ASS)
    assert rendered.content_type == "text/x-ssa; charset=utf-8"
    assert isinstance(rendered.body, str)
    assert rendered.body.startswith("[Script Info]\nScriptType: v4.00+\nWrapStyle: 0\n")
    assert rendered.body.endswith(
        "\nDialogue: 0,0:00:00.00,0:00:02.32,Default,,0,0,0,,Good morning.\n"
        "Dialogue: 0,0:00:02.40,0:00:05.74,Default,,0,0,0,,"
        "I am looking for the <old> town\\N& its market.\n"
    )


def test_the_picture_and_the_style_are_those_that_the_readers_know() -> None:
    script = read(text_of(ResponseFormat.ASS, *TWO))
    assert (script.info["PlayResX"], script.info["PlayResY"]) == ("1920", "1080")
    style = script.styles["Default"]
    assert (style.fontname, style.fontsize, style.alignment) == ("Arial", 60, 2)
    assert (style.marginl, style.marginv, style.encoding) == (96, 54, 1)
    assert style.primarycolor == pysubs2.Color(255, 255, 255)


def test_silence_is_a_script_without_dialogue() -> None:
    script = text_of(ResponseFormat.ASS)
    assert script.endswith("Effect, Text\n")
    assert list(read(script)) == []


def test_the_source_stands_above_the_translation() -> None:
    script = render(translation(*SAID), ResponseFormat.ASS, with_source=True).text
    assert [event.plaintext for event in read(script)] == [
        "Buenos días.\nGood morning.",
        "Lo siento.",
        "\ufffd & <b> -->\nRight.",
        "Nothing is known of this.",
    ]


def test_what_looks_like_an_override_is_shown_as_it_was_said() -> None:
    said = Segment(0, 6000, r"Write {\an8}, C:\New or a \ here.")
    script = text_of(ResponseFormat.ASS, said)
    assert script.endswith(",,Write \uff5b\\an8\uff5d, C:\\\u2060New or a \\ here.\n")
    for text in (read(script)[0].plaintext, seen_by_ffmpeg(script)[0][1]):
        assert without_joiners(text) == "Write \uff5b\\an8\uff5d, C:\\New or a \\ here."


def test_a_line_that_runs_from_right_to_left_says_so() -> None:
    said = Segment(0, 4000, "NASA launched it.", source="NASA שיגרה אותו.", spoken="he")
    script = render(translation(said), ResponseFormat.ASS, with_source=True).text
    assert script.endswith(",,\u202bNASA שיגרה אותו.\u202c\\NNASA launched it.\n")


@given(segments=SEGMENTS)
@patient
def test_any_script_survives_pysubs2_and_no_two_lines_overlap(
    segments: tuple[Segment, ...],
) -> None:
    events = list(read(text_of(ResponseFormat.ASS, *segments)))
    assert [(one.start, one.end, without_joiners(one.plaintext)) for one in events] == [
        (hundredths(start), hundredths(end), without_joiners(shown))
        for start, end, shown in cues_of(segments)
    ]
    assert all(one.start < one.end for one in events)
    assert all(one.end <= following.start for one, following in pairwise(events))


@given(segments=MARKED_SEGMENTS)
@patient
def test_any_script_survives_ffmpeg(segments: tuple[Segment, ...]) -> None:
    assert seen_by_ffmpeg(text_of(ResponseFormat.ASS, *segments)) == [
        (hundredths(start), without_joiners(shown)) for start, _, shown in cues_of(segments)
    ]


@pytest.mark.parametrize("start", [3_599_990, 35_999_000, 356_400_000])
def test_times_of_many_hours_are_read_as_they_were_written(start: int) -> None:
    script = text_of(ResponseFormat.ASS, Segment(start, start + 2000, "Hello."))
    (event,) = read(script)
    assert (event.start, event.end) == (start, start + 2000)
    assert seen_by_ffmpeg(script) == [(start, "Hello.")]
