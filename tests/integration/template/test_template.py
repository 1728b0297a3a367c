"""template.yaml keeps its promises: to the code, to callers, to the operator and to strangers."""

import re

import pytest

from audio_translation.audio.media.media_file import MOST_MEMORY
from audio_translation.settings import Settings
from local import REPOSITORY
from local.aws.template import environment
from tests.integration.template.deployed import (
    FUNCTIONS,
    GLOBALS,
    PARAMETERS,
    RESOURCES,
    TEMPLATE,
    deployed_parameters,
    every_function,
    references,
    translated,
)

MADE = {"AudioBucket": "b", "JobTable": "t", "JobFunction.Alias": "j"}
"""What references to resources stand for."""

OWN = {
    "HttpFunction": {"MAX_JOB_AUDIO_BYTES"},
    "JobFunction": {
        "EVENT_BUS",
        "JOB_CALL_SECONDS",
        "MAX_JOBS_AT_ONCE",
        "MAX_JOB_AUDIO_BYTES",
        "UPLOAD_BUCKET",
        "WEBHOOK_SECRET_PARAMETER",
    },
    "UploadFunction": {"UPLOAD_FORMATS", "UPLOAD_JOBS_AT_ONCE"},
}
"""Settings that not every function has."""


@every_function
def test_the_environment_is_exactly_the_settings(function: str) -> None:
    ours = {name.upper() for name in Settings.model_fields} - {"FETCH_ALLOW_LOOPBACK"}
    powertools = {
        "POWERTOOLS_LOG_LEVEL",
        "POWERTOOLS_METRICS_NAMESPACE",
        "POWERTOOLS_SERVICE_NAME",
    }
    ours -= set().union(*OWN.values()) - OWN.get(function, set())
    if function in {"AuthorizerFunction", "RestartFunction", "UploadFunction"}:
        ours -= {"FETCH_TOTAL_SECONDS"}
    assert set(environment(TEMPLATE, function, MADE)) == ours | powertools


@every_function
def test_the_default_parameters_make_the_default_settings(function: str) -> None:
    settings = Settings.from_environment(environment(TEMPLATE, function, MADE))
    total = {"InvokeFunction": 300, "JobFunction": 600}.get(function, 20)
    expected = {"bucket": "b", "job_table": "t", "fetch_total_seconds": total}
    if function not in {"AuthorizerFunction", "JobFunction"}:
        expected["job_function"] = "j"
    assert settings == Settings().model_copy(update=expected)


def test_loopback_is_never_allowed_in_a_deployment() -> None:
    deployed = (REPOSITORY / "template.yaml").read_text() + (
        REPOSITORY / "samconfig.toml"
    ).read_text()
    assert "loopback" not in deployed.lower()


@pytest.mark.parametrize("function", ["HttpFunction", "InvokeFunction"])
def test_functions_can_start_from_snapshots_behind_an_alias(function: str) -> None:
    properties = FUNCTIONS[function]["Properties"]
    assert GLOBALS["Runtime"] == "python3.13"
    assert GLOBALS["AutoPublishAlias"] == "live"
    assert GLOBALS["SnapStart"] == {
        "ApplyOn": {"Fn::If": ["SnapStartOn", "PublishedVersions", "None"]}
    }
    assert GLOBALS["EphemeralStorage"] == {"Size": 512}
    assert PARAMETERS["SnapStart"]["Default"] == "off"
    assert PARAMETERS["Architecture"]["Default"] == "arm64"
    assert properties["AutoPublishAliasAllProperties"] is True
    assert properties["Timeout"] == {"HttpFunction": 27, "InvokeFunction": 900}[function]


def test_the_job_function_is_durable_and_has_the_time_and_the_disk_for_long_audio() -> None:
    properties = FUNCTIONS["JobFunction"]["Properties"]
    a_day = 86_400
    assert properties["DurableConfig"]["ExecutionTimeout"] >= 2 * a_day, "a day for the callback"
    assert properties["Timeout"] == 900
    assert properties["EphemeralStorage"] == {"Size": 10_240}
    assert properties["SnapStart"] == {"ApplyOn": "None"}
    assert properties["VersionDeletionPolicy"] == "Retain", "executions go on with their version"
    assert properties["AutoPublishAliasAllProperties"] is True


@pytest.mark.parametrize("name", ["HttpFunction", "InvokeFunction", "JobFunction"])
def test_what_translates_can_decode_sound_and_has_the_memory_for_it(name: str) -> None:
    properties = FUNCTIONS[name]["Properties"]
    assert properties["Layers"] == [{"Ref": "MediaLayer"}]
    resident = 250_000_000
    assert properties["MemorySize"] * 1024 * 1024 > resident + MOST_MEMORY


def test_the_provider_is_asked_by_no_more_than_so_many_jobs_at_once() -> None:
    properties = FUNCTIONS["JobFunction"]["Properties"]
    assert properties["Environment"]["Variables"]["MAX_JOBS_AT_ONCE"] == {"Ref": "MaxJobsAtOnce"}
    assert properties["EventInvokeConfig"] == {
        "MaximumEventAgeInSeconds": 6 * 3600,
        "MaximumRetryAttempts": 0,
    }


def test_nothing_is_reserved_so_that_accounts_with_ten_executions_can_deploy() -> None:
    """Lambda refuses a reservation that leaves an account fewer than its minimum, 10 to 100."""
    for resource in translated().values():
        assert "ReservedConcurrentExecutions" not in resource["Properties"]
        assert "ProvisionedConcurrencyConfig" not in resource["Properties"]


def test_a_lost_job_is_started_again_and_rings_like_a_failed_and_a_throttled_one() -> None:
    queue = {"Type": "SQS", "TargetArn": {"Fn::GetAtt": ["LostJobs", "Arn"]}}
    assert FUNCTIONS["JobFunction"]["Properties"]["DeadLetterQueue"] == queue
    properties, lost = FUNCTIONS["RestartFunction"]["Properties"], RESOURCES["LostJobs"]
    (woken,) = properties["Events"].values()
    assert woken["Properties"]["Queue"] == queue["TargetArn"]
    assert woken["Properties"]["BatchSize"] == 1
    assert lost["Properties"]["VisibilityTimeout"] >= 6 * properties["Timeout"]
    assert lost["Properties"]["SqsManagedSseEnabled"] is True
    metrics = RESOURCES["JobsAlarm"]["Properties"]["Metrics"][1:]
    heard = {metric["MetricStat"]["Metric"]["MetricName"] for metric in metrics}
    assert heard == {"FailedJobs", "NumberOfMessagesSent", "Throttles"}


@every_function
def test_logs_are_kept_as_long_as_the_operator_says(function: str) -> None:
    group = FUNCTIONS[function]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
    assert RESOURCES[group]["Type"] == "AWS::Logs::LogGroup"
    assert RESOURCES[group]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_every_parameter_is_described_grouped_and_used() -> None:
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(PARAMETERS)
    assert all(len(parameter["Description"]) > 20 for parameter in PARAMETERS.values())
    used = set(references([RESOURCES, GLOBALS, TEMPLATE["Conditions"]]))
    assert set(PARAMETERS) <= used


@every_function
def test_a_changed_layer_publishes_a_new_version(function: str) -> None:
    def version(layer: str) -> str:
        (name,) = [n for n in translated(layer) if re.match(rf"{function}Version\w{{10}}", n)]
        return name

    assert version("s3://bucket/layer-1") != version("s3://bucket/layer-2")


def test_samconfig_sets_what_the_template_has_and_holds_no_secret() -> None:
    deployed = deployed_parameters()
    assert set(deployed) == {"default", "prod"}
    for values in deployed.values():
        assert set(values) <= set(PARAMETERS)
    text = (REPOSITORY / "samconfig.toml").read_text()
    assert not re.search(r"sk-\w|AKIA|secret_access|password", text)
