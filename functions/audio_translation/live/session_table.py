"""Live sessions in the job table: who translates which utterance, and when a session is over.

Utterances that are being translated are kept in the session's own item, so that one condition
tells whether the session takes an utterance, whose it is, and whether somebody has it already.
Whoever crashes loses an utterance when the time of that request is over.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from botocore.exceptions import ClientError

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import CONDITION_FAILED, error_code, mapped
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.storage.job_item import from_item, key_of, milliseconds_of, timestamp
from audio_translation.jobs.storage.job_table import TABLE

_GRACE = timedelta(seconds=1)
"""After a request's time, in which it may still be writing."""


class Refused(Enum):
    """Why an utterance is not taken."""

    NO_SESSION = auto()
    """There is none of this owner."""
    OVER = auto()
    OTHER_AUDIO = auto()
    """Another one with this number is being translated."""
    UNDER_WAY = auto()
    """The same one is."""


@dataclass(frozen=True)
class Claim:
    """The right to translate an utterance. ``until``: it is somebody else's afterwards."""

    session_id: str
    seq: int
    sha256: str
    until: datetime
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    @classmethod
    def of(cls, session_id: str, seq: int, sha256: str, seconds: float) -> "Claim":
        """Return one for a request that has so many seconds left."""
        until = datetime.now(UTC) + timedelta(seconds=seconds) + _GRACE
        return cls(session_id, seq, sha256, until)


@dataclass(frozen=True)
class SessionTable:
    """Changes of sessions, each under a condition. All raise RateLimited or Internal."""

    clients: Clients
    table: str

    def take(self, claim: Claim, owner: str) -> Job | Refused:
        """Take an utterance to translate it; return its session."""
        now = milliseconds_of(datetime.now(UTC))
        entry = {"token": claim.token, "sha256": claim.sha256}
        try:
            return self._changed(
                claim.session_id,
                "SET under_way.#seq = :claim",
                "#owner = :owner AND #status = :running AND live_until > :now"
                " AND (attribute_not_exists(under_way.#seq) OR under_way.#seq.#until < :now)",
                names={"#owner": "owner", "#seq": _name(claim.seq), "#until": "until"},
                values={
                    ":claim": {
                        "M": {
                            **{name: {"S": value} for name, value in entry.items()},
                            "until": {"N": str(milliseconds_of(claim.until))},
                        }
                    },
                    ":owner": {"S": owner},
                    ":now": {"N": str(now)},
                },
            )
        except _ConditionFailed as refused:
            return _why(refused.item, claim, owner, now)

    def give_back(self, claim: Claim, *, length: int = 0) -> bool:
        """Let go of an utterance; return whether its session still ran and had it.

        ``length``: milliseconds, if it is translated now.
        """
        counted = " ADD chunks_done :one, audio_done :length" if length else ""
        numbers = {":one": {"N": "1"}, ":length": {"N": str(length)}} if length else {}
        try:
            self._changed(
                claim.session_id,
                f"SET updated = :updated REMOVE under_way.#seq{counted}",
                "#status = :running AND under_way.#seq.#token = :token",
                names={"#seq": _name(claim.seq), "#token": "token"},
                values={":token": {"S": claim.token}, ":updated": _now(), **numbers},
            )
        except _ConditionFailed:
            return False
        return True

    def close(self, session_id: str) -> None:
        """Have a session take no more utterances."""
        now = datetime.now(UTC)
        try:
            self._changed(
                session_id,
                "SET live_until = :now, updated = :updated",
                "#status = :running AND live_until > :now",
                values={":now": {"N": str(milliseconds_of(now))}, ":updated": _now()},
            )
        except _ConditionFailed:
            return

    def take_end(self, session_id: str, execution: str) -> bool:
        """Have one of a session's executions end it; False if another one does, or there is none.

        The same one may ask again.
        """
        try:
            self._changed(
                session_id,
                "SET ended_by = :execution",
                "attribute_exists(live_until)"
                " AND (attribute_not_exists(ended_by) OR ended_by = :execution)",
                values={":execution": {"S": execution}},
                running=False,
            )
        except _ConditionFailed:
            return False
        return True

    def under_way(self, session_id: str) -> int:
        """Return how many utterances are being translated."""
        with mapped(TABLE):
            answer = self.clients.dynamodb.get_item(
                TableName=self.table, Key=key_of(session_id), ConsistentRead=True
            )
        now = milliseconds_of(datetime.now(UTC))
        claims = answer.get("Item", {}).get("under_way", {}).get("M", {})
        return sum(int(claim["M"]["until"]["N"]) >= now for claim in claims.values())

    def _changed(
        self,
        session_id: str,
        change: str,
        condition: str,
        *,
        names: dict[str, str] | None = None,
        values: dict[str, Any],
        running: bool = True,
    ) -> Job:
        status: Any = {":running": {"S": JobStatus.RUNNING.value}} if running else {}
        name = {"#status": "status"} if running else {}
        all_names: Any = {**name, **(names or {})}
        with mapped(TABLE):
            try:
                answer = self.clients.dynamodb.update_item(
                    TableName=self.table,
                    Key=key_of(session_id),
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeValues={**values, **status},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **({"ExpressionAttributeNames": all_names} if all_names else {}),
                )
            except ClientError as error:
                if error_code(error) != CONDITION_FAILED:
                    raise
                raise _ConditionFailed(error.response.get("Item")) from None
        return from_item(answer["Attributes"])


class _ConditionFailed(Exception):
    """``item``: the session as it is, None if there is none."""

    def __init__(self, item: Any) -> None:
        super().__init__()
        self.item: dict[str, Any] | None = item


def _why(item: dict[str, Any] | None, claim: Claim, owner: str, now: int) -> Refused:
    if item is None or "live_until" not in item or item["owner"]["S"] != owner:
        return Refused.NO_SESSION
    if from_item(item).expires <= datetime.now(UTC):
        return Refused.NO_SESSION
    if item["status"]["S"] == JobStatus.CANCELLED.value:
        return Refused.NO_SESSION
    if item["status"]["S"] != JobStatus.RUNNING.value or int(item["live_until"]["N"]) <= now:
        return Refused.OVER
    there = item["under_way"]["M"].get(_name(claim.seq), {"M": {}})["M"]
    same = there.get("sha256", {}).get("S") == claim.sha256
    return Refused.UNDER_WAY if same else Refused.OTHER_AUDIO


def _name(seq: int) -> str:
    return str(seq)


def _now() -> dict[str, str]:
    return {"S": timestamp(datetime.now(UTC))}
