"""Where nobody speaks nothing is told, whatever the provider says, and silence is not sent."""

import pytest

from tests.contract.every_way.cases import EVERY_WAY, HEARS, Case, Runs, check_alike
from tests.fakes.provider.odd_answers import Invents

PROMPT = "The board meets on Tuesday in Lisbon."
TWO_STEPS = {"model": "gpt-transcribe"}
NOT_SENT = {name: Case(name, lambda: [Invents(HEARS)]) for name in ("silence", "steady noise")}
INVENTED = {
    "a thank-you": Case("fluctuating noise", lambda: [Invents(HEARS)]),
    "the prompt": Case(
        "fluctuating noise", lambda: [Invents(HEARS, text="")], options={"prompt": PROMPT}
    ),
    "a thank-you in two steps": Case(
        "fluctuating noise", lambda: [Invents(HEARS)], options=TWO_STEPS
    ),
    "the prompt in two steps": Case(
        "fluctuating noise",
        lambda: [Invents(HEARS, text="")],
        options={"prompt": PROMPT, **TWO_STEPS},
    ),
}
CASES = {**NOT_SENT, **INVENTED}


@pytest.mark.parametrize("name", CASES)
@EVERY_WAY
def test_nothing_is_told_but_that_nobody_speaks(runs: Runs, name: str, way: str) -> None:
    result = runs.result(CASES[name], way)
    assert result.error is None
    assert (result.text, result.segments) == ("", [])
    assert [warning for warning in result.warnings if "No speech was heard" in warning]
    assert result.body["duration"] == pytest.approx(10, abs=0.02)


@pytest.mark.parametrize("name", NOT_SENT)
@EVERY_WAY
def test_silence_and_steady_noise_are_not_paid_for(runs: Runs, name: str, way: str) -> None:
    result = runs.result(NOT_SENT[name], way)
    assert result.error is None
    assert len(result.calls) == 0


@pytest.mark.parametrize("name", CASES)
def test_all_ways_say_the_same(runs: Runs, name: str) -> None:
    check_alike(runs.results(CASES[name]))
