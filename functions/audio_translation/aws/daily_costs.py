"""What the owner of an API key has paid on a day (UTC): one item of the job table for each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import mapped

_TABLE = "job table"
_KEPT = timedelta(days=2)
_MICRO = 1_000_000


@dataclass(frozen=True)
class DailyCosts:
    """Sums in dollars, under ``cost#<owner>#<day>``: no job has such an id.

    ``table`` is a table with the key ``id`` and the time to live ``expires``. Methods raise
    RateLimited or Internal.
    """

    clients: Clients
    table: str

    def paid(self, owner: str, day: date) -> float:
        """Return the sum, with a consistent read."""
        with mapped(_TABLE):
            answer = self.clients.dynamodb.get_item(
                TableName=self.table, Key=_key(owner, day), ConsistentRead=True
            )
        return int(answer.get("Item", {}).get("micro_dollars", {}).get("N", 0)) / _MICRO

    def add(self, owner: str, day: date, dollars: float) -> None:
        """Add to the sum; what several add at once is all counted."""
        expires = datetime.combine(day, time(), UTC) + _KEPT
        with mapped(_TABLE):
            self.clients.dynamodb.update_item(
                TableName=self.table,
                Key=_key(owner, day),
                UpdateExpression="ADD micro_dollars :paid SET #expires = :expires",
                ExpressionAttributeNames={"#expires": "expires"},
                ExpressionAttributeValues={
                    ":paid": {"N": str(round(dollars * _MICRO))},
                    ":expires": {"N": str(int(expires.timestamp()))},
                },
            )


def _key(owner: str, day: date) -> dict[str, Any]:
    return {"id": {"S": f"cost#{owner}#{day.isoformat()}"}}
