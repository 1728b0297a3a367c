import json
import math
import warnings
from dataclasses import replace
from html import unescape

import pysubs2
import pytest
import srt
import webvtt
from hypothesis import HealthCheck, given, settings
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
    return Translation(segments, language="english", duration=8470, model="whisper-1")


def text_of(response_format: ResponseFormat, *segments: Segment) -> str:
    return render(translation(*segments), response_format).text


def test_json_is_the_text_alone() -> None:
    rendered = render(translation(*TWO), ResponseFormat.JSON)
    assert rendered.body == {"text": "Good morning. I am looking for the <old> town & its market."}
    assert rendered.content_type == "application/json"
    assert json.loads(rendered.text) == rendered.body


def test_verbose_json_has_openai_s_fields_in_seconds() -> None:
    rendered = render(translation(*TWO), ResponseFormat.VERBOSE_JSON)
    assert rendered.content_type == "application/json"
    assert rendered.body == {
        "task": "translate",
        "language": "english",
        "duration": 8.47,
        "text": "Good morning. I am looking for the <old> town & its market.",
        "segments": [
            {
                "id": 0,
                "seek": 0,
                "start": 0.0,
                "end": 2.4,
                "text": " Good morning.",
                "tokens": [50364, 2205],
                "temperature": 0.2,
                "avg_logprob": 0.0,
                "compression_ratio": 0.0,
                "no_speech_prob": 0.0,
            },
            {
                "id": 1,
                "seek": 0,
                "start": 2.4,
                "end": 5.125,
                "text": " I am looking for the <old> town & its market.",
                "tokens": [],
                "temperature": 0.0,
                "avg_logprob": -0.25,
                "compression_ratio": 1.5,
                "no_speech_prob": 0.01,
            },
        ],
    }


def test_verbose_json_has_warnings_only_if_there_are_any() -> None:
    warned = replace(translation(*TWO), warnings=("Half of it is missing.",))
    plain = render(translation(*TWO), ResponseFormat.VERBOSE_JSON).body
    body = render(warned, ResponseFormat.VERBOSE_JSON).body
    assert isinstance(plain, dict)
    assert body == {**plain, "warnings": ["Half of it is missing."]}
    assert "warnings" not in plain


def test_verbose_json_is_what_openai_s_client_understands() -> None:
    from openai.types.audio import TranslationVerbose

    parsed = TranslationVerbose.model_validate_json(text_of(ResponseFormat.VERBOSE_JSON, *TWO))
    assert parsed.segments is not None
    assert [segment.end for segment in parsed.segments] == [2.4, 5.125]
    assert not parsed.model_extra or set(parsed.model_extra) == {"task"}


def test_text_is_one_line_with_a_line_end() -> None:
    rendered = render(translation(*TWO), ResponseFormat.TEXT)
    assert rendered.body == "Good morning. I am looking for the <old> town & its market.\n"
    assert rendered.text == rendered.body
    assert rendered.content_type == "text/plain; charset=utf-8"


def test_srt_is_numbered_cues() -> None:
    rendered = render(translation(*TWO), ResponseFormat.SRT)
    assert rendered.content_type == "application/x-subrip; charset=utf-8"
    assert rendered.body == (
        "1\n00:00:00,000 --> 00:00:02,400\nGood morning.\n"
        "\n2\n00:00:02,400 --> 00:00:05,125\nI am looking for the <old> town\n& its market.\n"
    )


def test_vtt_escapes_what_would_be_markup() -> None:
    rendered = render(translation(*TWO), ResponseFormat.VTT)
    assert rendered.content_type == "text/vtt; charset=utf-8"
    assert rendered.body == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.400\nGood morning.\n\n00:00:02.400 --> 00:00:05.125\n"
        "I am looking for the &lt;old&gt; town\n&amp; its market.\n"
    )


def test_silence_is_an_empty_answer_in_every_format() -> None:
    assert render(translation(), ResponseFormat.JSON).body == {"text": ""}
    assert render(translation(), ResponseFormat.VERBOSE_JSON).body == {
        "task": "translate",
        "language": "english",
        "duration": 8.47,
        "text": "",
        "segments": [],
    }
    assert text_of(ResponseFormat.TEXT) == "\n"
    assert text_of(ResponseFormat.SRT) == ""
    assert list(srt.parse("")) == []
    assert text_of(ResponseFormat.VTT) == "WEBVTT\n\n"
    assert webvtt.from_string("WEBVTT\n\n", strict=True).captions == []


@pytest.mark.parametrize(
    ("start", "stamp"),
    [
        (0, "00:00:00,000"),
        (999, "00:00:00,999"),
        (59_999, "00:00:59,999"),
        (3_599_999, "00:59:59,999"),
        (3_600_000, "01:00:00,000"),
        (359_999_001, "99:59:59,001"),
        (360_000_000, "100:00:00,000"),
    ],
)
def test_times_are_exact_and_may_exceed_99_hours(start: int, stamp: str) -> None:
    spoken = Segment(start, start + 2000, "Hello.")
    assert text_of(ResponseFormat.SRT, spoken).splitlines()[1].split(" --> ")[0] == stamp
    vtt = text_of(ResponseFormat.VTT, spoken)
    assert vtt.splitlines()[2].split(" --> ")[0] == stamp.replace(",", ".")
    (caption,) = webvtt.from_string(vtt, strict=True).captions
    assert caption.start_time.in_milliseconds() == start


def test_an_arrow_in_the_text_cannot_start_a_cue() -> None:
    spoken = Segment(0, 4000, "1 --> 2 ---> 3\n\n00:00:01,000-->00:00:02,000")
    (subtitle,) = srt.parse(text_of(ResponseFormat.SRT, spoken), ignore_errors=False)
    assert subtitle.content == "1 → 2 -→ 3 00:00:01,000→00:00:02,000"
    (caption,) = webvtt.from_string(text_of(ResponseFormat.VTT, spoken), strict=True).captions
    assert unescape(caption.raw_text) == "1 --> 2 ---> 3 00:00:01,000-->00:00:02,000"


@pytest.mark.parametrize("response_format", ResponseFormat)
def test_half_characters_and_numbers_that_json_lacks_are_replaced(
    response_format: ResponseFormat,
) -> None:
    spoken = Segment(
        0, 2000, "caf\u00e9 \ud83d\ude00 \udc80!", avg_logprob=math.nan, compression_ratio=math.inf
    )
    rendered = render(translation(spoken), response_format)
    assert "café 😀 \ufffd!" in rendered.text.encode("utf-8").decode("utf-8")
    if isinstance(rendered.body, dict):
        assert json.loads(rendered.text, parse_constant=pytest.fail) == rendered.body


# What was said, beside its translation -----------------------------------------------------------

SAID = (
    Segment(0, 2400, " Good morning.", source=" Buenos días.", spoken="es"),
    Segment(2400, 4000, " Lo siento.", source=" Lo siento.", spoken="es", untranslated=True),
    Segment(4000, 5000, " Right.", source="\ud83d & <b> -->", spoken="tlh"),
    Segment(5000, 6000, " Nothing is known of this."),
)


def body_of(*segments: Segment, with_source: bool) -> list[dict[str, object]]:
    rendered = render(translation(*segments), ResponseFormat.VERBOSE_JSON, with_source=with_source)
    assert isinstance(rendered.body, dict)
    return list(rendered.body["segments"])


def test_verbose_json_has_source_and_language_of_each_segment_where_they_were_asked_for() -> None:
    own = {"source", "spoken", "untranslated"}
    assert [
        {name: value for name, value in segment.items() if name in own}
        for segment in body_of(*SAID, with_source=True)
    ] == [
        {"source": " Buenos días.", "spoken": "spanish"},
        {"source": " Lo siento.", "spoken": "spanish", "untranslated": True},
        {"source": "\ufffd & <b> -->", "spoken": "tlh"},
        {},
    ]


def test_nothing_is_told_of_the_source_unless_it_was_asked_for() -> None:
    asked, plain = (body_of(*SAID, with_source=which) for which in (True, False))
    assert plain[1]["untranslated"] is True
    assert [{**segment, "untranslated": True} for segment in plain] == [
        {name: value for name, value in segment.items() if name not in {"source", "spoken"}}
        | {"untranslated": True}
        for segment in asked
    ]
    for response_format in (ResponseFormat.SRT, ResponseFormat.VTT):
        bare = tuple(replace(segment, source=None, spoken=None) for segment in SAID)
        assert text_of(response_format, *SAID) == text_of(response_format, *bare)


def test_json_and_text_have_the_translation_alone() -> None:
    for response_format in (ResponseFormat.JSON, ResponseFormat.TEXT):
        assert (
            render(translation(*SAID), response_format, with_source=True).body
            == render(translation(*SAID), response_format).body
        )


def test_srt_has_the_source_above_the_translation() -> None:
    assert render(translation(*SAID), ResponseFormat.SRT, with_source=True).body == (
        "1\n00:00:00,000 --> 00:00:02,400\nBuenos días.\nGood morning.\n"
        "\n2\n00:00:02,400 --> 00:00:04,000\nLo siento.\n"
        "\n3\n00:00:04,000 --> 00:00:05,000\n\ufffd & <b> →\nRight.\n"
        "\n4\n00:00:05,000 --> 00:00:06,191\nNothing is known of this.\n"
    )


def test_vtt_has_the_source_above_the_translation() -> None:
    vtt = render(translation(*SAID), ResponseFormat.VTT, with_source=True).text
    assert [c.raw_text for c in webvtt.from_string(vtt, strict=True).captions] == [
        "Buenos días.\nGood morning.",
        "Lo siento.",
        "\ufffd &amp; &lt;b&gt; --&gt;\nRight.",
        "Nothing is known of this.",
    ]


# Round trips through two parsers each ------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=10) | st.sampled_from(
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
times = st.integers(-1000, 400_000)
segments = st.lists(
    st.builds(Segment, times, times, st.lists(words, max_size=15).map(" ".join)), max_size=8
).map(tuple)
plain = st.lists(st.builds(Segment, times, times, st.text("abé,. ", max_size=200)), max_size=6).map(
    tuple
)
"""pysubs2 reads tags and lone numbers in the text as its own: a text without them."""


def cues_of(segments: tuple[Segment, ...]) -> list[tuple[int, int, str]]:
    return [(cue.start, cue.end, "\n".join(cue.lines)) for cue in lay_out(segments)]


@given(segments)
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


@given(segments)
@patient
def test_any_vtt_survives_webvtt_py(segments: tuple[Segment, ...]) -> None:
    parsed = webvtt.from_string(text_of(ResponseFormat.VTT, *segments), strict=True)
    assert [
        (c.start_time.in_milliseconds(), c.end_time.in_milliseconds(), unescape(c.raw_text))
        for c in parsed.captions
    ] == cues_of(segments)


@pytest.mark.parametrize("response_format", [ResponseFormat.SRT, ResponseFormat.VTT])
@given(segments=plain)
@patient
def test_any_captions_survive_pysubs2(
    response_format: ResponseFormat, segments: tuple[Segment, ...]
) -> None:
    text = text_of(response_format, *segments)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = pysubs2.SSAFile.from_string(text, format_=response_format.value)
    assert [(event.start, event.end, event.plaintext) for event in parsed] == cues_of(segments)
