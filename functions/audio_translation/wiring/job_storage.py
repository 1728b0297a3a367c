"""Where jobs are kept and how they are started, the same for every function."""

from datetime import timedelta

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.clients import Clients
from audio_translation.jobs.job_starter import JobStarter
from audio_translation.jobs.job_view import JobViews
from audio_translation.jobs.management import JobManagement
from audio_translation.jobs.stack_defaults import StackDefaults
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.settings import Settings
from audio_translation.translation.fields.subtitle_rules import default_rules


def job_management(settings: Settings, clients: Clients) -> JobManagement:
    """Make what callers do with jobs."""
    files = JobFiles(Bucket(clients, settings.bucket))
    return JobManagement(
        table=JobTable(clients, table=settings.job_table),
        files=files,
        starter=JobStarter(clients, function=settings.job_function),
        views=JobViews(files, settings.price_per_minute_usd),
        retention=timedelta(days=settings.job_retention_days),
        max_audio_bytes=settings.max_job_audio_bytes,
        defaults=StackDefaults(settings.records, default_rules(settings.subtitles)),
    )
