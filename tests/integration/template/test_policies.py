"""Roles, the bucket and the table: who may do what, and what is kept how long."""

import re
from typing import Any

import pytest

from audio_translation.aws.bucket_keys import (
    ANSWERS,
    kept_folder,
    live_folder,
    note_key,
    parts_folder,
    source_key,
)
from audio_translation.aws.eventbridge import SOURCE
from audio_translation.jobs.storage.job_table import OWNER_INDEX
from local.aws.iam_policies import allows, statements_of
from local.aws.template import references
from tests.integration.template.deployed import (
    FUNCTIONS,
    JOBS,
    PARAMETERS,
    RESOURCES,
    TEMPLATE,
    every_function,
    translated,
)


def test_who_runs_jobs_may_touch_their_table_folder_secret_and_bus_only() -> None:
    statements = RESOURCES["RunJobsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    table, folder, names, secret, bus, sign = statements
    assert table["Action"] == [f"dynamodb:{verb}Item" for verb in ("Get", "Put", "Update")]
    assert table["Resource"] == {"Fn::GetAtt": ["JobTable", "Arn"]}
    assert {action.split(":")[0] for action in folder["Action"]} == {"s3"}
    assert folder["Resource"] == {"Fn::Sub": f"${{AudioBucket.Arn}}/{JOBS}*"}
    assert names["Condition"] == {"StringLike": {"s3:prefix": f"{JOBS}*"}}
    assert secret["Action"] == "ssm:GetParameter"
    assert secret["Resource"]["Fn::Join"][1][1] == {"Ref": "WebhookSecretParameter"}
    assert bus["Action"] == "events:PutEvents"
    assert bus["Resource"]["Fn::Sub"].endswith(":event-bus/${EventBusName}")
    assert bus["Condition"] == {"StringEquals": {"events:source": SOURCE}}
    assert sign["Fn::If"] == [
        "RecordsOn",
        {
            "Sid": "SignRecords",
            "Effect": "Allow",
            "Action": "kms:Sign",
            "Resource": {"Fn::GetAtt": ["RecordKey", "Arn"]},
        },
        {"Ref": "AWS::NoValue"},
    ]


@every_function
def test_a_function_has_no_policies_but_these(function: str) -> None:
    policies = {
        "HttpFunction": [
            {"Ref": "TranslatePolicy"},
            {"Ref": "JobsPolicy"},
            {"Ref": "HandOverPolicy"},
            {"Ref": "CorrectPolicy"},
        ],
        "AuthorizerFunction": [],
        "InvokeFunction": [
            {"Ref": "TranslatePolicy"},
            {"Ref": "JobsPolicy"},
            {"Ref": "HandOverPolicy"},
        ],
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


def test_who_hands_over_to_jobs_may_put_their_audio_and_texts_and_nothing_else() -> None:
    (put,) = RESOURCES["HandOverPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert put["Action"] == "s3:PutObject"
    sources = source_key("*", "*")
    folders = (kept_folder, parts_folder, live_folder)
    audio, parts, live = (f"{folder('*')}*" for folder in folders)
    keys = (sources, audio, parts, note_key("*", "*").removesuffix(".json"), live)
    assert put["Resource"] == [{"Fn::Sub": f"${{AudioBucket.Arn}}/{key}"} for key in keys]
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


@pytest.mark.parametrize(
    "folder", ["answers", "jobs", "jobs/audio", "uploads", "uploads/a", "translations"]
)
def test_kept_audio_cannot_lie_where_it_would_be_taken_for_something_else(folder: str) -> None:
    pattern = PARAMETERS["AudioFolder"]["AllowedPattern"]
    assert re.match(pattern, "jobsites/audio")
    assert not re.match(pattern, folder)


def test_who_translates_may_do_these_four_things_and_nothing_else() -> None:
    policy = RESOURCES["TranslatePolicy"]["Properties"]["PolicyDocument"]
    key, keep, answers, others, _ = policy["Statement"]
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
        *(
            {
                "Fn::If": [
                    "ListsProviders",
                    {"Fn::Sub": f"{parameter}${{ProvidersParameter}}{below}"},
                    {"Ref": "AWS::NoValue"},
                ]
            }
            for below in ("", "/*")
        ),
    ]
    assert keep["Action"] == ["s3:GetObject", "s3:PutObject"]
    assert keep["Resource"] == {"Fn::Sub": "${AudioBucket.Arn}/${AudioFolder}/*"}
    assert answers["Action"] == ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    assert answers["Resource"] == {"Fn::Sub": f"${{AudioBucket.Arn}}/{ANSWERS}*"}
    condition, reading, nothing = others["Fn::If"]
    assert (condition, nothing) == ("OtherBucketsAllowed", {"Ref": "AWS::NoValue"})
    assert reading["Action"] == "s3:GetObject"
    assert _split_and_joined(reading["Resource"], "first,second") == [
        "arn:aws:s3:::first/*",
        "arn:aws:s3:::second/*",
    ]


KEYS = "arn:aws:kms:us-east-1:123456789012:key/one,arn:aws:kms:eu-west-1:210987654321:key/two"
THROUGH = "kms:ViaService"


@pytest.mark.parametrize("key", KEYS.split(","))
@pytest.mark.parametrize(
    ("function", "actions"),
    [
        ("HttpFunction", {"kms:Decrypt"}),
        ("InvokeFunction", {"kms:Decrypt"}),
        ("JobFunction", {"kms:Decrypt", "kms:GenerateDataKey"}),
        ("UploadFunction", {"kms:Decrypt", "kms:GenerateDataKey"}),
        ("RestartFunction", set()),
    ],
)
def test_audio_that_is_encrypted_with_keys_of_ones_own_is_read_through_s3_only(
    function: str, actions: set[str], key: str
) -> None:
    named = statements(function, AudioKmsKeys=KEYS, AllowedBuckets="first", UploadBucket="second")
    through_s3 = {THROUGH: f"s3.{key.split(':')[3]}.amazonaws.com"}
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:DescribeKey"):
        assert allows(named, action, key, through_s3) == (action in actions)
        assert not allows(named, action, key)
        assert not allows(named, action, key, {THROUGH: "ssm.us-east-1.amazonaws.com"})
        assert not allows(named, action, f"{key}-other", through_s3)
        assert not allows(statements(function), action, key, through_s3)


def statements(function: str, **parameters: str) -> list[Any]:
    """Return what a function's role has in a stack with these parameters."""
    known = {"AWS::URLSuffix": "amazonaws.com", "JobFunction.Alias": "live"}
    return statements_of(TEMPLATE, function, references(TEMPLATE, {}) | known | parameters)


def test_the_bucket_is_private_encrypted_and_empties_itself() -> None:
    bucket = RESOURCES["AudioBucket"]
    properties = bucket["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    (encryption,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    kept, jobs, answers, unfinished = properties["LifecycleConfiguration"]["Rules"]
    assert kept["Prefix"] == {"Fn::Sub": "${AudioFolder}/"}
    assert kept["ExpirationInDays"] == {"Ref": "SourceRetentionDays"}
    assert jobs["Prefix"] == JOBS
    assert jobs["ExpirationInDays"] == {"Ref": "JobRetentionDays"}
    assert answers["Prefix"] == ANSWERS
    assert answers["ExpirationInDays"] == {"Ref": "JobRetentionDays"}
    assert unfinished["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert {rule["Status"] for rule in (kept, jobs, answers, unfinished)} == {"Enabled"}
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate", "a failed first deployment goes"
    assert bucket["UpdateReplacePolicy"] == "Retain"


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
    resources = translated()
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


def _split_and_joined(resource: dict[str, Any], buckets: str) -> list[str]:
    """Work out `!Split [",", !Sub [text, {Buckets: !Join [between, !Split [",", buckets]]}]]`."""
    comma, substituted = resource["Fn::Split"]
    text, values = substituted["Fn::Sub"]
    between, names = values["Buckets"]["Fn::Join"]
    assert names == {"Fn::Split": [",", {"Ref": "AllowedBuckets"}]}
    joined = between.join(buckets.split(","))
    return list(text.replace("${Buckets}", joined).split(comma))
