"""A bucket of any number of recordings and a queue, over HTTP; keys are made up as they are listed.

Every tenth recording has a translation. It knows ListObjectsV2 and SendMessageBatch, nothing else.
Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html and
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

import itertools
import json
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, overload
from urllib.parse import parse_qs, quote, urlsplit

from tests.fakes.http_server import LoopbackServer, Request

BUCKET = "large"
PREFIX = "calls/"

_DENIED_XML = b"<Error><Code>AccessDenied</Code><Message>Not for you.</Message></Error>"
_DENIED_JSON = b'{"__type": "com.amazonaws.sqs#AccessDeniedException", "message": "Not for you."}'


class _Keys(Sequence[str]):
    """The bucket's keys in order: recordings, then translations."""

    def __init__(self, recordings: int) -> None:
        self._recordings = recordings

    def __len__(self) -> int:
        return self._recordings + (self._recordings + 9) // 10

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[n] for n in range(*index.indices(len(self)))]
        if index < self._recordings:
            return f"{PREFIX}{index:08}.mp3"
        return f"translations/{PREFIX}{(index - self._recordings) * 10:08}.mp3.json"


class LargeBucket(LoopbackServer):
    """``sent[n]`` counts how often recording ``n`` was taken by the queue, up to 255.

    The queue refuses every ``refuse_every``th message of all (0: none). ``denied`` is an operation
    that the caller may not do, as is DescribeStacks.
    """

    def __init__(
        self,
        recordings: int,
        *,
        refuse_every: int = 0,
        denied: str = "",
    ) -> None:
        super().__init__()
        self.recordings = recordings
        self.sent = bytearray(recordings)
        self.refused = 0
        self._keys = _Keys(recordings)
        self._holds_at = recordings
        self._goes_on = threading.Event()
        self._refuse_every = refuse_every
        self._denied = denied
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def queue_url(self) -> str:
        return f"{self.url}/queue"

    @contextmanager
    def holding(self, number: int) -> Iterator[None]:
        """Inside, who sends to the queue waits once ``number`` messages are in it, until the end.

        Raises TimeoutError if there are not so many within a minute.
        """
        self._goes_on.clear()
        self._holds_at = number
        try:
            ends = time.monotonic() + 60
            while sum(self.sent) < number:
                if time.monotonic() > ends:
                    raise TimeoutError(f"{sum(self.sent)} of {number} messages")
                time.sleep(0.005)
            yield
        finally:
            self._holds_at = self.recordings
            self._goes_on.set()

    def untranslated(self) -> list[int]:
        return [n for n in range(self.recordings) if n % 10]

    def handle(self, request: Request) -> None:
        if request.command == "GET":
            self._answer_s3(request)
        else:
            self._answer_sqs(request)

    def _listing(self, query: dict[str, list[str]]) -> bytes:
        prefix = query["prefix"][0] if "prefix" in query else ""
        after = query.get("start-after", [""])[0]
        limit = int(query["max-keys"][0])
        begin = max(bisect_left(self._keys, prefix), bisect_right(self._keys, after))
        page = self._keys[begin : begin + limit + 1]
        page = [key for key in page if key.startswith(prefix)]
        contents = "".join(
            f"<Contents><Key>{quote(key)}</Key><Size>480000</Size><ETag>&quot;e{n}&quot;</ETag>"
            "<LastModified>2026-11-22T00:00:00.000Z</LastModified>"
            "<StorageClass>STANDARD</StorageClass></Contents>"
            for n, key in enumerate(page[:limit])
        )
        more = str(len(page) > limit).lower()
        return (
            '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>'
            f"<IsTruncated>{more}</IsTruncated><EncodingType>url</EncodingType>{contents}"
            "</ListBucketResult>"
        ).encode()

    def _taken(self, batch: dict[str, Any]) -> bytes:
        if sum(self.sent) >= self._holds_at:
            self._goes_on.wait(30)
        answer: dict[str, list[dict[str, Any]]] = {"Successful": [], "Failed": []}
        with self._lock:
            for entry in batch["Entries"]:
                if self._refuse_every and not next(self._numbers) % self._refuse_every:
                    self.refused += 1
                    failed = {"Code": "InternalError", "SenderFault": False, "Message": "Later."}
                    answer["Failed"].append({"Id": entry["Id"], **failed})
                    continue
                key = json.loads(entry["MessageBody"])["detail"]["object"]["key"]
                number = int(key.removeprefix(PREFIX).partition(".")[0])
                self.sent[number] = min(255, self.sent[number] + 1)
                answer["Successful"].append({"Id": entry["Id"], "MessageId": str(number)})
        return json.dumps(answer).encode()

    def _answer_s3(self, request: Request) -> None:
        url = urlsplit(request.path)
        assert url.path == f"/{BUCKET}"
        if self._denied == "ListObjectsV2":
            _send(request, _DENIED_XML, "application/xml", 403)
        else:
            _send(request, self._listing(parse_qs(url.query)), "application/xml")

    def _answer_sqs(self, request: Request) -> None:
        body = request.body()
        if "X-Amz-Target" not in request.headers:
            content = b"<ErrorResponse>" + _DENIED_XML + b"</ErrorResponse>"
            _send(request, content, "text/xml", 403)
        elif self._denied == "SendMessageBatch":
            _send(request, _DENIED_JSON, "application/x-amz-json-1.0", 403)
        else:
            assert request.headers["X-Amz-Target"] == "AmazonSQS.SendMessageBatch"
            _send(request, self._taken(json.loads(body)), "application/x-amz-json-1.0")


def _send(request: Request, content: bytes, kind: str, status: int = 200) -> None:
    """Send an answer with few headers: there are millions of them."""
    head = f"HTTP/1.1 {status} \r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    try:
        request.wfile.write(head.encode() + content)
    except ConnectionError:  # who asked was killed
        request.close_connection = True
