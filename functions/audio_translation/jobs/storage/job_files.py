"""What a job keeps in the stack's bucket: its audio while it runs, translated chunks, a result."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO

from pydantic import TypeAdapter

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.aws import bucket_keys
from audio_translation.aws.bucket import Bucket, Link
from audio_translation.errors import Internal, NotFound, ServiceError
from audio_translation.formats.render import Rendered
from audio_translation.jobs.job import Job
from audio_translation.transcript import Translation, from_json, to_json
from audio_translation.translation.stitching import Part

_PART = TypeAdapter(Part)
_JSON = "application/json"
_TRANSFERS = 8
_NO_NOTES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class JobFiles:
    """Objects under ``jobs/<id>/``. Every method raises RateLimited or Internal."""

    bucket: Bucket

    # Before a job runs

    def source(self, job_id: str, name: str) -> "JobSourceFile":
        """Return where audio that is uploaded for a job lies; ``name`` is a safe one."""
        return JobSourceFile(self.bucket, bucket_keys.source_key(job_id, name))

    # While a job runs

    def keep_audio(self, job_id: str, name: str, path: Path, mime: str) -> None:
        """Store the job's audio until it ends; ``name`` is a safe one."""
        with path.open("rb") as file:
            self.bucket.write(bucket_keys.kept_folder(job_id) + name, file, mime)

    def keep_object(self, job_id: str, name: str, url: str) -> None:
        """The same for audio at an ``s3://`` URL, which is copied within S3."""
        self.bucket.copy(url, bucket_keys.kept_folder(job_id) + name)

    def kept_audio(self, job_id: str, to: Path) -> str | None:
        """Write the audio that is kept to a file and return its name; None if there is none."""
        keys = self.bucket.keys(bucket_keys.kept_folder(job_id))
        if not keys:
            return None
        self.bucket.download(keys[0], to)
        return keys[0].removeprefix(bucket_keys.kept_folder(job_id))

    def delete_kept_audio(self, job_id: str) -> None:
        """Remove the audio that was kept."""
        self.bucket.delete_folder(bucket_keys.kept_folder(job_id))

    def parts(self, job_id: str) -> "JobParts":
        """Return the translations of the job's chunks."""
        return JobParts(self.bucket, job_id)

    # The end

    def save_translation(self, job_id: str, translation: Translation) -> None:
        """Store the stitched translation, from which any format is rendered."""
        content = to_json(translation).encode()
        self.bucket.write(bucket_keys.translation_key(job_id), content, _JSON)

    def translation(self, job_id: str) -> Translation:
        """Return the stitched translation; raises NotFound if it is no longer kept."""
        stored = self.bucket.read(bucket_keys.translation_key(job_id))
        if stored is None:
            raise NotFound("The translation of this job is no longer kept.")
        return from_json(stored)

    def save_result(self, job: Job, rendered: Rendered) -> None:
        """Store the translation in the format that was asked for."""
        self.bucket.write(self.result_key(job), rendered.text.encode(), rendered.content_type)

    def result_link(self, job: Job, *, seconds: int) -> Link:
        """Return a link with which anybody can get the result."""
        return self.bucket.link(self.result_key(job), seconds=seconds)

    def record_links(self, job_id: str, revision: int, *, seconds: int) -> list[Link]:
        """Return links to the record, its signature and the transcript.

        After a correction two more: to the record before, and its signature.
        """
        record = bucket_keys.record_key(job_id)
        keys = [record, record + bucket_keys.SIGNATURE, bucket_keys.transcript_key(job_id)]
        if revision:
            before = bucket_keys.record_key(job_id, revision - 1)
            keys += [before, before + bucket_keys.SIGNATURE]
        return [self.bucket.link(key, seconds=seconds) for key in keys]

    def delete_all(self, job_id: str, *, answer: str | None = None) -> None:
        """Remove all that the job has stored, its uploaded audio included.

        ``answer`` is the key of its translation for later requests, which goes, too.
        """
        self.bucket.delete_folder(bucket_keys.job_folder(job_id))
        if answer:
            self.bucket.delete(answer)

    @staticmethod
    def result_key(job: Job) -> str:
        """Return where the result lies."""
        return bucket_keys.result_key(job.id, job.request.response_format.extension)


@dataclass
class JobParts:
    """``PartStore`` of a job: each part is an object under a key that follows from its chunk.

    What lies there when the store is first used is found, and what it has kept since then.
    """

    bucket: Bucket
    job_id: str
    kept: int = 0
    """How many parts were stored by this object."""
    _keys: set[str] | None = field(default=None, init=False)

    def find(self, chunk: Chunk) -> Part | None:
        """See ``PartStore``."""
        key = self._key(chunk)
        return self._read(key) if key in self._found() else None

    def are_none(self) -> bool:
        """Return whether nothing lay there."""
        return not self._found()

    def keep(self, part: Part) -> None:
        """See ``PartStore``; raises Internal that is ``paid``."""
        self._write(self._key(part.chunk), _PART.dump_json(part))

    def note(self, name: str) -> str | None:
        """See ``PartStore``."""
        content = self.bucket.read(bucket_keys.note_key(self.job_id, name))
        return None if content is None else content.decode()

    def keep_note(self, name: str, text: str) -> None:
        """See ``PartStore``; raises Internal that is ``paid``."""
        self._write(bucket_keys.note_key(self.job_id, name), text.encode())

    def keep_all(self, parts: Iterable[Part], notes: Mapping[str, str] = _NO_NOTES) -> None:
        """Store several parts at once, and what is noted of others."""
        with ThreadPoolExecutor(_TRANSFERS) as pool:
            list(pool.map(self.keep, parts))
            list(pool.map(self.keep_note, notes.keys(), notes.values()))

    def all(self) -> list[Part]:
        """Return all parts, those of a channel in order.

        Parts of another plan that overlap earlier ones of the same channel are left out.
        Raises Internal if one cannot be read.
        """
        keys = self.bucket.keys(bucket_keys.parts_folder(self.job_id))
        with ThreadPoolExecutor(_TRANSFERS) as pool:
            stored = list(pool.map(self._read, keys))
        parts: list[Part] = []
        ends: dict[int | None, int] = {}
        for part in stored:
            chunk = part.chunk
            if chunk.start + chunk.overlap >= ends.get(chunk.channel, 0):
                parts.append(part)
                ends[chunk.channel] = chunk.end
        return parts

    def _found(self) -> set[str]:
        if self._keys is None:
            self._keys = set(self.bucket.keys(bucket_keys.parts_folder(self.job_id)))
        return self._keys

    def _key(self, chunk: Chunk) -> str:
        return bucket_keys.part_key(self.job_id, chunk.start, chunk.end, chunk.channel)

    def _write(self, key: str, content: bytes) -> None:
        try:
            self.bucket.write(key, content, _JSON)
        except ServiceError as error:
            raise Internal(error.message, paid=True) from error
        self.kept += 1

    def _read(self, key: str) -> Part:
        content = self.bucket.read(key)
        if content is None:
            raise Internal(
                "The bucket does not give a file of the job: it is gone, or may not be read."
            )
        return _PART.validate_json(content)


@dataclass(frozen=True)
class JobSourceFile:
    """Audio that was uploaded for a job, or will be. Raises RateLimited or Internal."""

    bucket: Bucket
    key: str

    @property
    def url(self) -> str:
        """The file as an ``audioFileUrl``."""
        return self.bucket.url(self.key)

    def save(self, content: bytes | IO[bytes], mime: str) -> None:
        """Store the audio."""
        self.bucket.write(self.key, content, mime)

    def upload_link(self, *, size: int, mime: str, seconds: int) -> Link:
        """Return a link with which anybody can put exactly ``size`` bytes of type ``mime``."""
        return self.bucket.upload_link(self.key, size=size, mime=mime, seconds=seconds)
