"""Puts events about jobs on an EventBridge bus."""

import json
from dataclasses import dataclass
from typing import Any

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import mapped

BUS = "event bus"
"""What errors call it."""
SOURCE = "audio-translation"
"""The events' source, which rules match on."""


class EventNotTaken(Exception):
    """EventBridge refused the event; the text is its error code."""


@dataclass(frozen=True)
class EventBus:
    """Puts events on one bus."""

    clients: Clients
    bus: str

    def put(self, detail_type: str, detail: dict[str, Any]) -> None:
        """Put one event; raises EventNotTaken, RateLimited or Internal."""
        with mapped(BUS):
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
