"""The dashboard is one that CloudWatch takes, and shows only what somebody measures."""

import contextlib
import io
import json
import re
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from pydantic import ValidationError

from audio_translation.errors import UrlNotAllowed
from audio_translation.handlers import invoke
from audio_translation.jobs.job import JobStatus
from local import REPOSITORY
from local.aws.lambda_context import LambdaContext
from local.aws.template import ACCOUNT, REGION, resolved
from local.aws.template import references as stand_ins
from tests.audio.tones import recording
from tests.fakes.aws.lambda_invoke import FUNCTION, Functions
from tests.fakes.aws.moto_server import Aws
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.speech_behaviours import ModelGone
from tests.integration.template.dashboard_body import (
    AlarmWidget,
    DashboardBody,
    MetricWidget,
    Rendering,
)
from tests.integration.template.deployed import RESOURCES, TEMPLATE, of_type, translated
from tests.worlds.jobs import JobWorld, run
from tests.worlds.provider_list import PATH, put_list, server

STACK = "audio-translation"
OF_AWS = {
    ("AWS/ApiGateway", ("ApiName", "Stage")): {"Count", "4XXError", "5XXError", "Latency"},
    ("AWS/Lambda", ("FunctionName",)): {"ConcurrentExecutions", "Throttles"},
    ("AWS/SQS", ("QueueName",)): {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesVisible",
    },
}
"""AWS's own metrics, by namespace and dimensions: what its pages for the three services list."""
FREE = 50
"""Metrics that a dashboard may show without a price."""
SEARCH = re.compile(
    r"SEARCH\('\{(?P<schema>[\w/,]+)\} MetricName=\"(?P<name>\w+)\""
    r" service=\"(?P<service>[^\"]+)\"', '(?P<stat>\w+)', (?P<period>\d+)\)"
)


def rendered() -> str:
    """The body as CloudFormation puts it: queues and functions under names of their own."""
    kinds = {"AWS::SQS::Queue", "AWS::Serverless::Function"}
    names = {n: f"{STACK}-{n}-1A2B3C" for n, r in RESOURCES.items() if r["Type"] in kinds}
    values = stand_ins(TEMPLATE, {"AWS::StackName": STACK, **names})
    for name, resource in RESOURCES.items():
        if resource["Type"] == "AWS::SQS::Queue":
            values[f"{name}.QueueName"] = values[name]
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            values[f"{name}.Arn"] = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{STACK}-{name}"
    properties = RESOURCES["OperationsDashboard"]["Properties"]
    assert resolved(TEMPLATE, properties["DashboardName"], values) == f"{STACK}-{REGION}"
    return str(resolved(TEMPLATE, properties["DashboardBody"], values))


def lines(text: str) -> list[tuple[list[str], Rendering]]:
    """Namespace, name and dimensions of each metric of a body, and how it is shown."""
    widgets = DashboardBody.model_validate_json(text).widgets
    metrics = [widget.properties for widget in widgets if isinstance(widget, MetricWidget)]
    return [line for properties in metrics for line in properties.lines()]


BODY = DashboardBody.model_validate_json(rendered())
LINES = lines(rendered())
NAMED = [named for named, _ in LINES if named]
OURS = "AudioTranslation"


@pytest.fixture(scope="module")
def searched() -> re.Match[str]:
    (expression,) = [shown.expression for named, shown in LINES if not named]
    assert expression
    match = SEARCH.fullmatch(expression)
    assert match, expression
    return match


def test_every_widget_is_one_that_cloudwatch_draws() -> None:
    assert len(BODY.widgets) == 10
    assert {w.properties.region for w in BODY.widgets if isinstance(w, MetricWidget)} == {REGION}
    titles = [widget.properties.title for widget in BODY.widgets]
    assert len(set(titles)) == len(titles)
    for named, shown in LINES:
        assert shown.label, named
        assert bool(named) is not bool(shown.expression)


@pytest.mark.parametrize(
    "wrong",
    ['"view": "lines"', '"stat": "p101"', '"period": 90', '"widht": 8', '"color": "red"'],
)
def test_a_widget_that_cloudwatch_would_refuse_is_found(wrong: str) -> None:
    name = wrong.split('"')[1]
    there = re.compile(rf'"{name}": (?:"[^"]*"|\d+)')
    text = rendered()
    changed = (
        there.sub(wrong, text, count=1)
        if there.search(text)
        else text.replace('"width": 8', wrong, 1)
    )
    with pytest.raises(ValidationError):
        lines(changed)


def test_the_widgets_fill_the_grid_and_none_lies_over_another() -> None:
    cells = [
        (column, row)
        for widget in BODY.widgets
        for column in range(widget.x, widget.x + widget.width)
        for row in range(widget.y, widget.y + widget.height)
    ]
    assert len(cells) == len(set(cells))
    height = max(row for _, row in cells) + 1
    assert sorted(cells) == [(column, row) for column in range(24) for row in range(height)]


def test_it_shows_every_alarm_of_the_stack() -> None:
    (shown,) = [widget for widget in BODY.widgets if isinstance(widget, AlarmWidget)]
    alarms = [n for n, r in RESOURCES.items() if r["Type"] == "AWS::CloudWatch::Alarm"]
    named = [arn.rpartition("-")[2] for arn in shown.properties.alarms]
    assert sorted(named) == sorted(alarms)


def test_it_costs_nothing_as_one_of_the_first_three_of_an_account() -> None:
    assert len({tuple(named) for named in NAMED}) <= FREE / 2
    assert BODY.model_dump_json().count("SEARCH") == 1, "which finds one for each code of errors"


def test_what_it_shows_of_aws_is_of_this_stacks_resources() -> None:
    of_aws = [named for named in NAMED if named[0] != OURS]
    assert {named[0] for named in of_aws} == {space for space, _ in OF_AWS}
    resources = set(RESOURCES)
    for namespace, name, *dimensions in of_aws:
        assert name in OF_AWS[namespace, tuple(dimensions[::2])]
        for dimension, value in zip(dimensions[::2], dimensions[1::2], strict=True):
            if dimension in {"QueueName", "FunctionName"}:
                assert value.split("-")[2] in resources
            else:
                assert value == {"ApiName": STACK, "Stage": "v1"}[dimension]
    assert RESOURCES["Api"]["Properties"]["Name"] == {"Ref": "AWS::StackName"}


@pytest.fixture
def counted(jobs: JobWorld, url: str) -> set[tuple[str, frozenset[tuple[str, str]]]]:
    """Names and dimensions of what functions count that translate, refuse, submit and end jobs."""
    log = io.StringIO()
    with contextlib.redirect_stdout(log):
        _work(jobs, url)
    return set(_metrics(log.getvalue()))


def test_it_shows_what_the_functions_count_and_nothing_else(
    counted: set[tuple[str, frozenset[tuple[str, str]]]], searched: re.Match[str]
) -> None:
    for _, name, *dimensions in [named for named in NAMED if named[0] == OURS]:
        pairs = frozenset(zip(dimensions[::2], dimensions[1::2], strict=True))
        assert (name, pairs) in counted, (name, pairs)
    space, *dimensions = searched["schema"].split(",")
    codes = [dict(pairs) for name, pairs in counted if name == searched["name"]]
    assert codes
    assert all(sorted(pairs) == dimensions for pairs in codes)
    assert all(pairs["service"] == searched["service"] for pairs in codes)
    assert space == OURS
    shown = {named[1] for named in NAMED} | {searched["name"]}
    assert {name for name, _ in counted} - shown == {
        "FailedJobs",  # which JobsAlarm watches
        "Translations",  # one for each provider, whatever the operator calls them
    }


def test_the_docs_list_what_the_functions_count_with_its_dimensions(
    counted: set[tuple[str, frozenset[tuple[str, str]]]],
) -> None:
    page = (REPOSITORY / "docs" / "operating.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (?:`(\w+)`)? *\| \S", page, re.MULTILINE)
    dimensions = {
        (name, ",".join(key for key, _ in pairs if key != "service")) for name, pairs in counted
    }
    assert set(rows) == dimensions
    assert len(rows) == len(dimensions)


def test_the_alarms_watch_what_the_functions_count(
    counted: set[tuple[str, frozenset[tuple[str, str]]]],
) -> None:
    by_name = dict(counted)
    watched = [
        stat["MetricStat"]["Metric"]
        for alarm in of_type(RESOURCES, "AWS::CloudWatch::Alarm")
        for stat in alarm.get("Metrics", [])
        if stat.get("MetricStat", {}).get("Metric", {}).get("Namespace") == OURS
    ]
    assert watched
    for metric in watched:
        names = sorted(dimension["Name"] for dimension in metric["Dimensions"])
        assert names == sorted(dict(by_name[metric["MetricName"]]))


def _work(jobs: JobWorld, url: str) -> None:
    short = jobs.source.file("/short.wav", recording(2))
    with (
        Functions() as functions,
        jobs.settings(JOB_FUNCTION=FUNCTION, AWS_ENDPOINT_URL_LAMBDA=functions.url),
    ):
        _invoked(audioFileUrl=short)
        _invoked(audioFileUrl=short, prefer="respond-async")
        with pytest.raises(UrlNotAllowed):
            _invoked(audioFileUrl="ftp://example.com/a")
    with jobs.settings():
        jobs.provider.script.append(Answer(b""))
        run(jobs.job(url))
        silent = jobs.job(jobs.source.file("/text.txt", b"no sound at all"), "job-2")
        run(silent)
        assert jobs.find(silent).status is JobStatus.FAILED
        jobs.provider.behaviours.append(ModelGone("whisper-1", Answer(envelope("Gone"), 410)))
        _invoked(audioFileUrl=short)
    nobody = {"baseUrl": "http://127.0.0.1:9/v1", "mayReceiveAudio": True}
    put_list(
        jobs.aws,
        providers={"provider": server(jobs.provider), "nobody": nobody},
        translation=[{"provider": "nobody"}, {"provider": "provider"}],
    )
    jobs.provider.behaviours.clear()
    with jobs.settings(PROVIDERS_PARAMETER=PATH):
        _invoked(audioFileUrl=short)


def _metrics(log: str) -> Iterator[tuple[str, frozenset[tuple[str, str]]]]:
    for line in [json.loads(line) for line in log.splitlines() if '"_aws"' in line]:
        for directive in line["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == OURS
            for keys in directive["Dimensions"]:
                pairs = frozenset((key, str(line[key])) for key in keys)
                yield from ((metric["Name"], pairs) for metric in directive["Metrics"])


def _invoked(**event: Any) -> Any:
    context = LambdaContext("request-1", time.time() + 60)
    return invoke.handler(event, cast(Any, context))


def test_cloudwatch_keeps_the_body(aws: Aws) -> None:
    client = aws.client("cloudwatch")
    client.put_dashboard(DashboardName=f"{STACK}-{REGION}", DashboardBody=rendered())
    kept = client.get_dashboard(DashboardName=f"{STACK}-{REGION}")["DashboardBody"]
    assert json.loads(kept) == json.loads(rendered())


def test_it_can_be_left_out() -> None:
    resources = translated()
    assert resources["OperationsDashboard"]["Condition"] == "DashboardOn"
    assert TEMPLATE["Outputs"]["DashboardUrl"]["Condition"] == "DashboardOn"
    condition = TEMPLATE["Conditions"]["DashboardOn"]
    assert resolved(TEMPLATE, condition, {}) is True
    assert resolved(TEMPLATE, condition, {"Dashboard": "off"}) is False


def test_nothing_is_traced_with_x_ray() -> None:
    resources = translated()
    assert all("TracingConfig" not in f for f in of_type(resources, "AWS::Lambda::Function"))
    assert all("TracingEnabled" not in s for s in of_type(resources, "AWS::ApiGateway::Stage"))
