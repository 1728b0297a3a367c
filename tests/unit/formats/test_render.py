"""What holds for all formats: text can be encoded, the source is shown only where wanted."""

import json
import math
from dataclasses import replace

import pytest

from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.formats.rules.styles import Style, rules_of
from audio_translation.transcript import Segment
from tests.unit.formats.translations import SAID, text_of, translation


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


@pytest.mark.parametrize("response_format", [one for one in ResponseFormat if "json" not in one])
def test_texts_have_no_source_unless_it_was_asked_for(response_format: ResponseFormat) -> None:
    bare = tuple(replace(segment, source=None, spoken=None) for segment in SAID)
    assert text_of(response_format, *SAID) == text_of(response_format, *bare)


TIMED = (ResponseFormat.SRT, ResponseFormat.VTT, ResponseFormat.TTML, ResponseFormat.ASS)


@pytest.mark.parametrize("response_format", TIMED)
def test_every_timed_format_names_the_voices_and_lets_them_overlap(
    response_format: ResponseFormat,
) -> None:
    both = (
        Segment(0, 3_000, "I will call you back.", channel=0),
        Segment(1_000, 2_500, "Please do.", channel=1),
    )
    call = replace(translation(*both), channel_names=("Ann", "Bob"))
    text = render(call, response_format).text
    assert "Ann" in text
    assert "Bob" in text
    assert text.count("00:01") >= 1, "the second starts while the first one is there"


@pytest.mark.parametrize("response_format", TIMED)
def test_every_timed_format_keeps_the_rules(response_format: ResponseFormat) -> None:
    said = translation(
        Segment(0, 9_000, "This is a long sentence that has to be broken somewhere.")
    )
    text = render(said, response_format, rules=rules_of(Style.SOCIAL, "english")).text
    assert "This is a long sentence" in text
    assert "sentence that" not in text
