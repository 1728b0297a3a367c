"""Functions find the bucket, both secrets and the job table by their environment variables."""

from collections.abc import Iterator

import pytest

from local.aws.moto_server import session_without_account
from local.aws.resources import WEBHOOK_SECRET, create_resources, function_environment
from tests.fakes.aws.moto_server import running_aws


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    with running_aws() as aws:
        yield aws.endpoint


def test_what_the_variables_name_is_there(aws_url: str) -> None:
    create_resources(aws_url, provider_key="the-key")
    variables = function_environment(
        aws_url=aws_url, provider_url="http://127.0.0.1:1/v1", work_folder="/w", environ={}
    )
    session = session_without_account()

    session.client("s3", endpoint_url=aws_url).head_bucket(Bucket=variables["BUCKET"])
    ssm = session.client("ssm", endpoint_url=aws_url)
    for name, value in (
        ("API_KEY_PARAMETER", "the-key"),
        ("WEBHOOK_SECRET_PARAMETER", WEBHOOK_SECRET),
    ):
        parameter = ssm.get_parameter(Name=variables[name], WithDecryption=True)["Parameter"]
        assert parameter["Value"] == value
        assert parameter["Type"] == "SecureString"
    table = session.client("dynamodb", endpoint_url=aws_url).describe_table(
        TableName=variables["JOB_TABLE"]
    )["Table"]
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["id"]
    assert table["GlobalSecondaryIndexes"]


@pytest.mark.parametrize("origins", ["", "http://localhost:3000"])
def test_pages_may_call_from_the_origins_that_the_caller_names(origins: str) -> None:
    variables = function_environment(
        aws_url="http://127.0.0.1:1",
        provider_url="http://127.0.0.1:1/v1",
        work_folder="/w",
        environ={"ALLOWED_ORIGINS": origins} if origins else {},
    )
    assert variables["ALLOWED_ORIGINS"] == origins


@pytest.mark.parametrize(
    ("environ", "no_proxy"),
    [
        ({}, "127.0.0.1"),
        ({"NO_PROXY": "internal"}, "internal,127.0.0.1"),
        ({"no_proxy": "internal", "NO_PROXY": ""}, "internal,127.0.0.1"),
    ],
)
def test_no_proxy_stands_between_the_functions_and_this_machine(
    environ: dict[str, str], no_proxy: str
) -> None:
    variables = function_environment(
        aws_url="http://127.0.0.1:1", provider_url="u", work_folder="/w", environ=environ
    )
    assert variables["NO_PROXY"] == variables["no_proxy"] == no_proxy
    assert variables["PROVIDER_BASE_URL"] == "u"
    assert variables["WORK_FOLDER"] == "/w"
