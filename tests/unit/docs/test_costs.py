"""docs/costs.md counts what the template has."""

import re
from typing import Any

import pytest

from local import REPOSITORY
from local.aws.template import load_template

TEMPLATE = load_template()
COSTS = (REPOSITORY / "docs" / "costs.md").read_text()
LIVE = (REPOSITORY / "docs" / "live.md").read_text()
README = (REPOSITORY / "README.md").read_text()
OPERATING = (REPOSITORY / "docs" / "operating.md").read_text()
MONTH = 30 * 24 * 3600


def of_type(kind: str) -> list[dict[str, Any]]:
    return [r["Properties"] for r in TEMPLATE["Resources"].values() if r["Type"] == kind]


def row(name: str) -> list[str]:
    (line,) = re.findall(rf"^\| {name} \|(.*)\|$", COSTS, re.MULTILINE)
    return [cell.strip() for cell in line.split("|")]


def dollars(text: str) -> float:
    return float(text.removeprefix("$"))


def watched(alarm: dict[str, Any]) -> int:
    """How many metrics an alarm is charged for."""
    return sum("MetricStat" in each for each in alarm.get("Metrics", [])) or 1


def test_the_alarms_cost_what_their_metrics_cost() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm")
    metrics = sum(map(watched, alarms))
    count, _, month = row("alarms")
    assert count == f"{metrics} metrics in {len(alarms)} alarms"
    assert dollars(month) == round(metrics * 0.1, 2)


def test_the_queues_that_functions_read_cost_what_looking_into_them_costs() -> None:
    events = [
        event
        for function in of_type("AWS::Serverless::Function")
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    looks = len(events) * 5 * MONTH // 20
    count, _, month = row("looking into queues")
    assert count == f"{len(events)} queues, {looks:,} requests"
    assert dollars(month) == round(looks * 0.4 / 1e6, 2)
    for event in events:
        assert f"`{event['Properties']['Queue']['Fn::GetAtt'][0]}`" in COSTS


def test_nothing_else_costs_anything_by_the_month() -> None:
    made = [one for one in TEMPLATE["Resources"].values() if one.get("Condition") != "RecordsOn"]
    assert TEMPLATE["Parameters"]["Records"]["Default"] == "off"
    kinds = {resource["Type"] for resource in made}
    charged = {"AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::EC2::NatGateway"}
    assert not kinds & charged
    assert row("dashboard")[0] == str(len(of_type("AWS::CloudWatch::Dashboard")))
    assert {table["BillingMode"] for table in of_type("AWS::DynamoDB::Table")} == {
        "PAY_PER_REQUEST"
    }
    for function in of_type("AWS::Serverless::Function"):
        assert "ProvisionedConcurrencyConfig" not in function


def test_the_sum_is_that_of_the_rows_and_of_the_readme() -> None:
    rows = re.findall(r"^\|.*\| (\$\d+\.\d\d) \|$", COSTS, re.MULTILINE)
    *parts, whole = map(dollars, rows)
    assert round(sum(parts), 2) == whole
    assert f"**Idle**: about ${whole:.2f} a month" in README


def test_snapshots_are_of_as_many_functions_as_is_said() -> None:
    sizes = [
        f["MemorySize"] / 1024 for f in of_type("AWS::Serverless::Function") if "SnapStart" not in f
    ]
    assert (len(sizes), set(sizes)) == (2, {1.0})
    month = sum(sizes) * 0.0000015 * MONTH
    assert f"2 GB at $0.0000015 per GB and second are ${month:.2f}" in " ".join(COSTS.split())


def test_the_metrics_of_our_own_are_as_many_as_are_listed() -> None:
    table = OPERATING.split("| metric | further dimension | is |\n|---|---|---|\n")[1]
    listed = table.split("\n\n")[0].splitlines()
    assert f"There are {len(listed)} names" in " ".join(COSTS.split())


def test_a_minute_of_live_captions_costs_what_its_rows_do() -> None:
    """Each row is a number times a price, and all of them are the sum."""
    rows = re.findall(
        r"^\| [^|]+ \| (\d+)[^|]*\| \$([\d.]+) a (\w+) \| \$(\d\.\d{6}) \|$", LIVE, re.MULTILINE
    )
    assert len(rows) == 6
    per = {"second": 1, "million": 1_000_000}
    costs = [int(count) * float(price) / per[unit] for count, price, unit, _ in rows]
    assert [float(told) for *_, told in rows] == pytest.approx(costs, abs=6e-7)
    (whole,) = re.findall(r"^\| all \| \| \| \$(\d\.\d{6}) \|$", LIVE, re.MULTILINE)
    assert float(whole) == pytest.approx(sum(costs), abs=1e-6)
