"""What holds for all formats: text can be encoded, the source is shown only where wanted."""

import json
import math
from dataclasses import replace

import pytest

from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
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


@pytest.mark.parametrize("response_format", [ResponseFormat.SRT, ResponseFormat.VTT])
def test_subtitles_have_no_source_unless_it_was_asked_for(response_format: ResponseFormat) -> None:
    bare = tuple(replace(segment, source=None, spoken=None) for segment in SAID)
    assert text_of(response_format, *SAID) == text_of(response_format, *bare)
