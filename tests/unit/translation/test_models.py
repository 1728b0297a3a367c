"""The table of models, and the page that shows it."""

import re
from datetime import date

import pytest

from audio_translation.transcript import ServedBy
from audio_translation.translation.models import (
    MODELS,
    EngineName,
    Model,
    model_named,
    offered_models,
    price_of,
    price_per_minute,
)
from local import REPOSITORY

PAGE = (REPOSITORY / "docs" / "models.md").read_text()


def test_the_page_has_the_table() -> None:
    body = PAGE.partition("|---|---|---|---|\n")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in body.splitlines()]
    assert rows == [shown(model) for model in MODELS.values()]


def shown(model: Model) -> list[str]:
    way = {EngineName.TRANSLATE: "one", EngineName.TRANSCRIBE_THEN_TRANSLATE: "two"}[model.engine]
    price = "`PricePerMinuteUsd`" if model.price is None else f"${model.price}"
    return [f"`{model.name}`", way, str(model.ends) if model.ends else "", price]


def test_the_page_says_when_the_end_was_announced() -> None:
    assert {str(m.deprecated) for m in MODELS.values() if m.ends} == {
        *re.findall(r"announced on (\d{4}-\d\d-\d\d)", PAGE)
    }
    assert {m.deprecated for m in MODELS.values() if not m.ends} == {None}


def test_a_name_that_is_not_known_is_a_model_of_one_step_without_an_end() -> None:
    assert model_named("of-some-server") == Model("of-some-server", EngineName.TRANSLATE)


def test_what_may_be_named_is_what_is_configured_and_what_has_not_ended() -> None:
    ends = {"whisper-1": date(2027, 3, 1), "gpt-transcribe": date(2030, 1, 1), "own": None}
    offered = offered_models(["own", "whisper-1"], date(2027, 4, 1), ends.get)
    assert [(model.name, model.ends) for model in offered] == [
        ("own", None),
        ("whisper-1", date(2027, 3, 1)),
        ("gpt-transcribe", date(2030, 1, 1)),
        *((name, None) for name in MODELS if name not in ends),
    ]


@pytest.mark.parametrize(
    ("served", "dollars"),
    [
        ("whisper-1", 0.02),
        ("of-some-server", 0.02),
        ("", 0.02),
        ("gpt-transcribe", 0.0045),
        ("whisper-1, gpt-transcribe", 0.02),
        ("gpt-4o-mini-transcribe, gpt-transcribe", 0.0045),
    ],
)
def test_a_minute_costs_what_the_model_that_served_does(served: str, dollars: float) -> None:
    assert price_per_minute(served, 0.02) == dollars


def test_audio_costs_its_minutes() -> None:
    assert price_of(90_000, ServedBy("whisper-1"), 0.02) == pytest.approx(0.03)
    assert price_of(90_000, ServedBy("whisper-1", "own", 0.0), 0.02) == 0, "the provider's price"
