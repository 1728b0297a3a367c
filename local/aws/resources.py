"""The stack's bucket, parameters and job table on one machine, and how functions find them."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.aws.lambda_invoke_api import JOB_FUNCTION
from local.aws.moto_server import session_without_account
from local.aws.template import REGION, load_template

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

BUCKET = "audio-translation-local"
JOB_TABLE = "jobs"
RECORD_KEY = "alias/audio-translation-records"
WEBHOOK_SECRET = "whsec_bG9jYWwtc2VjcmV0LW9mLXdlYmhvb2tz"

_HOST = "127.0.0.1"
_KEY_PARAMETER = "/audio-translation/openai-api-key"
_WEBHOOK_PARAMETER = "/audio-translation/webhook-secret"
_TABLE_PROPERTIES = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


def create_resources(aws_url: str, *, provider_key: str) -> None:
    """Create the bucket, both secrets, the job table and a key at moto's server ``aws_url``."""
    session = session_without_account()
    session.client("s3", endpoint_url=aws_url).create_bucket(Bucket=BUCKET)
    ssm = session.client("ssm", endpoint_url=aws_url)
    for name, value in ((_KEY_PARAMETER, provider_key), (_WEBHOOK_PARAMETER, WEBHOOK_SECRET)):
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    table = load_template()["Resources"]["JobTable"]["Properties"]
    session.client("dynamodb", endpoint_url=aws_url).create_table(
        TableName=JOB_TABLE,
        **{name: table[name] for name in _TABLE_PROPERTIES},
    )
    create_record_key(session.client("kms", endpoint_url=aws_url))


def create_record_key(kms: "KMSClient") -> None:
    """Create a key that signs records, as the template describes it, under ``RECORD_KEY``."""
    key = load_template()["Resources"]["RecordKey"]["Properties"]
    made = kms.create_key(KeySpec=key["KeySpec"], KeyUsage=key["KeyUsage"])
    kms.create_alias(AliasName=RECORD_KEY, TargetKeyId=made["KeyMetadata"]["KeyId"])


def function_environment(
    *, aws_url: str, provider_url: str, work_folder: str, environ: Mapping[str, str]
) -> dict[str, str]:
    """Return a function's environment variables: as deployed, but with endpoints on this machine.

    ``environ`` is that of the caller, of which ``NO_PROXY`` and ``ALLOWED_ORIGINS`` are kept.
    """
    given = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    no_proxy = ",".join(dict.fromkeys(filter(None, [given, _HOST, urlsplit(aws_url).hostname])))
    return {
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "POWERTOOLS_SERVICE_NAME": "audio-translation",
        "POWERTOOLS_METRICS_NAMESPACE": "AudioTranslation",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PROVIDER_BASE_URL": provider_url,
        "API_KEY_PARAMETER": _KEY_PARAMETER,
        "ALLOWED_ORIGINS": environ.get("ALLOWED_ORIGINS", ""),
        "BUCKET": BUCKET,
        "JOB_FUNCTION": JOB_FUNCTION,
        "JOB_TABLE": JOB_TABLE,
        "JOB_CONCURRENCY": "2",  # as many as Whisper does at once
        "JOB_CALL_SECONDS": "600",
        "RECORDS": "on",
        "RECORD_KEY": RECORD_KEY,
        "WEBHOOK_SECRET_PARAMETER": _WEBHOOK_PARAMETER,
        "FETCH_ALLOW_LOOPBACK": "true",
        "FETCH_TOTAL_SECONDS": "600",
        "WORK_FOLDER": work_folder,
    }
