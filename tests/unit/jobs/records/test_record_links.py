"""Links to a record, and to the one before it after a correction."""

from datetime import UTC, datetime, timedelta
from typing import cast

from audio_translation.aws.bucket import Link
from audio_translation.jobs.records.record_links import record_links
from audio_translation.jobs.storage.job_files import JobFiles
from tests.unit.jobs.made_jobs import made

NOW = datetime.now(UTC)


class Files:
    """Gives links that end one after the other, the last one first."""

    def record_links(self, job_id: str, revision: int, *, seconds: int) -> list[Link]:
        names = ["record", "sig", "html", *(["before", "before-sig"] if revision else [])]
        return [
            Link(f"{job_id}/{name}", NOW + timedelta(seconds=seconds - number))
            for number, name in enumerate(names)
        ]


FILES = cast(JobFiles, Files())


def test_a_job_without_a_record_has_none() -> None:
    assert record_links(FILES, made("j"), seconds=60) is None


def test_a_record_has_its_signature_and_its_transcript() -> None:
    links = record_links(FILES, made("j", revision=0), seconds=60)
    assert links is not None
    assert (links.url, links.signatureUrl, links.transcriptUrl) == ("j/record", "j/sig", "j/html")
    assert links.expires == NOW + timedelta(seconds=58)
    assert (links.revision, links.previous) == (0, None)


def test_after_a_correction_the_record_before_is_there_too() -> None:
    links = record_links(FILES, made("j", revision=3), seconds=60)
    assert links is not None
    assert links.previous is not None
    assert (links.previous.url, links.previous.signatureUrl) == ("j/before", "j/before-sig")
    assert links.revision == 3
