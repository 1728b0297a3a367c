"""A job that was recorded, its files as a reader downloads them, and the checks of a reader."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audio_translation.aws.bucket_keys import job_folder
from audio_translation.wiring.request_functions import request_functions
from tests.audio.tones import recording
from tests.fakes.aws.moto_server import BUCKET
from tests.fakes.provider.odd_answers import in_english
from tests.worlds.jobs import JobWorld, run
from tools.verify.check_record import Report, check

TWO_STEPS = {"model": "gpt-transcribe", "targetLanguage": "en"}


@dataclass(frozen=True)
class Recorded:
    """The world with a key; ``audio`` is what its jobs hear."""

    jobs: JobWorld
    audio: bytes

    def job(self, job_id: str = "job-1", **wishes: Any) -> str:
        """Run a job with a record to its end; return its id."""
        url = self.jobs.source.file(f"/{job_id}.wav", self.audio)
        run(self.jobs.job(url, job_id, record=True, **wishes))
        return job_id

    def downloaded(self, job_id: str, folder: Path) -> Path:
        """Download what the job has kept, the audio and the key; return the folder."""
        folder.mkdir()
        s3 = self.jobs.aws.client("s3")
        prefix = job_folder(job_id)
        for key in (key for key in self.jobs.stored() if key.startswith(prefix)):
            name = key.removeprefix(prefix)
            if "/" not in name:
                content = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
                (folder / name).write_bytes(content)
        (folder / f"{job_id}.wav").write_bytes(self.audio)
        (folder / "key.pem").write_text(request_functions().record_key.pem)
        return folder

    def checked(self, job_id: str, folder: Path) -> Report:
        """Download a job's files and check its record."""
        return check(self.downloaded(job_id, folder) / "record.json")


def wrong(report: Report) -> list[str]:
    """The names of what is not as it was signed."""
    return [finding.name for finding in report.findings if finding.right is False]


def recorded_world(jobs: JobWorld, stack: ExitStack, records: str = "on") -> Recorded:
    """Give the world a key, and a text model that knows what was said."""
    key = jobs.aws.new_record_key()
    jobs.provider.text_model.default = in_english
    stack.enter_context(jobs.settings(RECORDS=records, RECORD_KEY=key))
    jobs.warm_up()
    return Recorded(jobs, recording(3))
