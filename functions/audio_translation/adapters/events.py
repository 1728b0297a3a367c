"""EventBridge: what happened to a job, for whoever in the account listens."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "audio-translation"
"""What rules match on, with the detail type."""


class EventNotTaken(Exception):
    """EventBridge answered, and refused the event; the text is its code."""


class Events:
    """Puts events on one bus."""

    def __init__(self, client: "EventBridgeClient", *, bus: str) -> None:
        self._client = client
        self._bus = bus

    def put(self, detail_type: str, detail: dict[str, Any]) -> None:
        """Put one event; raises EventNotTaken, and botocore's errors."""
        answer = self._client.put_events(
            Entries=[
                {
                    "EventBusName": self._bus,
                    "Source": SOURCE,
                    "DetailType": detail_type,
                    "Detail": json.dumps(detail),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise EventNotTaken(answer["Entries"][0].get("ErrorCode", "unknown"))
