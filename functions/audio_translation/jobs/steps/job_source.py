"""A job's audio: fetched for the job, and kept if its caller asked for that (``saveSource``)."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from audio_translation.audio.audio_file import AudioType, FetchedFile
from audio_translation.audio.type_detection.file_type import sniff
from audio_translation.aws.save_source import SavedSources, safe_name
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.download import Download
from audio_translation.download.from_s3 import S3Download
from audio_translation.errors import SourceNotSaved, UnsupportedAudio
from audio_translation.jobs.job import Job


@dataclass(frozen=True)
class JobSource:
    """``uploads`` reads recordings that were put into a bucket, for their own jobs only."""

    download: Download
    uploads: S3Download
    saved_sources: SavedSources
    telemetry: Telemetry

    def fetch(self, job: Job, folder: Path, deadline: Deadline) -> FetchedFile:
        """Bring the audio into ``folder`` and keep it if that was asked for.

        Raises UrlNotAllowed, AudioNotRetrievable or AudioTooLarge.
        """
        url = job.request.audio_file_url
        if job.upload is not None:
            fetched = self.uploads.fetch(url, folder, deadline)
        else:
            fetched = self.download.fetch(url, folder, deadline, own_job=job.id)
        if job.request.save_source:
            self._keep(fetched, job)
        return fetched

    def _keep(self, fetched: FetchedFile, job: Job) -> None:
        kind = _type(fetched)
        name = safe_name(fetched.name, kind.extension)
        key = self.saved_sources.key(job.created.date(), job.id, name)
        try:
            self.saved_sources.save(fetched.path, key=key, mime=kind.mime)
        except SourceNotSaved as error:
            self.telemetry.source_not_saved(str(error))


def _type(fetched: FetchedFile) -> AudioType:
    try:
        with fetched.path.open("rb") as file:
            return sniff(file)
    except UnsupportedAudio:  # ffmpeg knows more types than we do
        suffix = PurePosixPath(fetched.name).suffix
        return AudioType(suffix[1:9] or "bin", "application/octet-stream")
