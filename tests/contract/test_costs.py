"""A bound for each API key and day, over all that the key pays for."""

from collections.abc import Iterator

import pytest

from tests.audio.tones import spoken
from tests.contract.jobs_over_http import MINE, THEIRS, error
from tests.worlds.http_api import ApiWorld

OVER = (402, "cost_limit_exceeded", None)
PRICE = 3.5 * 0.006 / 60
"""Of a sentence with the pauses around it."""


@pytest.fixture
def bounded(world: ApiWorld) -> Iterator[ApiWorld]:
    """The service where each key may pay for two sentences a day."""
    with world.with_jobs(MAX_COST_USD_PER_KEY_PER_DAY=f"{2 * PRICE:.6f}"):
        yield world


def test_a_key_that_has_paid_all_of_its_day_waits_for_the_next(bounded: ApiWorld) -> None:
    url = bounded.source.file("/one.wav", spoken([1]))
    for _ in range(2):
        assert bounded.post({"audioFileUrl": url}, headers=MINE).status_code == 200
    refused = bounded.post({"audioFileUrl": url}, headers=MINE)
    assert error(refused) == OVER
    assert "midnight UTC" in refused.json()["error"]["message"]
    practice = {"audioFileUrl": url, "expectedText": "This is sentence 1.", "language": "en"}
    assert error(bounded.post(practice, "/practice", headers=MINE)) == OVER
    assert len(bounded.provider.received) == 2
    assert bounded.post({"audioFileUrl": url}, headers=THEIRS).status_code == 200


def test_what_is_left_of_the_day_bounds_a_request(world: ApiWorld) -> None:
    url = world.source.file("/one.wav", spoken([1]))
    with world.with_jobs(MAX_COST_USD_PER_KEY_PER_DAY=f"{PRICE / 2:.6f}"):
        refused = world.post({"audioFileUrl": url}, headers=MINE)
    assert error(refused) == OVER
    assert refused.json()["error"]["message"].startswith("This audio may cost $0.00035: 0:00:03")
    assert world.provider.received == []


def test_the_stacks_bound_is_for_requests_that_name_none(world: ApiWorld) -> None:
    url = world.source.file("/one.wav", spoken([1]))
    with world.settings(MAX_COST_USD=f"{PRICE / 2:.6f}"):
        assert error(world.post({"audioFileUrl": url})) == OVER
        assert world.provider.received == []
        assert world.post({"audioFileUrl": url, "maxCostUsd": 1}).status_code == 200


@pytest.mark.parametrize("bound", [0, -1, "much", True, [1]])
def test_a_bound_is_a_number_above_0(world: ApiWorld, audio_url: str, bound: object) -> None:
    response = world.post({"audioFileUrl": audio_url, "maxCostUsd": bound})
    assert error(response) == (400, "invalid_request", "maxCostUsd")
