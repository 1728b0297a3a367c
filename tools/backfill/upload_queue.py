"""Sends recordings to the queue of uploads, as if they had just been uploaded."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from tools.backfill import Failed

SOURCE = "audio-translation.backfill"

_BATCH = 10  # messages that SQS takes at once, at most
_SENDERS = 8
_TRIES = 8
_LONGEST_PAUSE = 10.0  # seconds


def upload_event(bucket: str, *, key: str, size: int, etag: str, again: str | None = None) -> str:
    """Return the event that EventBridge sends for an upload, as JSON.

    ``again`` is a time: it makes a new job of a recording whose job has failed.
    """
    detail: dict[str, Any] = {
        "bucket": {"name": bucket},
        "object": {"key": key, "size": size, "etag": etag},
    }
    if again:
        detail["again"] = again
    # ASCII, because SQS refuses some characters that a key may hold.
    return json.dumps({"source": SOURCE, "detail-type": "Object Created", "detail": detail})


class UploadQueue:
    """The SQS queue of uploads. Needs ``sqs:SendMessage``; raises Failed, or botocore's errors."""

    def __init__(self, client: Any, url: str, *, longest_pause: float = _LONGEST_PAUSE) -> None:
        """``longest_pause`` in seconds, before a batch is tried again."""
        self._client = client
        self._url = url
        self._longest_pause = longest_pause
        self._senders = ThreadPoolExecutor(_SENDERS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._senders.shutdown(cancel_futures=True)

    def send(self, messages: Sequence[str]) -> Iterator[int]:
        """Send all; yield how many, batch by batch. All are sent when the iterator has ended."""
        batches = [messages[at : at + _BATCH] for at in range(0, len(messages), _BATCH)]
        yield from self._senders.map(self._send_batch, batches)

    def _send_batch(self, messages: Sequence[str]) -> int:
        """Send a batch. SQS may take a part of it; the rest is sent again."""
        left = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(messages)]
        failed: list[dict[str, Any]] = []
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(random.uniform(0, min(self._longest_pause, 0.2 * 2**attempt)))
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=left)
            failed = answer.get("Failed", [])
            if not failed:
                return len(messages)
            ids = {each["Id"] for each in failed}
            left = [entry for entry in left if entry["Id"] in ids]
        why = f"{failed[0].get('Code')}: {failed[0].get('Message', 'no reason given')}"
        raise Failed(f"The queue did not take {len(left)} messages in {_TRIES} tries ({why}).")
