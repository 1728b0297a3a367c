"""S3, SSM and DynamoDB on a free loopback port: moto's server, reached as AWS is, over HTTP."""

import functools
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import boto3
import requests

from audio_translation.aws.clients import Clients
from local import REPOSITORY
from local.aws.template import load_template

BUCKET = "audio-translation-test"
OTHER_BUCKET = "recordings-of-a-customer"
JOB_TABLE = "jobs-test"
_EMPTY = "/tests/empty"
"""The path at which the server empties them."""
KEY_PARAMETER = "/audio-translation/openai-api-key"
KEY = "sk-test-0123456789abcdef"


@dataclass(frozen=True)
class Aws:
    """A running moto server; ``environment`` points any AWS SDK at it."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, name: Any) -> Any:
        return _client(self.endpoint, name)

    @property
    def clients(self) -> Clients:
        """The clients that the service's own adapters take."""
        return ClientsAt(self.endpoint)

    def reset(self) -> None:
        """Both buckets and the job table empty, the key in its parameter."""
        if requests.post(f"{self.endpoint}{_EMPTY}", timeout=30).status_code != 200:
            for bucket in (BUCKET, OTHER_BUCKET):
                self.client("s3").create_bucket(Bucket=bucket)
            self._create_job_table()
        self.put_key(KEY)

    def put_key(self, value: str) -> None:
        self.client("ssm").put_parameter(
            Name=KEY_PARAMETER, Value=value, Type="SecureString", Overwrite=True
        )

    def new_record_key(self) -> str:
        """The id of a new key that signs records, as the template describes it."""
        described = load_template()["Resources"]["RecordKey"]["Properties"]
        names = {name: described[name] for name in ("KeySpec", "KeyUsage")}
        return str(self.client("kms").create_key(**names)["KeyMetadata"]["KeyId"])

    def _create_job_table(self) -> None:
        """As the template describes it, without what moto does not know."""
        table = load_template()["Resources"]["JobTable"]["Properties"]
        table = {k: v for k, v in table.items() if k != "TimeToLiveSpecification"}
        table["SSESpecification"] = {"Enabled": table["SSESpecification"]["SSEEnabled"]}
        self.client("dynamodb").create_table(TableName=JOB_TABLE, **table)

    def items(self) -> list[dict[str, Any]]:
        """Everything in the job table."""
        items: list[dict[str, Any]] = self.client("dynamodb").scan(TableName=JOB_TABLE)["Items"]
        return items

    def keys(self, bucket: str = BUCKET) -> list[str]:
        listing = self.client("s3").list_objects_v2(Bucket=bucket)
        return [item["Key"] for item in listing.get("Contents", [])]


class ClientsAt(Clients):
    """Clients of one endpoint for every service, ``options`` as ``boto3.client`` takes them."""

    def __init__(self, endpoint: str, **options: Any) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._options = options

    def _made(self, service: Any, **_: Any) -> Any:
        return _client(self._endpoint, service, **self._options)


@functools.cache
def _client(endpoint: str, name: Any, **options: Any) -> Any:
    """To make one takes longer than what it is made for."""
    return boto3.client(
        name,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        **options,
    )


@contextmanager
def running_aws() -> Iterator[Aws]:
    """Serve from a process of its own: all moto servers of one process share their state."""
    with serving("tests.fakes.aws.moto_server") as endpoint:
        yield Aws(endpoint)


@contextmanager
def serving(module: str) -> Iterator[str]:
    """Run a module that writes its URL and serves until its stdin ends."""
    with subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def serve() -> None:
    """Serve all that moto has until stdin ends."""
    from moto.dynamodb.responses import DynamoHandler
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication
    from moto.server import ThreadedMotoServer

    act, turn = DynamoHandler.call_action, threading.RLock()

    def call_action(self: DynamoHandler) -> Any:
        with turn:  # what a condition sees stays so until the item is written
            return act(self)

    dispatch = DomainDispatcherApplication.__call__

    def dispatched(self: DomainDispatcherApplication, environ: Any, start: Any) -> Any:
        if environ["PATH_INFO"] != _EMPTY:
            return dispatch(self, environ, start)
        start("200 OK" if _emptied() else "404 Not Found", [("Content-Length", "0")])
        return [b""]

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with (
        patch.object(DynamoHandler, "call_action", call_action),
        patch.object(DomainDispatcherApplication, "__call__", dispatched),
    ):
        server.start()
        sys.stdout.write("http://{}:{}\n".format(*server.get_host_and_port()))
        sys.stdout.flush()
        sys.stdin.read()
        server.stop()


def _emptied() -> bool:
    """Empty buckets and table inside moto, drop other tables; return whether they are there.

    Through AWS's API it takes a request for each object, before each of some 750 tests.
    """
    from moto.core import DEFAULT_ACCOUNT_ID  # type: ignore[attr-defined]
    from moto.dynamodb.models import dynamodb_backends
    from moto.s3.models import s3_backends

    buckets = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables
    if not buckets.keys() >= {BUCKET, OTHER_BUCKET} or JOB_TABLE not in tables:
        return False
    for name in (BUCKET, OTHER_BUCKET):
        buckets[name].keys.clear()
    for name in tables.keys() - {JOB_TABLE}:
        del tables[name]
    tables[JOB_TABLE].items.clear()
    return True


if __name__ == "__main__":
    serve()
