"""What the tests of single adapters share, and the worlds around a job and around uploads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.aws.moto_server import Aws, running_aws

if TYPE_CHECKING:
    from tests.fakes.provider.speech_provider import SpeechProvider
    from tests.fakes.source import Source
    from tests.worlds.jobs import JobWorld
    from tests.worlds.uploads import UploadWorld


@pytest.fixture(scope="session")
def aws_server() -> Iterator[Aws]:
    with running_aws() as aws:
        yield aws


@pytest.fixture
def aws(aws_server: Aws) -> Aws:
    aws_server.reset()
    return aws_server


# The worlds are imported by those who ask for them: they take seconds.


@pytest.fixture(scope="session")
def listener() -> Iterator[SpeechProvider]:
    from tests.fakes.provider.hearing import Tones
    from tests.fakes.provider.speech_provider import SpeechProvider

    with SpeechProvider(Tones()) as provider:
        yield provider


@pytest.fixture
def provider(listener: SpeechProvider) -> SpeechProvider:
    """A provider that hears tones, as new."""
    listener.reset()
    return listener


@pytest.fixture(scope="session")
def source() -> Iterator[Source]:
    """A web server for recordings."""
    from tests.fakes.source import Source

    with Source() as source:
        yield source


@pytest.fixture
def jobs(aws: Aws, provider: SpeechProvider, source: Source, tmp_path: Path) -> Iterator[JobWorld]:
    """A job function in this process, and all that it talks to."""
    from tests.worlds.jobs import JobWorld

    world = JobWorld(aws, provider, source, tmp_path / "work")
    with world.settings():
        yield world


@pytest.fixture
def url(jobs: JobWorld) -> str:
    """Where the recording of a minute is."""
    from tests.integration.minute import WAV

    return jobs.source.file("/minute.wav", WAV)


@pytest.fixture
def uploads(aws_server: Aws, provider: SpeechProvider, tmp_path: Path) -> Iterator[UploadWorld]:
    """Recordings from a bucket to what is put beside them, through S3, EventBridge and SQS."""
    from tests.worlds.uploads import running_uploads

    with running_uploads(aws_server, provider, tmp_path, UploadJobsAtOnce="8") as world:
        yield world
