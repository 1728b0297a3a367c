"""What AWS allows in the body of a dashboard, as far as ours makes use of it.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Statistic = Annotated[
    str,
    Field(pattern=r"^(SampleCount|Average|Sum|Minimum|Maximum|p(100|\d{1,2}(\.\d{1,10})?))$"),
]
Period = Annotated[int, Field(ge=60, multiple_of=60)]
"""Seconds; shorter ones are for metrics of high resolution."""
Color = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
Arn = Annotated[str, Field(pattern=r"^arn:aws:cloudwatch:[a-z0-9\-]+:\d{12}:alarm:\S+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Rendering(_Strict):
    """The object at the end of a metric, or all of an expression."""

    color: Color | None = None
    expression: str | None = None
    id: Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]{0,254}$")] | None = None
    label: str | None = None
    period: Period | None = None
    stat: Statistic | None = None
    visible: bool | None = None
    yAxis: Literal["left", "right"] | None = None  # noqa: N815  JSON's names, here and below


class Axis(_Strict):
    label: str | None = None
    min: float | None = None
    max: float | None = None
    showUnits: bool | None = None  # noqa: N815


class Axes(_Strict):
    left: Axis | None = None
    right: Axis | None = None


class MetricProperties(_Strict):
    metrics: Annotated[list[list[Any]], Field(min_length=1, max_length=500)]
    region: Region
    title: str | None = None
    view: Literal["timeSeries", "singleValue", "gauge", "bar", "pie", "table"] = "timeSeries"
    stat: Statistic = "Average"
    period: Period = 300
    stacked: bool = False
    liveData: bool = False  # noqa: N815
    setPeriodToTimeRange: bool = False  # noqa: N815
    yAxis: Axes | None = None  # noqa: N815

    def lines(self) -> list[tuple[list[str], Rendering]]:
        """Return namespace, name and dimensions of each metric, or nothing, and how it is shown."""
        found = []
        for metric in self.metrics:
            *named, last = metric if isinstance(metric[-1], dict) else [*metric, {}]
            assert all(isinstance(part, str) for part in named)
            assert len(named) % 2 == 0, "a namespace, a name, and a value for every dimension"
            found.append((named, Rendering.model_validate(last)))
        return found


class AlarmProperties(_Strict):
    alarms: Annotated[list[Arn], Field(min_length=1, max_length=100)]
    title: str | None = None
    sortBy: Literal["default", "stateUpdatedTimestamp", "timestamp"] | None = None  # noqa: N815


class _Widget(_Strict):
    x: Annotated[int, Field(ge=0, le=23)]
    y: Annotated[int, Field(ge=0)]
    width: Annotated[int, Field(ge=1, le=24)]
    height: Annotated[int, Field(ge=1, le=1000)]


class MetricWidget(_Widget):
    type: Literal["metric"]
    properties: MetricProperties


class AlarmWidget(_Widget):
    type: Literal["alarm"]
    properties: AlarmProperties


Widget = Annotated[MetricWidget | AlarmWidget, Field(discriminator="type")]


class DashboardBody(_Strict):
    start: Annotated[str, Field(pattern=r"^-P(\d+[DWM]|T\d+[HM])$")] | None = None
    end: str | None = None
    periodOverride: Literal["auto", "inherit"] = "auto"  # noqa: N815
    widgets: Annotated[list[Widget], Field(min_length=1, max_length=500)]
