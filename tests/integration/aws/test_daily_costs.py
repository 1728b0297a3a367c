"""What a key has paid on a day, in the job table."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from audio_translation.aws.daily_costs import DailyCosts
from audio_translation.errors import Internal
from tests.fakes.aws.moto_server import JOB_TABLE, Aws

TODAY = datetime.now(UTC).date()


def test_each_key_has_a_sum_for_each_day_to_which_many_add_at_once(aws: Aws) -> None:
    costs = DailyCosts(aws.clients, JOB_TABLE)
    assert costs.paid("a", TODAY) == 0
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            pool.submit(costs.add, "a", TODAY, 0.0123)
    costs.add("b", TODAY, 5)
    costs.add("a", TODAY - timedelta(days=1), 7)
    assert costs.paid("a", TODAY) == pytest.approx(0.246)


def test_a_sum_is_kept_for_two_days(aws: Aws) -> None:
    DailyCosts(aws.clients, JOB_TABLE).add("a", TODAY, 1)
    key = {"id": {"S": f"cost#a#{TODAY.isoformat()}"}}
    item = aws.client("dynamodb").get_item(TableName=JOB_TABLE, Key=key)["Item"]
    left = int(item["expires"]["N"]) - time.time()
    assert 24 * 3600 < left <= 48 * 3600


def test_a_table_that_is_not_there_is_an_error_of_ours(aws: Aws) -> None:
    costs = DailyCosts(aws.clients, "none")
    with pytest.raises(Internal):
        costs.paid("a", TODAY)
    with pytest.raises(Internal):
        costs.add("a", TODAY, 1)
