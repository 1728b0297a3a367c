"""What was paid for is kept: the same audio again, asked for alike, is answered from it.

Whose audio it is counts: nobody gets what another one has paid for. What is kept is the whole
translation, from which any format is rendered; none that lacks something a provider failed at.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from audio_translation.audio.arriving_file import sha256_of
from audio_translation.audio.audio_file import LARGE, Audio
from audio_translation.aws.bucket import Bucket
from audio_translation.aws.bucket_keys import answer_key, beginning_key
from audio_translation.aws.error_codes import error_code
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import ServiceError
from audio_translation.transcript import Translation, from_json, to_json
from audio_translation.translation.engine import Task
from audio_translation.translation.fields.cache import NO_STORE, Cache
from audio_translation.translation.warnings import (
    NO_WORDS,
    NOT_ASKED_AGAIN,
    NOT_CHECKED,
    REPEATED,
    WITHOUT_TEXT,
)

VERSION = 1
"""Raised by whoever changes what comes out of the pipeline for the same audio and options."""

_BEGINNING = 64 * 1024
"""Bytes. Of a file that arrives more are there before anybody reads it."""
_SECONDS = 2.0
"""How long the bucket is waited for; then it goes on as if nothing was kept."""
_JSON = "application/json"
_FAILURES = (NOT_ASKED_AGAIN, NOT_CHECKED, NO_WORDS, REPEATED, WITHOUT_TEXT)
"""Of warnings: what a provider did not do, or may do better the next time."""

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Asked:
    """What is asked for, but for its audio; ``owner`` asks, and ``cache`` is the request's."""

    owner: str
    task: Task
    cache: Cache = True


@dataclass(frozen=True)
class Kept:
    """A translation that is kept, marked as such, and its key in the bucket."""

    translation: Translation
    key: str


@dataclass(frozen=True)
class KeptAnswers:
    """Finds and keeps translations; whatever fails here is logged, and fails nothing else.

    - ``bucket``: None where nothing is kept.
    - ``served_by``: the operator's choice of models and servers; with another one all is new.
    """

    bucket: Bucket | None
    served_by: str
    telemetry: Telemetry

    def find(self, audio: Audio, asked: Asked, deadline: Deadline) -> Kept | None:
        """Return what is kept for the audio, None if nothing is or it may not answer.

        Audio that still arrives is waited for only if something is kept that begins like it.
        """
        bucket = self.bucket
        if bucket is None or asked.cache is not True:
            return None
        with suppress(ServiceError, OSError):  # who reads it next fails with the same
            if audio.size >= LARGE:
                beginning = self._beginning_key(audio, asked)
                if self._in_time("read", lambda: bucket.read(beginning)) is None:
                    return None
            key = self._key(audio, asked, deadline)
            stored = self._in_time("read", lambda: _read(bucket, key))
            return Kept(replace(stored, cached=True), key) if stored else None
        return None

    def keep(
        self, audio: Audio, asked: Asked, translation: Translation, deadline: Deadline
    ) -> str | None:
        """Keep a translation in the place of what is kept; return its key, None if it is not.

        It may lie there even if the bucket has not said so in time.
        """
        bucket = self.bucket
        if bucket is None:
            return None
        with suppress(ServiceError, OSError):
            key = self._key(audio, asked, deadline.sooner(_SECONDS))
            if asked.cache == NO_STORE:
                self._in_time("delete", lambda: bucket.delete(key))
                return None
            if _lacks_something(translation):
                return None
            kept = {key: to_json(translation).encode()}
            if audio.size >= LARGE:
                kept[self._beginning_key(audio, asked)] = b""
            self._in_time("write", lambda: _write(bucket, kept))
            return key
        return None

    def _key(self, audio: Audio, asked: Asked, deadline: Deadline) -> str:
        """Return where the translation lies."""
        return answer_key(self._digest(asked, sha256_of(audio, deadline)))

    def _beginning_key(self, audio: Audio, asked: Asked) -> str:
        """Return the same for what tells large audio from nearly any other before it is there."""
        with audio.path.open("rb") as file:
            beginning = hashlib.sha256(file.read(_BEGINNING)).hexdigest()
        return beginning_key(self._digest(asked, f"{beginning} {audio.size}"))

    def _digest(self, asked: Asked, content: str) -> str:
        """Return the name of what is kept; ``content`` tells the audio."""
        about = [VERSION, self.served_by, content, asked.owner, asdict(asked.task)]
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()

    def _in_time(self, what: str, call: Callable[[], _Result]) -> _Result | None:
        """Return what ``call`` does; None, and a line in the log, if it fails or takes too long."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="kept")
        try:
            return pool.submit(call).result(timeout=_SECONDS)
        except Exception as error:  # noqa: BLE001  see the class
            self.telemetry.answers_out_of_reach(what, error_code(error.__cause__ or error))
            return None
        finally:
            pool.shutdown(wait=False)


def _lacks_something(translation: Translation) -> bool:
    """Return whether a provider failed at a part, so that it may come out better when asked anew.

    A whole that has warnings about the audio is as good as any.
    """
    failed = any(failure in warning for warning in translation.warnings for failure in _FAILURES)
    return failed or translation.untranslated_segments > 0


def _read(bucket: Bucket, key: str) -> Translation | None:
    stored = bucket.read(key)
    return None if stored is None else from_json(stored)


def _write(bucket: Bucket, kept: Mapping[str, bytes]) -> None:
    for key, content in kept.items():
        bucket.write(key, content, _JSON)
