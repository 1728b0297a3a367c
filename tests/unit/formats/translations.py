"""Translations for the tests of formats, and what their cues are."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from audio_translation.formats.cues import lay_out
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
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
PLAIN_SEGMENTS = st.lists(
    st.builds(Segment, TIMES, TIMES, st.text("abé,. ", max_size=200)), max_size=6
).map(tuple)
"""Without tags and lone numbers in the text, which pysubs2 takes for its own."""


def cues_of(segments: tuple[Segment, ...]) -> list[tuple[int, int, str]]:
    """Start and end in milliseconds and the text of each cue, its lines separated by newlines."""
    return [(cue.start, cue.end, "\n".join(cue.lines)) for cue in lay_out(segments)]
