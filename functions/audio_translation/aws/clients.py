"""The clients of AWS, each made when it is first asked for, all in one session."""

import copy
import functools
import threading
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient

Name = Literal["ssm", "s3", "dynamodb", "functions", "events", "kms"]
"""The clients."""


_ANSWER_SECONDS = 5
"""For all but S3: they answer in a few hundredths of a second, or not at all."""


class Clients:
    """May be asked for clients from several threads. botocore is imported for the first one."""

    def __init__(
        self,
        session: "Session | None" = None,
        *,
        read_seconds: float = 5,
        attempts: int = 3,
        connections: int = 10,
    ) -> None:
        """Take a session, or make one from the environment.

        ``read_seconds`` is how long S3 may not send anything, ``attempts`` how often AWS is asked,
        and ``connections`` how many to one service are kept. The defaults are for callers who wait.
        """
        self._session = session
        self._read_seconds = read_seconds
        self._attempts = attempts
        self._connections = connections
        self._lock = threading.Lock()  # making clients is not thread-safe, using them is

    def impatient(self, *, read_seconds: float, attempts: int) -> "Clients":
        """Return clients of the same session with other limits."""
        others = copy.copy(self)
        for made in get_args(Name):
            others.__dict__.pop(made, None)
        others._read_seconds, others._attempts = read_seconds, attempts
        return others

    @functools.cached_property
    def ssm(self) -> "SSMClient":
        return cast("SSMClient", self._made("ssm"))

    @functools.cached_property
    def s3(self) -> "S3Client":
        # For links to objects: version 4, or they would work in the oldest regions only; virtual,
        # or their host would have no region and S3 would redirect from it while a bucket is new.
        return cast(
            "S3Client",
            self._made("s3", signature_version="s3v4", s3={"addressing_style": "virtual"}),
        )

    @functools.cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return cast("DynamoDBClient", self._made("dynamodb"))

    @functools.cached_property
    def functions(self) -> "LambdaClient":
        return cast("LambdaClient", self._made("lambda"))

    @functools.cached_property
    def events(self) -> "EventBridgeClient":
        return cast("EventBridgeClient", self._made("events"))

    @functools.cached_property
    def kms(self) -> "KMSClient":
        return cast("KMSClient", self._made("kms"))

    def credentials_last(self, at_most: int) -> int:
        """Return for how many seconds, up to ``at_most``, what is signed now is good.

        A presigned URL ends with the credentials that signed it. Where these are renewed, botocore
        knows when they end; it says only whether that is in less than so many seconds. Of
        those that Lambda puts into the environment (without SnapStart) nobody tells the end.
        """
        credentials = self._known_session().get_credentials()
        if credentials is None:
            return at_most
        credentials.get_frozen_credentials()  # renews them if need be
        ends_within = getattr(credentials, "refresh_needed", None)
        if ends_within is None:
            return at_most
        return bisect_left(range(1, at_most + 1), True, key=ends_within)  # noqa: FBT003

    def make(self, *names: Name) -> None:
        """Make these clients now, not when they are first needed."""
        for name in names:
            getattr(self, name)

    def _made(self, service: Any, **options: Any) -> Any:
        # 100 ms, which the download of the audio hides. boto3 would be 80 more, for transfers of
        # files in parts, which nobody here needs; its clients are botocore's.
        from botocore.config import Config  # noqa: PLC0415

        longest = self._read_seconds if service == "s3" else _ANSWER_SECONDS
        config = Config(
            connect_timeout=2,
            read_timeout=min(self._read_seconds, longest),
            max_pool_connections=self._connections,
            retries={"mode": "standard", "total_max_attempts": self._attempts},
            **options,
        )
        session = self._known_session()
        with self._lock:
            client = session.create_client(service, config=config)
        client.meta.events.register("before-parse", _refuse_cut)
        return client

    def _known_session(self) -> "Session":
        import botocore.session  # noqa: PLC0415

        with self._lock:
            self._session = self._session or botocore.session.Session()
            return self._session


def _refuse_cut(operation_model: Any, response_dict: Any, **_: object) -> None:
    """Raise IncompleteReadError for an answer that breaks off.

    botocore checks that of streams alone; anything else it takes for an answer without fields. An
    item of a table, or a secret, would be missing.
    """
    from botocore.exceptions import IncompleteReadError  # noqa: PLC0415

    body, length = response_dict["body"], response_dict["headers"].get("Content-Length")
    if operation_model.http["method"] == "HEAD" or not isinstance(body, bytes) or not length:
        return
    if len(body) < int(length):
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(length))
