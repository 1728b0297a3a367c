"""Rules of subtitles that are asked for: what is taken, what is refused, what replaces what."""

from typing import Any

import pytest

from audio_translation.errors import InvalidRequest
from audio_translation.formats.rules.layout_rules import DEFAULT
from audio_translation.formats.rules.styles import Style, rules_of
from audio_translation.translation.fields.subtitle_rules import (
    SubtitleRules,
    default_rules,
    subtitle_rules,
)


@pytest.mark.parametrize(
    ("given", "means"),
    [
        ({"style": "Netflix"}, {"style": Style.NETFLIX}),
        (" bbc ", {"style": Style.BBC}),
        ('{"maxLines": 1}', {"max_lines": 1}),
        ({"maxLineLength": "37", "minSeconds": "0,9"}, {"max_line_length": 37, "min_seconds": 0.9}),
        ({"maxSeconds": 6.0, "style": "", "maxLines": None}, {"max_seconds": 6}),
        ({}, {}),
    ],
)
def test_rules_are_an_object_its_text_or_the_name_of_a_style(
    given: object, means: dict[str, Any]
) -> None:
    assert subtitle_rules(given) == SubtitleRules.model_validate(
        {SubtitleRules.model_fields[name].alias: value for name, value in means.items()}
    )


@pytest.mark.parametrize(
    ("given", "param", "told"),
    [
        ({"maxLineLength": 9}, "maxLineLength", "at least 10"),
        ({"maxLineLength": 101}, "maxLineLength", "at most 100"),
        ({"maxLines": 0}, "maxLines", "at least 1"),
        ({"maxLines": 1.5}, "maxLines", "a whole number"),
        ({"minSeconds": 0.1}, "minSeconds", "at least 0.2"),
        ({"maxSeconds": 31}, "maxSeconds", "at most 30"),
        ({"maxCharsPerSecond": "fast"}, "maxCharsPerSecond", "a number"),
        ({"minGapSeconds": -1}, "minGapSeconds", "at least 0"),
        ({"style": "hbo"}, "style", "one of default, netflix, bbc, youtube, social"),
        ("hbo", "style", "one of default"),
        ("{", "subtitles", "a JSON object, or the name of a style"),
        ([1], "subtitles", "an object"),
        ({"minSeconds": 3, "maxSeconds": 2}, "subtitles", "minSeconds must not be more than max"),
        ({"minSeconds": 4, "style": "social"}, "subtitles", "than maxSeconds of the style social"),
        ({"maxSeconds": 1, "maxCharsPerSecond": 4}, "subtitles", "at least 10 characters"),
    ],
)
def test_what_is_wrong_or_contradictory_is_refused_in_plain_words(
    given: object, param: str, told: str
) -> None:
    with pytest.raises(InvalidRequest, match=told) as refused:
        subtitle_rules(given)
    assert refused.value.param == param


def test_figures_replace_those_of_the_style() -> None:
    asked = subtitle_rules({"style": "bbc", "maxLineLength": 30, "maxCharsPerSecond": 15})
    bbc = rules_of(Style.BBC, "english")
    rules = asked.rules("english")
    assert (rules.line, rules.speed, rules.word_time) == (30, 15, 0)
    assert (rules.shortest, rules.lines) == (bbc.shortest, bbc.lines)
    assert subtitle_rules({}).rules("english") == DEFAULT
    assert subtitle_rules({"minGapSeconds": 0.2}).rules(None).gap == 200


def test_characters_of_japanese_are_wide_ones() -> None:
    asked = subtitle_rules({"maxLineLength": 14, "maxCharsPerSecond": 5})
    rules = asked.rules("japanese")
    assert (rules.line, rules.speed) == (28, 10)
    assert asked.rules("english").line == 14


def test_what_is_not_asked_for_is_the_default_unless_a_style_is() -> None:
    stack = default_rules('{"style": "netflix", "maxLines": 1}')
    assert subtitle_rules({"maxLineLength": 30}).over(stack) == subtitle_rules(
        {"style": "netflix", "maxLines": 1, "maxLineLength": 30}
    )
    assert subtitle_rules("bbc").over(stack) == subtitle_rules("bbc")
    assert subtitle_rules({"maxLines": 2}).over(None) == subtitle_rules({"maxLines": 2})
    assert default_rules("") is None
    with pytest.raises(InvalidRequest):
        subtitle_rules({"maxSeconds": 1}).over(default_rules('{"minSeconds": 2}'))
