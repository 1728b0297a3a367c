"""What signs records and what corrects jobs, where there are any; imported when it is needed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from audio_translation.aws.clients import Clients
from audio_translation.errors import NotFound
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.settings import Settings

if TYPE_CHECKING:
    from audio_translation.aws.record_key import RecordKey
    from audio_translation.engines.text_translation import TextTranslation
    from audio_translation.jobs.management import JobManagement
    from audio_translation.jobs.records.corrections import Corrections
    from audio_translation.jobs.records.job_records import JobRecords


def make_record_key(settings: Settings, clients: Clients) -> "RecordKey":
    """Make the key of records; raises NotFound where there is none."""
    if not settings.record_key:
        raise NotFound("There are no records here: the stack's parameter Records is off.")
    from audio_translation.aws.record_key import RecordKey

    return RecordKey(clients, settings.record_key)


def make_records(settings: Settings, clients: Clients, files: JobFiles) -> "JobRecords | None":
    """Make what writes records; None where there are none."""
    if not settings.record_key:
        return None
    from audio_translation.jobs.records.job_records import JobRecords

    return JobRecords(files, make_record_key(settings, clients), settings.text_model)


def make_corrections(
    settings: Settings,
    clients: Clients,
    jobs: "JobManagement",
    texts: Callable[[], "TextTranslation"],
) -> "Corrections":
    """Make what corrects jobs; ``texts`` makes the text model when it is needed."""
    from audio_translation.jobs.records.corrections import Corrections
    from audio_translation.jobs.storage.correction_table import CorrectionTable

    return Corrections(
        table=CorrectionTable(clients, settings.job_table),
        files=jobs.files,
        texts=texts,
        records=make_records(settings, clients, jobs.files),
        default_model=settings.default_model,
    )
