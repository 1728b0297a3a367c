"""What a live session keeps in the stack's bucket: an object for each of its utterances."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter

from audio_translation.aws import bucket_keys
from audio_translation.aws.bucket import Bucket
from audio_translation.errors import Internal
from audio_translation.live.utterance import Failure, Spoken, Utterance

_UTTERANCE, _FAILURE = TypeAdapter(Utterance), TypeAdapter(Failure)
_JSON = "application/json"
_TRANSFERS = 8

Kept = TypeVar("Kept", Utterance, Failure)


@dataclass(frozen=True)
class UtteranceFiles:
    """Objects under ``jobs/<id>/live/``. Every method raises RateLimited or Internal."""

    bucket: Bucket

    def find(self, session_id: str, seqs: Sequence[int]) -> dict[int, Utterance]:
        """Return those of these utterances that are translated."""

        def read(seq: int) -> bytes | None:
            return self.bucket.read(bucket_keys.utterance_key(session_id, seq))

        if len(seqs) <= 1:
            contents = [read(seq) for seq in seqs]
        else:
            with ThreadPoolExecutor(len(seqs)) as pool:
                contents = list(pool.map(read, seqs))
        return {
            seq: _UTTERANCE.validate_json(content)
            for seq, content in zip(seqs, contents, strict=True)
            if content is not None
        }

    def keep(self, session_id: str, utterance: Utterance) -> Utterance:
        """Store a translated utterance; return it, or what was stored under its number before."""
        key = bucket_keys.utterance_key(session_id, utterance.seq)
        if self.bucket.write_new(key, _UTTERANCE.dump_json(utterance), _JSON):
            return utterance
        return self.find(session_id, [utterance.seq])[utterance.seq]

    def note_failure(self, session_id: str, seq: int, *, start: int, length: int) -> None:
        """Note that an utterance could not be translated this time."""
        key = bucket_keys.failed_utterance_key(session_id, seq)
        before = self.bucket.read(key)
        tries = _FAILURE.validate_json(before).tries if before else 0
        failure = Failure(seq, start, length, tries + 1)
        self.bucket.write(key, _FAILURE.dump_json(failure), _JSON)

    def all(self, session_id: str) -> Spoken:
        """Return all of a session."""
        keys = self.bucket.keys(bucket_keys.live_folder(session_id))
        failed = [key for key in keys if key.endswith(bucket_keys.FAILED)]
        translated = [key for key in keys if not key.endswith(bucket_keys.FAILED)]
        return Spoken.of(self._read(translated, _UTTERANCE), self._read(failed, _FAILURE))

    def _read(self, keys: Sequence[str], kind: TypeAdapter[Kept]) -> list[Kept]:
        with ThreadPoolExecutor(_TRANSFERS) as pool:
            contents = list(pool.map(self.bucket.read, keys))
        if None in contents:
            raise Internal(
                "The bucket does not give a file of the session: it is gone, or may not be read."
            )
        return [kind.validate_json(content) for content in contents if content is not None]
