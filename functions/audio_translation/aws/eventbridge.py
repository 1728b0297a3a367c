"""EventBridge: what happened to a job, for whoever in the account listens."""

import json
from dataclasses import dataclass
from typing import Any

from audio_translation.aws.clients import Clients

SOURCE = "audio-translation"
"""What rules match on, with the detail type."""


class EventNotTaken(Exception):
    """EventBridge answered, and refused the event; the text is its code."""


@dataclass(frozen=True)
class EventBus:
    """Puts events on one bus."""

    clients: Clients
    bus: str

    def put(self, detail_type: str, detail: dict[str, Any]) -> None:
        """Put one event; raises EventNotTaken, and botocore's errors."""
        answer = self.clients.events.put_events(
            Entries=[
                {
                    "EventBusName": self.bus,
                    "Source": SOURCE,
                    "DetailType": detail_type,
                    "Detail": json.dumps(detail),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise EventNotTaken(answer["Entries"][0].get("ErrorCode", "unknown"))
