"""Where a page of jobs ended, as callers carry it to the next one."""

import base64
import binascii
import hashlib
import json
from typing import Any

from audio_translation.errors import InvalidRequest

_CHECKSUM_BYTES = 9
_LONGEST_KEY = 128


def cursor(owner: str, created: str, job_id: str) -> str:
    """Where a page ended, for strangers' eyes.

    The checksum finds what was changed or belongs to another owner. It keeps no secret: whoever
    works one out gets another page of their own jobs.
    """
    place = json.dumps([created, job_id]).encode()
    return base64.urlsafe_b64encode(_checksum(owner, place) + place).decode()


def start(owner: str, cursor: str) -> dict[str, Any]:
    """The key after which the next page begins; raises InvalidRequest."""
    try:
        content = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
        checksum, place = content[:_CHECKSUM_BYTES], content[_CHECKSUM_BYTES:]
        if checksum != _checksum(owner, place):
            raise ValueError
        created, job_id = json.loads(place)
        if not (_is_key(created) and _is_key(job_id)):
            raise ValueError
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise InvalidRequest(
            "cursor is not one that this API gave. Take it from the page before, as it is.",
            param="cursor",
        ) from None
    return {"owner": {"S": owner}, "created": {"S": created}, "id": {"S": job_id}}


def _is_key(value: object) -> bool:
    """Return whether the table can have such a key; it refuses others with an error of its own."""
    return isinstance(value, str) and value.isascii() and 0 < len(value) <= _LONGEST_KEY


def _checksum(owner: str, place: bytes) -> bytes:
    return hashlib.sha256(owner.encode() + b"\0" + place).digest()[:_CHECKSUM_BYTES]
