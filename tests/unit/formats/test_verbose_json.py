"""``verbose_json``: OpenAI's object, and what is added to it."""

from dataclasses import replace

from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.transcript import Segment
from tests.unit.formats.translations import SAID, TWO, text_of, translation


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


def test_openai_s_client_reads_words_that_are_estimated() -> None:
    from openai.types.audio import TranscriptionVerbose

    rendered = render(translation(*TWO), ResponseFormat.VERBOSE_JSON, with_words=True)
    parsed = TranscriptionVerbose.model_validate_json(rendered.text)
    assert parsed.words is not None
    assert [word.word for word in parsed.words[:3]] == ["Good", "morning", "I"]
    assert parsed.words[0].model_extra == {"estimated": True}


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


def test_silence_is_an_object_without_segments() -> None:
    assert render(translation(), ResponseFormat.VERBOSE_JSON).body == {
        "task": "translate",
        "language": "english",
        "duration": 8.47,
        "text": "",
        "segments": [],
    }
