"""One world for all contract tests; each test finds it as new."""

import io
import wave
from collections.abc import Iterator

import pytest

from tests.fakes.aws.lambda_invoke import Functions
from tests.fakes.aws.moto_server import running_aws
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.http_api import ApiWorld, running_api


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with (
        running_aws() as aws,
        SpeechProvider() as provider,
        Source() as source,
        Functions() as functions,
        running_api(aws, provider, source, functions, tmp_path_factory.mktemp("world")) as world,
    ):
        yield world


@pytest.fixture
def world(running: ApiWorld) -> Iterator[ApiWorld]:
    """The world as new; whatever it answers must be on the OpenAPI page."""
    running.aws.reset()
    running.provider.reset()
    running.functions.reset()
    running.log.truncate(0)
    running.log.seek(0)
    running.undescribed.clear()
    yield running
    assert running.undescribed == []


@pytest.fixture
def jobs(world: ApiWorld) -> Iterator[ApiWorld]:
    """The same, as one that makes jobs."""
    with world.with_jobs():
        yield world


@pytest.fixture(scope="session")
def wav() -> bytes:
    """Half a second of a quiet tone."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 16_000, 8_000, "NONE", ""))
        writer.writeframes(bytes(range(200)) * 80)
    return file.getvalue()


@pytest.fixture
def audio_url(world: ApiWorld, wav: bytes) -> str:
    return world.source.file("/speech.wav", wav)
