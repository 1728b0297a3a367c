"""What a job keeps in the stack's bucket: its chunks, their translations, the result."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.aws import bucket_keys
from audio_translation.aws.bucket import Bucket
from audio_translation.errors import Internal, NotFound
from audio_translation.formats.render import Rendered
from audio_translation.jobs.job import Job
from audio_translation.transcript import Translation, from_json, to_json

_PLAN = TypeAdapter(list[Chunk])
_JSON = "application/json"
_TRANSFERS = 8


@dataclass(frozen=True)
class JobFiles:
    """Objects under ``jobs/<id>/``. Every method raises RateLimited or Internal."""

    bucket: Bucket

    # Before a job runs

    def source(self, job_id: str, name: str) -> "JobSourceFile":
        """Return where audio that is uploaded for a job lies; ``name`` is a safe one."""
        return JobSourceFile(self.bucket, bucket_keys.source_key(job_id, name))

    # While a job runs

    def save_plan(self, job_id: str, chunks: Sequence[Chunk]) -> None:
        """Store the list of chunks."""
        self.bucket.write(bucket_keys.plan_key(job_id), _PLAN.dump_json(list(chunks)), _JSON)

    def plan(self, job_id: str) -> list[Chunk]:
        """Return the list of chunks; raises Internal if it cannot be read."""
        return _PLAN.validate_json(self._stored(bucket_keys.plan_key(job_id)))

    def save_chunk(self, job_id: str, index: int, path: Path, mime: str) -> None:
        """Store a chunk's audio."""
        with path.open("rb") as file:
            self.bucket.write(bucket_keys.chunk_key(job_id, index), file, mime)

    def chunk(self, job_id: str, index: int, to: Path) -> None:
        """Write a chunk's audio to a file."""
        self.bucket.download(bucket_keys.chunk_key(job_id, index), to)

    def delete_chunks(self, job_id: str, count: int) -> None:
        """Remove the plan and the audio of so many chunks."""
        keys = [bucket_keys.chunk_key(job_id, index) for index in range(count)]
        with ThreadPoolExecutor(_TRANSFERS) as pool:
            list(pool.map(self.bucket.delete, [*keys, bucket_keys.plan_key(job_id)]))

    def save_part(self, job_id: str, index: int, translation: Translation) -> None:
        """Store a chunk's translation."""
        self._save(bucket_keys.part_key(job_id, index), translation)

    def has_part(self, job_id: str, index: int) -> bool:
        """Return whether a chunk's translation is stored."""
        return self.bucket.read(bucket_keys.part_key(job_id, index)) is not None

    def part(self, job_id: str, index: int) -> Translation:
        """Return a chunk's translation; raises Internal if it cannot be read."""
        return from_json(self._stored(bucket_keys.part_key(job_id, index)))

    def delete_part(self, job_id: str, index: int) -> None:
        """Remove a chunk's translation."""
        self.bucket.delete(bucket_keys.part_key(job_id, index))

    # The end

    def save_translation(self, job_id: str, translation: Translation) -> None:
        """Store the stitched translation, from which any format is rendered."""
        self._save(bucket_keys.translation_key(job_id), translation)

    def translation(self, job_id: str) -> Translation:
        """Return the stitched translation; raises NotFound if it is no longer kept."""
        stored = self.bucket.read(bucket_keys.translation_key(job_id))
        if stored is None:
            raise NotFound("The translation of this job is no longer kept.")
        return from_json(stored)

    def save_result(self, job: Job, rendered: Rendered) -> None:
        """Store the translation in the format that was asked for."""
        self.bucket.write(self._result_key(job), rendered.text.encode(), rendered.content_type)

    def result_link(self, job: Job, *, seconds: int) -> str:
        """Return a URL with which anybody can get the result."""
        return self.bucket.link(self._result_key(job), seconds=seconds)

    def delete_result(self, job: Job) -> None:
        """Remove the translation and the result."""
        self.bucket.delete(bucket_keys.translation_key(job.id))
        self.bucket.delete(self._result_key(job))

    def delete_all(self, job_id: str) -> None:
        """Remove all that the job has stored, its uploaded audio included."""
        self.bucket.delete_folder(bucket_keys.job_folder(job_id))

    def _save(self, key: str, translation: Translation) -> None:
        self.bucket.write(key, to_json(translation).encode(), _JSON)

    def _stored(self, key: str) -> bytes:
        content = self.bucket.read(key)
        if content is None:
            raise Internal(
                "The bucket does not give a file of the job: it is gone, or may not be read."
            )
        return content

    @staticmethod
    def _result_key(job: Job) -> str:
        return bucket_keys.result_key(job.id, job.request.response_format.extension)


@dataclass(frozen=True)
class JobSourceFile:
    """Audio that was uploaded for a job, or will be. Raises RateLimited or Internal."""

    bucket: Bucket
    key: str

    @property
    def url(self) -> str:
        """The file as an ``audioFileUrl``."""
        return self.bucket.url(self.key)

    def save(self, content: bytes, mime: str) -> None:
        """Store the audio."""
        self.bucket.write(self.key, content, mime)

    def upload_link(self, *, size: int, mime: str, seconds: int) -> str:
        """Return a URL with which anybody can put exactly ``size`` bytes of type ``mime``."""
        return self.bucket.upload_link(self.key, size=size, mime=mime, seconds=seconds)
