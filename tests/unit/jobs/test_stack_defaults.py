"""Records and rules of subtitles: as the stack says, and as the request asks."""

from typing import Literal

import pytest

from audio_translation.errors import InvalidRequest
from audio_translation.jobs.stack_defaults import StackDefaults
from audio_translation.translation.fields.subtitle_rules import default_rules
from audio_translation.translation.request import TranslationOptions


@pytest.mark.parametrize(
    ("records", "asked", "wanted"),
    [
        ("off", None, False),
        ("off", False, False),
        ("on", None, False),
        ("on", True, True),
        ("all", None, True),
        ("all", True, True),
        ("all", False, False),
    ],
)
def test_a_request_gets_one_if_it_asks_or_if_all_do(
    records: Literal["off", "on", "all"], asked: bool | None, wanted: bool
) -> None:
    options = TranslationOptions.model_validate({"record": asked, "prompt": "p"})
    applied = StackDefaults(records).applied(options)
    assert bool(applied.record) is wanted
    assert applied.model_copy(update={"record": asked}) == options


def test_where_there_are_none_who_asks_is_told_so() -> None:
    with pytest.raises(InvalidRequest, match="Records") as caught:
        StackDefaults().applied(TranslationOptions(record=True))
    assert caught.value.param == "record"


def test_rules_of_subtitles_are_the_stacks_where_none_are_asked_for() -> None:
    stack = StackDefaults(subtitles=default_rules('{"style": "bbc", "maxLines": 1}'))
    rules = stack.applied(TranslationOptions()).rules("english")
    assert (rules.line, rules.lines) == (37, 1)
    asked = TranslationOptions.model_validate({"subtitles": {"maxLines": 3}})
    assert stack.applied(asked).rules("english").lines == 3
    own_style = TranslationOptions.model_validate({"subtitles": "netflix"})
    assert stack.applied(own_style).rules("english").lines == 2
