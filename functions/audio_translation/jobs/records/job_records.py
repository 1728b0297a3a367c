"""Writes records of jobs: the record, its signature, and the transcript that belongs to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audio_translation.audio import arriving_file
from audio_translation.audio.audio_file import Audio
from audio_translation.aws.bucket_keys import (
    RECORD,
    SIGNATURE,
    TRANSCRIPT,
    heard_key,
    job_folder,
    record_key,
)
from audio_translation.aws.record_key import RecordKey
from audio_translation.deadline import Deadline
from audio_translation.errors import Internal
from audio_translation.formats.documents.html import html
from audio_translation.formats.render import Rendered
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job import Job
from audio_translation.jobs.job_view import file_name_of
from audio_translation.jobs.records.record import HeardFile, Previous, digest, record
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.transcript import Translation

_JSON, _BYTES = "application/json", "application/octet-stream"
Files = dict[str, tuple[bytes, str]]
"""Content and type by name."""


@dataclass(frozen=True)
class JobRecords:
    """Records that ``key`` signs. ``text_model`` translates what was transcribed.

    The methods raise RateLimited or Internal.
    """

    files: JobFiles
    key: RecordKey
    text_model: str

    def note_heard(self, job: Job, audio: Audio, deadline: Deadline) -> None:
        """Store which file a job has listened to; it is gone from the disk when the job ends."""
        arriving_file.wait_for(audio, deadline)
        name = file_name_of(job) or f"audio.{audio.type.extension}"
        heard = HeardFile.of(audio.path, name)
        self.files.bucket.write(heard_key(job.id), heard.model_dump_json().encode(), _JSON)

    def note_list(self, job: Job, name: str, content: bytes) -> None:
        """Store a list of what a job has listened to, which takes the place of a file."""
        self.files.bucket.write(job_folder(job.id) + name, content, _JSON)
        heard = HeardFile(name=name, bytes=len(content), sha256=digest(content))
        self.files.bucket.write(heard_key(job.id), heard.model_dump_json().encode(), _JSON)

    def keep(
        self,
        job: Job,
        translation: Translation,
        rendered: Rendered,
        *,
        revision: int = 0,
        corrected: Sequence[int] = (),
    ) -> None:
        """Store the transcript, the record and its signature beside the job's result.

        ``revision`` is that of the record, ``corrected`` the segments that a correction is about.
        The record before stays, under another name.
        """
        previous = self._set_aside(job.id, revision - 1, corrected) if revision else None
        transcript = self.transcript(job, translation)
        result = self.files.result_key(job).removeprefix(job_folder(job.id))
        outputs = {result: rendered.text.encode()}
        outputs |= {name: content for name, (content, _) in transcript.items()}
        for name, (content, mime) in (
            transcript | self.signed(job, translation, outputs, previous)
        ).items():
            self.files.bucket.write(job_folder(job.id) + name, content, mime)

    def revision_of(self, job: Job, translation: Translation) -> int | None:
        """Return the revision of the record beside the result; None if it is of another text."""
        said = json.loads(self._read(record_key(job.id)))
        sums = {output["sha256"] for output in said.get("outputs", [])}
        (page, _) = self.transcript(job, translation)[TRANSCRIPT]
        return int(said["revision"]) if digest(page) in sums else None

    def transcript(self, job: Job, translation: Translation) -> Files:
        """Return the transcript, which is one of the outputs."""
        page = html(translation, title=file_name_of(job) or job.id)
        return {TRANSCRIPT: (page.encode(), ResponseFormat.HTML.content_type)}

    def signed(
        self,
        job: Job,
        translation: Translation,
        outputs: Mapping[str, bytes],
        previous: Previous | None = None,
    ) -> Files:
        """Return the record of these outputs and its signature."""
        heard = self.files.bucket.read(heard_key(job.id))
        if heard is None:
            raise Internal("It is not known any more which file the job has listened to.")
        content = record(
            job,
            translation,
            HeardFile.model_validate_json(heard),
            outputs,
            text_model=self.text_model,
            key=self.key.name,
            previous=previous,
        )
        signature = self.key.sign(content)
        return {RECORD: (content, _JSON), RECORD + SIGNATURE: (signature, _BYTES)}

    def _set_aside(self, job_id: str, revision: int, corrected: Sequence[int]) -> Previous:
        """Copy the record to where it stays; return what the next one says of it.

        It is read from there if it was set aside before: a correction may be made again that
        ended half way, and then another record is in its place already.
        """
        kept, current = record_key(job_id, revision), record_key(job_id)
        content = self.files.bucket.read(kept)
        if content is None:
            content = self._read(current)
            self.files.bucket.write(kept + SIGNATURE, self._read(current + SIGNATURE), _BYTES)
            self.files.bucket.write(kept, content, _JSON)
        return Previous(revision, digest(content), corrected)

    def _read(self, key: str) -> bytes:
        content = self.files.bucket.read(key)
        if content is None:
            raise Internal("The record of this job is no longer kept.")
        return content
