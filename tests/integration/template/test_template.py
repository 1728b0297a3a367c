"""template.yaml keeps its promises: to the code, to callers, to the operator and to strangers."""

import functools
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from audio_translation.audio.decoding import MOST_MEMORY
from audio_translation.aws.bucket_keys import job_folder, source_key
from audio_translation.aws.eventbridge import SOURCE
from audio_translation.errors import ServiceError
from audio_translation.handlers.http import app
from audio_translation.jobs.job_table import OWNER_INDEX
from audio_translation.settings import Settings
from local import REPOSITORY
from local.aws.template import environment, load_template

TEMPLATE = load_template()
JOBS = job_folder("").replace("//", "/")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
FUNCTIONS = {n: r for n, r in RESOURCES.items() if r["Type"] == "AWS::Serverless::Function"}
GLOBALS: dict[str, Any] = TEMPLATE["Globals"]["Function"]
GATEWAY_RESPONSES: dict[str, Any] = RESOURCES["Api"]["Properties"]["GatewayResponses"]
MADE = {"AudioBucket": "b", "JobTable": "t", "JobFunction.Alias": "j"}
"""What references to resources stand for."""
KEYLESS = {"/health", "/docs", "/openapi.json"}

every_function = pytest.mark.parametrize("function", FUNCTIONS)


OWN = {
    "HttpFunction": {"MAX_JOB_AUDIO_BYTES"},
    "JobFunction": {
        "CHUNK_TARGET_SECONDS",
        "EVENT_BUS",
        "JOB_CALL_SECONDS",
        "JOB_CONCURRENCY",
        "MAX_JOB_AUDIO_BYTES",
        "MAX_JOB_AUDIO_HOURS",
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


def test_the_routes_of_the_template_and_of_the_app_are_the_same() -> None:
    routes = [*app._static_routes, *app._dynamic_routes]
    served = {(str(route.method).upper(), route.openapi_path) for route in routes}
    assert served == {(method, path) for method, path, _ in _routes()}


def test_only_what_describes_the_service_is_open_to_callers_without_a_key() -> None:
    assert RESOURCES["Api"]["Properties"]["Auth"]["ApiKeyRequired"] is True
    assert {path for _, path, needs_key in _routes() if not needs_key} == KEYLESS
    assert {method for method, path, _ in _routes() if path in KEYLESS} == {"GET"}


@pytest.mark.parametrize("function", ["HttpFunction", "InvokeFunction"])
def test_functions_start_from_snapshots_behind_an_alias(function: str) -> None:
    properties = FUNCTIONS[function]["Properties"]
    assert GLOBALS["Runtime"] == "python3.13"
    assert GLOBALS["AutoPublishAlias"] == "live"
    assert GLOBALS["SnapStart"] == {
        "ApplyOn": {"Fn::If": ["SnapStartOn", "PublishedVersions", "None"]}
    }
    assert GLOBALS["EphemeralStorage"] == {"Size": 512}
    assert PARAMETERS["SnapStart"]["Default"] == "on"
    assert PARAMETERS["Architecture"]["Default"] == "arm64"
    assert properties["AutoPublishAliasAllProperties"] is True
    assert properties["Timeout"] == {"HttpFunction": 27, "InvokeFunction": 900}[function]


@every_function
def test_a_changed_parameter_of_a_function_publishes_a_new_version(function: str) -> None:
    """SAM leaves the alias on the old version unless the version's description changes."""
    properties = FUNCTIONS[function]["Properties"]
    shared = {n: v for n, v in GLOBALS.items() if n not in set(properties) - {"Environment"}}
    used = set(_references([shared, properties])) & set(PARAMETERS)
    assert used - {"StageName"} <= set(_references(RESOURCES["Settings"]["Properties"]))
    assert properties["VersionDescription"] == {"Ref": "Settings"}


def test_the_parameters_of_all_functions_are_described_and_no_others() -> None:
    used = set(_references([GLOBALS, *FUNCTIONS.values()])) & set(PARAMETERS)
    assert set(_references(RESOURCES["Settings"]["Properties"])) == used - {"StageName"}


def test_a_policys_description_makes_another_policy_and_has_room_for_long_values() -> None:
    settings = RESOURCES["Settings"]["Properties"]
    schema = json.loads(
        subprocess.run(
            [REPOSITORY / ".venv-sam" / "bin" / "python", "-c", _SCHEMA],
            capture_output=True,
            check=True,
        ).stdout
    )
    assert "/properties/Description" in schema["createOnlyProperties"]
    longest = schema["properties"]["Description"]["maxLength"]
    others = {
        "AllowedBuckets": ",".join(["a-bucket-with-a-rather-long-name"] * 3),
        "TextBaseUrl": f"https://{'text' * 15}.com/v1",
        "TextApiKeyParameter": f"/audio-translation/{'key' * 15}",
        "TranscriptionBaseUrl": f"https://{'text' * 15}.com/v1",
        "TranscriptionApiKeyParameter": f"/audio-translation/{'key' * 15}",
    }
    for values in [_defaults(), *_deployed().values()]:
        text = settings["Description"]["Fn::Sub"]
        for name in _references(settings["Description"]):
            text = text.replace(f"${{{name}}}", {**values, **others}[name])
        assert len(text) <= longest - 250
    assert [each["Effect"] for each in settings["PolicyDocument"]["Statement"]] == ["Deny"]
    assert list(_references(RESOURCES)).count("Settings") == len(FUNCTIONS), "nobody has it"


_SCHEMA = """
import json
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas
print(json.dumps(schemas.get_resource_schema("us-east-1", "AWS::IAM::ManagedPolicy").schema))
"""


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
    assert properties["ReservedConcurrentExecutions"] == {
        "Fn::If": ["JobsAreCapped", {"Ref": "MaxJobsAtOnce"}, {"Ref": "AWS::NoValue"}]
    }
    assert properties["EventInvokeConfig"] == {
        "MaximumEventAgeInSeconds": 6 * 3600,
        "MaximumRetryAttempts": 0,
    }


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


def test_who_runs_jobs_may_touch_their_table_folder_secret_and_bus_only() -> None:
    statements = RESOURCES["RunJobsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    table, folder, names, secret, bus = statements
    assert table["Action"] == ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    assert table["Resource"] == {"Fn::GetAtt": ["JobTable", "Arn"]}
    assert {action.split(":")[0] for action in folder["Action"]} == {"s3"}
    assert folder["Resource"] == {"Fn::Sub": f"${{AudioBucket.Arn}}/{JOBS}*"}
    assert names["Condition"] == {"StringLike": {"s3:prefix": f"{JOBS}*"}}
    assert secret["Action"] == "ssm:GetParameter"
    assert secret["Resource"]["Fn::Join"][1][1] == {"Ref": "WebhookSecretParameter"}
    assert bus["Action"] == "events:PutEvents"
    assert bus["Resource"]["Fn::Sub"].endswith(":event-bus/${EventBusName}")
    assert bus["Condition"] == {"StringEquals": {"events:source": SOURCE}}


@every_function
def test_a_function_has_no_policies_but_these(function: str) -> None:
    policies = {
        "HttpFunction": [
            {"Ref": "TranslatePolicy"},
            {"Ref": "JobsPolicy"},
            {"Ref": "UploadLinksPolicy"},
        ],
        "AuthorizerFunction": [],
        "InvokeFunction": [{"Ref": "TranslatePolicy"}, {"Ref": "JobsPolicy"}],
        "JobFunction": [
            {"Ref": "TranslatePolicy"},
            {"Ref": "RunJobsPolicy"},
            {"Ref": "TranslateUploadsPolicy"},
        ],
        "RestartFunction": [{"Ref": "RestartPolicy"}],
        "UploadFunction": [{"Ref": "UploadPolicy"}],
    }
    assert FUNCTIONS[function]["Properties"].get("Policies", []) == policies[function]


def test_who_deals_with_jobs_may_touch_their_table_and_their_folder_only() -> None:
    statements = RESOURCES["JobsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    keep, listing, texts, names, start = statements
    assert start["Action"] == "lambda:InvokeFunction"
    assert start["Resource"] == {"Ref": "JobFunction.Alias"}
    assert {action.split(":")[0] for action in keep["Action"]} == {"dynamodb"}
    assert not any("*" in action for action in [*keep["Action"], *texts["Action"]])
    assert keep["Resource"] == {"Fn::GetAtt": ["JobTable", "Arn"]}
    (index,) = RESOURCES["JobTable"]["Properties"]["GlobalSecondaryIndexes"]
    assert listing["Action"] == "dynamodb:Query"
    assert listing["Resource"] == {"Fn::Sub": f"${{JobTable.Arn}}/index/{OWNER_INDEX}"}
    assert index["IndexName"] == OWNER_INDEX
    assert texts["Action"] == ["s3:DeleteObject", "s3:GetObject"]
    assert texts["Resource"] == {"Fn::Sub": f"${{AudioBucket.Arn}}/{JOBS}*"}
    assert names["Action"] == "s3:ListBucket"
    assert names["Condition"] == {"StringLike": {"s3:prefix": f"{JOBS}*"}}


def test_who_links_to_uploads_may_put_the_sources_of_jobs_and_nothing_else() -> None:
    (put,) = RESOURCES["UploadLinksPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert put["Action"] == "s3:PutObject"
    sources = source_key("*", "*")
    assert put["Resource"] == {"Fn::Sub": f"${{AudioBucket.Arn}}/{sources}"}
    rule = FUNCTIONS["UploadFunction"]["Properties"]["Events"]["Sources"]["Properties"]["Pattern"]
    assert rule["detail"]["object"]["key"] == [{"wildcard": sources}]


def test_a_page_in_a_browser_may_send_what_the_link_is_signed_for() -> None:
    (rule,) = RESOURCES["AudioBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    assert "PUT" in rule["AllowedMethods"]
    # Content-Length is the browser's own affair: no page may set it, so none has to ask.
    assert rule["AllowedHeaders"] == ["content-type"]


def test_the_job_table_is_on_demand_encrypted_and_forgets() -> None:
    properties = RESOURCES["JobTable"]["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


@pytest.mark.parametrize("folder", ["jobs", "jobs/audio", "uploads", "uploads/a", "translations"])
def test_kept_audio_cannot_lie_where_it_would_be_taken_for_something_else(folder: str) -> None:
    pattern = PARAMETERS["AudioFolder"]["AllowedPattern"]
    assert re.match(pattern, "jobsites/audio")
    assert not re.match(pattern, folder)


def test_who_translates_may_do_these_three_things_and_nothing_else() -> None:
    key, keep, others = RESOURCES["TranslatePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    parameter = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
    assert key["Action"] == "ssm:GetParameter"
    assert key["Resource"] == [
        {"Fn::Sub": f"{parameter}${{ApiKeyParameter}}"},
        *(
            {
                "Fn::If": [
                    f"Own{name}Key",
                    {"Fn::Sub": f"{parameter}${{{name}ApiKeyParameter}}"},
                    {"Ref": "AWS::NoValue"},
                ]
            }
            for name in ("Transcription", "Text")
        ),
    ]
    assert keep["Action"] == ["s3:GetObject", "s3:PutObject"]
    assert keep["Resource"] == {"Fn::Sub": "${AudioBucket.Arn}/${AudioFolder}/*"}
    condition, reading, nothing = others["Fn::If"]
    assert (condition, nothing) == ("OtherBucketsAllowed", {"Ref": "AWS::NoValue"})
    assert reading["Action"] == "s3:GetObject"
    assert _split_and_joined(reading["Resource"], "first,second") == [
        "arn:aws:s3:::first/*",
        "arn:aws:s3:::second/*",
    ]


def test_the_bucket_is_private_encrypted_and_empties_itself() -> None:
    bucket = RESOURCES["AudioBucket"]
    properties = bucket["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    (encryption,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    kept, jobs, unfinished = properties["LifecycleConfiguration"]["Rules"]
    assert kept["Prefix"] == {"Fn::Sub": "${AudioFolder}/"}
    assert kept["ExpirationInDays"] == {"Ref": "SourceRetentionDays"}
    assert jobs["Prefix"] == JOBS
    assert jobs["ExpirationInDays"] == {"Ref": "JobRetentionDays"}
    assert unfinished["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert {kept["Status"], jobs["Status"], unfinished["Status"]} == {"Enabled"}
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"


def test_the_bucket_refuses_connections_without_tls() -> None:
    (statement,) = RESOURCES["AudioBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [
        {"Fn::GetAtt": ["AudioBucket", "Arn"]},
        {"Fn::Sub": "${AudioBucket.Arn}/*"},
    ]


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
    used = set(_references([RESOURCES, GLOBALS, TEMPLATE["Conditions"]]))
    assert set(PARAMETERS) <= used


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("INVALID_API_KEY", 401, "invalid_api_key"),
        ("UNAUTHORIZED", 401, "invalid_api_key"),
        ("MISSING_AUTHENTICATION_TOKEN", 404, "not_found"),
        ("INVALID_SIGNATURE", 404, "not_found"),
        ("EXPIRED_TOKEN", 404, "not_found"),
        ("RESOURCE_NOT_FOUND", 404, "not_found"),
        ("REQUEST_TOO_LARGE", 413, "audio_too_large"),
        ("THROTTLED", 429, "rate_limited"),
        ("QUOTA_EXCEEDED", 429, "rate_limited"),
        ("INTEGRATION_TIMEOUT", 504, "provider_unavailable"),
        ("INTEGRATION_FAILURE", 500, "internal"),
        ("BAD_REQUEST_BODY", 400, "invalid_request"),
        ("BAD_REQUEST_PARAMETERS", 400, "invalid_request"),
        ("UNSUPPORTED_MEDIA_TYPE", 400, "invalid_request"),
        ("ACCESS_DENIED", 400, "invalid_request"),
        ("WAF_FILTERED", 400, "invalid_request"),
        ("API_CONFIGURATION_ERROR", 500, "internal"),
        ("AUTHORIZER_CONFIGURATION_ERROR", 500, "internal"),
        ("AUTHORIZER_FAILURE", 500, "internal"),
    ],
)
def test_every_error_of_api_gateway_has_the_envelope(kind: str, status: int, code: str) -> None:
    fallback = "DEFAULT_4XX" if status < 500 else "DEFAULT_5XX"
    response = GATEWAY_RESPONSES.get(kind, GATEWAY_RESPONSES[fallback])
    assert response["StatusCode"] == status
    (media_type,) = response["ResponseTemplates"]
    assert media_type == "application/json"
    error = json.loads(response["ResponseTemplates"][media_type])["error"]
    assert list(error) == ["message", "type", "param", "code"]
    assert error["code"] == code
    assert error["param"] is None
    assert error["message"]


@pytest.mark.parametrize("kind", GATEWAY_RESPONSES)
def test_an_error_of_api_gateway_is_one_that_the_code_could_answer(kind: str) -> None:
    response = GATEWAY_RESPONSES[kind]
    error = json.loads(response["ResponseTemplates"]["application/json"])["error"]
    known = {(e.status, e.code, e.type) for e in _errors(ServiceError)}
    known.add((401, "invalid_api_key", "invalid_request_error"))
    assert (response["StatusCode"], error["code"], error["type"]) in known
    headers = response["ResponseParameters"]["Headers"]
    assert headers["x-request-id"] == "context.requestId"
    assert ("Retry-After" in headers) == (response["StatusCode"] == 429)


def test_what_sam_makes_of_it_is_one_regional_stage_with_a_key_a_plan_and_a_throttle() -> None:
    resources = _translated()
    (api,) = _of_type(resources, "AWS::ApiGateway::RestApi")
    (stage,) = _of_type(resources, "AWS::ApiGateway::Stage")
    (plan,) = _of_type(resources, "AWS::ApiGateway::UsagePlan")
    assert len(_of_type(resources, "AWS::ApiGateway::ApiKey")) == 1
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["BinaryMediaTypes"] == ["multipart~1form-data", "audio~1*"]
    assert "MinimumCompressionSize" not in api
    assert plan["Quota"] == {"Limit": int(_defaults()["MonthlyQuota"]), "Period": "MONTH"}
    assert stage["MethodSettings"][0]["ThrottlingRateLimit"] == {"Ref": "ThrottleRate"}
    needs_key = {
        (method.upper(), path): "api_key" in {n for wanted in operation["security"] for n in wanted}
        for path, methods in api["Body"]["paths"].items()
        for method, operation in methods.items()
    }
    assert needs_key == {(method, path): key for method, path, key in _routes()}


def test_sam_gives_openais_routes_the_bearer_token_and_the_others_their_header() -> None:
    resources = _translated()
    (api,) = _of_type(resources, "AWS::ApiGateway::RestApi")
    assert api["ApiKeySourceType"] == "AUTHORIZER"
    authorizers = {
        (method.upper(), path): {n for wanted in operation["security"] for n in wanted}
        for path, methods in api["Body"]["paths"].items()
        for method, operation in methods.items()
    }
    for (method, path), names in authorizers.items():
        if path in KEYLESS:
            assert not names - {"NONE"}, (method, path)
        else:
            wanted = "BearerToken" if path.startswith("/v1/") else "ApiKeyHeader"
            assert names == {wanted, "api_key"}, (method, path)
    schemes = api["Body"]["components"]["securitySchemes"]
    for name, header in (("ApiKeyHeader", "x-api-key"), ("BearerToken", "Authorization")):
        authorizer = schemes[name]["x-amazon-apigateway-authorizer"]
        assert (schemes[name]["name"], authorizer["type"]) == (header, "token")
        assert authorizer["authorizerResultTtlInSeconds"] == 300
        accepted = re.compile(authorizer["identityValidationExpression"])
        key = "x" * 20 if header == "x-api-key" else f"Bearer {'x' * 20}"
        assert accepted.match(key)
        assert not any(accepted.match(bad) for bad in ("", "a b", "Bearer é", "é"))
    permissions = _of_type(resources, "AWS::Lambda::Permission")
    alias = [p for p in permissions if "/authorizers/*" in json.dumps(p["SourceArn"])]
    assert len(alias) == 2
    assert all("AuthorizerFunctionAliaslive" in str(p["FunctionName"]) for p in alias)


def test_a_role_has_no_policy_but_ours_and_those_of_what_wakes_it() -> None:
    """Logs, what durable executions are kept with, taking from a queue."""
    added = {
        "HttpFunction": {"AWSLambdaBasicExecutionRole"},
        "AuthorizerFunction": {"AWSLambdaBasicExecutionRole"},
        "InvokeFunction": {"AWSLambdaBasicExecutionRole"},
        "JobFunction": {"AWSLambdaBasicDurableExecutionRolePolicy"},
        "RestartFunction": {"AWSLambdaBasicExecutionRole", "AWSLambdaSQSQueueExecutionRole"},
        "UploadFunction": {"AWSLambdaBasicExecutionRole", "AWSLambdaSQSQueueExecutionRole"},
    }
    lost = {"JobFunction": "LostJobs", "UploadFunction": "LostUploads"}
    resources = _translated()
    for function in FUNCTIONS:
        role = resources[f"{function}Role"]["Properties"]
        policies = role["ManagedPolicyArns"]
        of_aws = [p for p in policies if isinstance(p, str) or "Ref" not in p]
        assert {str(policy).rpartition("/")[2].strip("'}") for policy in of_aws} == added[function]
        ours = [p for p in policies if p not in of_aws]
        assert ours == FUNCTIONS[function]["Properties"].get("Policies", [])
        inline = [p["PolicyDocument"]["Statement"] for p in role.get("Policies", [])]
        queues = (
            [
                {"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": queue}
                for queue in [{"Fn::GetAtt": [lost[function], "Arn"]}]
            ]
            if function in lost
            else []
        )
        assert [statement for group in inline for statement in _listed(group)] == queues


def _listed(one_or_many: Any) -> list[Any]:
    return one_or_many if isinstance(one_or_many, list) else [one_or_many]


@every_function
def test_a_changed_layer_publishes_a_new_version(function: str) -> None:
    def version(layer: str) -> str:
        (name,) = [n for n in _translated(layer) if re.match(rf"{function}Version\w{{10}}", n)]
        return name

    assert version("s3://bucket/layer-1") != version("s3://bucket/layer-2")


def test_samconfig_sets_what_the_template_has_and_holds_no_secret() -> None:
    deployed = _deployed()
    assert set(deployed) == {"default", "prod"}
    for values in deployed.values():
        assert set(values) <= set(PARAMETERS)
    text = (REPOSITORY / "samconfig.toml").read_text()
    assert not re.search(r"sk-\w|AKIA|secret_access|password", text)


def _routes() -> Iterator[tuple[str, str, bool]]:
    """Yield method, path and whether a key is needed."""
    for event in FUNCTIONS["HttpFunction"]["Properties"]["Events"].values():
        properties = event["Properties"]
        yield (
            properties["Method"],
            properties["Path"],
            properties.get("Auth", {}).get("ApiKeyRequired", True),
        )


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("Ref"), str):
            yield node["Ref"]
        if isinstance(node.get("Fn::If"), list):
            yield from _references(TEMPLATE["Conditions"][node["Fn::If"][0]])
        if isinstance(node.get("Fn::Sub"), str):
            yield from re.findall(r"\$\{(\w+)", node["Fn::Sub"])
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _references(child)


def _split_and_joined(resource: dict[str, Any], buckets: str) -> list[str]:
    """Work out `!Split [",", !Sub [text, {Buckets: !Join [between, !Split [",", buckets]]}]]`."""
    comma, substituted = resource["Fn::Split"]
    text, values = substituted["Fn::Sub"]
    between, names = values["Buckets"]["Fn::Join"]
    assert names == {"Fn::Split": [",", {"Ref": "AllowedBuckets"}]}
    joined = between.join(buckets.split(","))
    return list(text.replace("${Buckets}", joined).split(comma))


def _errors(parent: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for child in parent.__subclasses__():
        if hasattr(child, "status"):
            yield child
        yield from _errors(child)


def _defaults() -> dict[str, str]:
    return {name: str(parameter["Default"]) for name, parameter in PARAMETERS.items()}


def _deployed() -> dict[str, dict[str, str]]:
    """Return each environment's parameters: samconfig.toml's over the defaults."""
    config = tomllib.loads((REPOSITORY / "samconfig.toml").read_text())
    return {
        name: _defaults()
        | dict(
            pair.split("=", 1) for pair in section["deploy"]["parameters"]["parameter_overrides"]
        )
        for name, section in config.items()
        if isinstance(section, dict)
    }


def _of_type(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [r["Properties"] for r in resources.values() if r["Type"] == kind]


_TRANSLATE = """
import json, logging, sys
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

logging.disable()
template = yaml_parse(open("template.yaml").read())
template["Globals"]["Function"]["CodeUri"] = "s3://bucket/code"
for layer in ("DependenciesLayer", "MediaLayer"):
    template["Resources"][layer]["Properties"]["ContentUri"] = sys.argv[1]
policies = type("Policies", (), {"load": lambda self: {}})()
defaults = {name: p["Default"] for name, p in template["Parameters"].items()}
json.dump(transform(template, defaults, policies)["Resources"], sys.stdout)
"""


@functools.cache
def _translated(layer: str = "s3://bucket/layer-1") -> dict[str, Any]:
    """Return the resources that SAM's own translator makes of the template."""
    ran = subprocess.run(
        [REPOSITORY / ".venv-sam" / "bin" / "python", "-c", _TRANSLATE, layer],
        cwd=REPOSITORY,
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    resources: dict[str, Any] = json.loads(ran.stdout)
    return resources
