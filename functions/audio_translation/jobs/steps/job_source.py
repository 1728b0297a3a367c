"""A job's audio: fetched once, and kept until the job ends, whatever becomes of its URL.

It is also kept for good if the caller asked for that (``saveSource``).
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from audio_translation.audio import arriving_file
from audio_translation.audio.audio_file import Audio, FetchedFile
from audio_translation.aws.bucket_keys import is_s3, job_of_source
from audio_translation.aws.save_source import SavedSources, safe_name
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.arrival import Unwanted, fetched_early
from audio_translation.download.download import Download
from audio_translation.download.from_s3 import S3Download
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    SourceNotSaved,
)
from audio_translation.jobs.job import Job
from audio_translation.jobs.storage.job_files import JobFiles


@dataclass(frozen=True)
class JobSource:
    """``uploads`` reads recordings that were put into a bucket, for their own jobs only."""

    download: Download
    uploads: S3Download
    files: JobFiles
    saved_sources: SavedSources
    telemetry: Telemetry

    def fetch(self, job: Job, folder: Path, deadline: Deadline) -> "tuple[Audio, Future[None]]":
        """Bring the audio into ``folder``; return it, and the storing of it, which goes on.

        The caller waits for the storing before the file is deleted; it raises nothing. Raises
        UrlNotAllowed, AudioNotRetrievable, AudioTooLarge, UnsupportedAudio, RateLimited or
        Internal.
        """
        path = folder / "kept"
        name = self.files.kept_audio(job.id, path)
        first = name is None
        fetched = (
            self._from_its_place(job, folder, deadline)
            if name is None
            else FetchedFile(path, path.stat().st_size, name)
        )
        audio = arriving_file.with_type(fetched, deadline)
        pool = ThreadPoolExecutor(1, thread_name_prefix="source")
        storing = pool.submit(self._store, fetched.name, audio, job, deadline, first=first)
        pool.shutdown(wait=False)
        return audio, storing

    def _from_its_place(self, job: Job, folder: Path, deadline: Deadline) -> FetchedFile:
        url = job.request.audio_file_url
        if job.upload is not None:
            return fetched_early(lambda arrival: self.uploads.fetch(url, folder, deadline, arrival))
        return self.download.fetch(url, folder, deadline, own_job=job.id)

    def _store(self, name: str, audio: Audio, job: Job, deadline: Deadline, *, first: bool) -> None:
        name = safe_name(name, audio.type.extension)
        try:
            url = job.request.audio_file_url
            if first and is_s3(url):
                if not self._stays(job):
                    self.files.keep_object(job.id, name, url)
            elif first:
                arriving_file.wait_for(audio, deadline)
                self.files.keep_audio(job.id, name, audio.path, audio.type.mime)
            if job.request.save_source:
                arriving_file.wait_for(audio, deadline)
                key = self.saved_sources.key(job.created.date(), job.id, name)
                self.saved_sources.save(audio.path, key=key, mime=audio.type.mime)
        except SourceNotSaved as error:
            self.telemetry.source_not_saved(str(error))
        except (AudioNotRetrievable, AudioTooLarge):  # the run fails with it, too
            pass
        except Unwanted:  # the run has failed already
            pass
        except Exception as error:  # noqa: BLE001  it must not take the place of the run's own error
            if not arriving_file.has_failed(audio):
                self.telemetry.crashed(error)

    def _stays(self, job: Job) -> bool:
        """Return whether the audio lies where nobody changes it while the job runs."""
        key = job.request.audio_file_url.removeprefix(self.files.bucket.url(""))
        return job_of_source(key) == job.id
