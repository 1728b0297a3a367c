"""The clients of AWS, each made when it is first asked for, all in one session."""

import functools
import threading
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient


class Clients:
    """Clients that give up while somebody still waits; may be asked for from several threads."""

    def __init__(self) -> None:
        self._session = boto3.Session()
        self._lock = threading.Lock()  # making clients is not thread-safe, using them is
        self._config = Config(
            connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
        )

    @functools.cached_property
    def ssm(self) -> "SSMClient":
        with self._lock:
            return self._session.client("ssm", config=self._config)

    @functools.cached_property
    def s3(self) -> "S3Client":
        # For links to objects: version 4, or they would work in the oldest regions only; virtual,
        # or their host would have no region and S3 would redirect from it while a bucket is new.
        config = self._config.merge(
            Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
        )
        with self._lock:
            return self._session.client("s3", config=config)

    @functools.cached_property
    def dynamodb(self) -> "DynamoDBClient":
        with self._lock:
            return self._session.client("dynamodb", config=self._config)

    @functools.cached_property
    def functions(self) -> "LambdaClient":
        with self._lock:
            return self._session.client("lambda", config=self._config)
