"""Translations for the tests of formats, and what their cues are."""

import io
import re

import av
from av.subtitles.subtitle import AssSubtitle
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from audio_translation.formats import two_sides
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.formats.rules.layout_rules import DEFAULT
from audio_translation.transcript import Segment, Translation

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

TWO = (
    Segment(0, 2400, " Good morning.", seek=0, tokens=(50364, 2205), temperature=0.2),
    Segment(
        2400,
        5125,
        " I am looking for the <old> town & its market.",
        avg_logprob=-0.25,
        compression_ratio=1.5,
        no_speech_prob=0.01,
    ),
)


def translation(*segments: Segment) -> Translation:
    """A translation of 8.47 seconds of audio."""
    return Translation(segments, language="english", duration=8470, model="whisper-1")


def text_of(response_format: ResponseFormat, *segments: Segment) -> str:
    """A translation with these segments as it is sent over HTTP."""
    return render(translation(*segments), response_format).text


SAID = (
    Segment(0, 2400, " Good morning.", source=" Buenos días.", spoken="es"),
    Segment(2400, 4000, " Lo siento.", source=" Lo siento.", spoken="es", untranslated=True),
    Segment(4000, 5000, " Right.", source="\ud83d & <b> -->", spoken="tlh"),
    Segment(5000, 6000, " Nothing is known of this."),
)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10) | st.sampled_from(
    [
        "-->",
        "1",
        "00:00:01,000",
        "NOTE",
        "STYLE",
        "WEBVTT",
        "&amp;",
        "<b>",
        "{\\i1}",
        "\n\n",
        "2019",
    ]
)
TIMES = st.integers(-1000, 400_000)
SEGMENTS = st.lists(
    st.builds(Segment, TIMES, TIMES, st.lists(WORDS, max_size=15).map(" ".join)), max_size=8
).map(tuple)
MARKUP = r"""
<b> </b> < > <font color=red> <v Bob> <3 <00:00:01.000> {\an8} { } {Y:i} {c:$0000ff} \N \h C:\new &
&amp; &lt; --> 1995 1:02:03.5 00:00:01,000 10:30.250 NOTE a bé, x. שלום אָ ไทย です。
"""
MARKED_SEGMENTS = st.lists(
    st.builds(
        Segment, TIMES, TIMES, st.lists(st.sampled_from(MARKUP.split()), max_size=20).map(" ".join)
    ),
    max_size=6,
).map(tuple)
"""With all that a reader of subtitles may take for its own."""


def cues_of(segments: tuple[Segment, ...]) -> list[tuple[int, int, str]]:
    """Start and end in milliseconds and the text of each cue, its lines separated by newlines."""
    cues = two_sides.cues_of(translation(*segments), DEFAULT)
    return [(cue.start, cue.end, "\n".join(cue.lines)) for cue in cues]


def without_joiners(text: str) -> str:
    """A text without what keeps players from obeying it."""
    return text.replace("\u2060", "")


def seen_by_ffmpeg(subtitles: str, name: str) -> list[tuple[int, str]]:
    """Start and text of each cue as libass shows it: without overrides, its escapes replaced."""
    seen = []
    with av.open(io.BytesIO(subtitles.encode()), "r", format=name) as container:
        for packet in container.demux(container.streams.subtitles[0]):
            for subtitle in packet.decode():
                assert isinstance(subtitle, AssSubtitle)
                assert packet.pts is not None
                text = subtitle.ass.decode().split(",", 8)[-1]
                text = text.replace("\\{{}", "\ufdd0")  # ffmpeg's own escape of a brace
                text = re.sub(r"\{[^}]*\}", "", text).replace("\\N", "\n").replace("\\h", "\xa0")
                shown = without_joiners(text).replace("\ufdd0", "{")
                seen.append((packet.pts, shown))  # of 1/1000 s in both formats
    return seen
