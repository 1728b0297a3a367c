"""One world for all contract tests; each test finds it as new."""

import io
import wave
from collections.abc import Iterator

import pytest

from tests.fakes.aws import running_aws
from tests.fakes.functions import Functions
from tests.fakes.provider import Provider
from tests.fakes.source import Source
from tests.worlds.http_api import World, running_world


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        running_aws() as aws,
        Provider().running() as provider,
        Source() as source,
        Functions().running() as functions,
        running_world(aws, provider, source, functions, tmp_path_factory.mktemp("world")) as world,
    ):
        yield world


@pytest.fixture
def world(running: World) -> World:
    running.aws.reset()
    running.provider.reset()
    running.functions.reset()
    running.log.truncate(0)
    running.log.seek(0)
    return running


@pytest.fixture
def jobs(world: World) -> Iterator[World]:
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
def audio_url(world: World, wav: bytes) -> str:
    return world.source.file("/speech.wav", wav)
