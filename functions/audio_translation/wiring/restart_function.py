"""What RestartFunction is made of, once per sandbox."""

import functools
import os

from audio_translation.aws.clients import Clients
from audio_translation.aws.telemetry import Telemetry
from audio_translation.jobs.job_starter import JobStarter
from audio_translation.settings import Settings


@functools.cache
def restart_function() -> "RestartFunction":
    """Return the sandbox's one set, made at its first event."""
    return RestartFunction(Settings.from_environment(os.environ))


class RestartFunction:
    """What starts jobs again, and telemetry."""

    def __init__(self, settings: Settings) -> None:
        self.telemetry = Telemetry()
        clients = Clients()
        clients.make("functions")
        self.starter = JobStarter(clients, function=settings.job_function)
