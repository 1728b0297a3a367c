"""Where jobs, their audio and answers are kept and how they are started, for every function."""

import json
from datetime import timedelta

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.clients import Clients
from audio_translation.aws.save_source import SavedSources
from audio_translation.aws.telemetry import Telemetry
from audio_translation.jobs.job_starter import JobStarter
from audio_translation.jobs.job_view import JobViews
from audio_translation.jobs.management import JobManagement
from audio_translation.jobs.stack_defaults import StackDefaults
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.settings import Settings
from audio_translation.translation.fields.subtitle_rules import default_rules
from audio_translation.translation.kept.kept_answers import KeptAnswers

_SERVED_BY = {
    "provider_base_url",
    "providers_parameter",
    "replace_retired_models",
    "speaker_model",
    "text_base_url",
    "text_model",
    "transcription_base_url",
    "transcription_model",
}
"""The settings that choose who serves a request; they are the same for every function."""


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


def saved_sources(settings: Settings, clients: Clients) -> SavedSources:
    """Make what keeps audio that callers want kept."""
    return SavedSources(Bucket(clients, settings.bucket), folder=settings.audio_folder)


def kept_answers(settings: Settings, clients: Clients, telemetry: Telemetry) -> KeptAnswers:
    """Make what finds and keeps translations, or what finds and keeps none."""
    keeps = bool(settings.bucket) and settings.keep_answers == "on"
    chosen = settings.model_dump(mode="json", include=_SERVED_BY)
    return KeptAnswers(
        Bucket(clients, settings.bucket) if keeps else None,
        served_by=json.dumps(chosen, sort_keys=True),
        telemetry=telemetry,
    )
