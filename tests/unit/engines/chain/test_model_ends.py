"""A model ends when its last provider ends it."""

from datetime import date
from typing import cast

import pytest

from audio_translation.engines.chain.model_ends import ModelEnds
from audio_translation.engines.provider.model_dates import ModelDates

FEBRUARY, MARCH = date(2027, 2, 26), date(2027, 3, 1)


class Dates:
    """Knows one day for one model, told by the server itself or not."""

    def __init__(self, model: str, day: date | None, *, told: bool = True) -> None:
        self.model, self.day, self.is_told = model, day, told
        self.learned = 0

    def ends(self, model: str) -> date | None:
        return self.day if model == self.model else None

    def told(self, model: str) -> date | None:
        return self.ends(model) if self.is_told else None

    def learn(self) -> None:
        self.learned += 1

    learn_meanwhile = learn


def of(*providers: tuple[dict[str, str] | None, Dates]) -> ModelEnds:
    return ModelEnds(cast("list[tuple[dict[str, str] | None, ModelDates]]", list(providers)))


@pytest.mark.parametrize(
    ("providers", "ends"),
    [
        ([(None, Dates("m", FEBRUARY))], FEBRUARY),
        ([(None, Dates("m", FEBRUARY)), (None, Dates("m", MARCH))], MARCH),
        ([(None, Dates("m", FEBRUARY)), (None, Dates("m", None))], None),
        ([(None, Dates("m", FEBRUARY)), ({"m": "there"}, Dates("there", MARCH))], MARCH),
        ([(None, Dates("m", FEBRUARY)), ({"other": "m"}, Dates("m", None))], FEBRUARY),
        ([({"other": "m"}, Dates("m", FEBRUARY))], None),
    ],
)
def test_the_last_one_counts(
    providers: list[tuple[dict[str, str] | None, Dates]], ends: date | None
) -> None:
    assert of(*providers).ends("m") == ends
    assert of(*providers).told("m") == ends


def test_what_no_provider_has_told_is_not_told() -> None:
    known = of((None, Dates("m", FEBRUARY, told=False)))
    assert (known.ends("m"), known.told("m")) == (FEBRUARY, None)


def test_all_are_asked() -> None:
    one, two = Dates("m", None), Dates("m", None)
    ends = of((None, one), (None, two))
    ends.learn()
    ends.learn_meanwhile()
    assert (one.learned, two.learned) == (2, 2)
