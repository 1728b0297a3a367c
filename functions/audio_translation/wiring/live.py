"""What live sessions are made of; imported when one is asked for."""

from audio_translation.aws.clients import Clients
from audio_translation.jobs.management import JobManagement
from audio_translation.live.live_sessions import LiveSessions
from audio_translation.live.session_table import SessionTable
from audio_translation.live.translate_utterance import TranslateUtterance
from audio_translation.live.utterance_files import UtteranceFiles
from audio_translation.settings import Settings
from audio_translation.translation.direct import DirectTranslation


def make_live_sessions(
    settings: Settings, clients: Clients, jobs: JobManagement, direct: DirectTranslation
) -> LiveSessions:
    """Make what callers do with live sessions, whose utterances go the way of direct requests."""
    return LiveSessions(
        jobs=jobs,
        table=SessionTable(clients, settings.job_table),
        files=UtteranceFiles(jobs.files.bucket),
        translate=TranslateUtterance(
            engine=direct.engine,
            pipeline=direct.pipeline,
            telemetry=direct.telemetry,
            work_folder=settings.work_folder,
            default_model=direct.default_model,
            costs=direct.costs,
        ),
    )
