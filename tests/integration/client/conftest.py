"""One deployment for all tests of the client, and recordings to send there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from audio_translate import AudioTranslate
from tests.audio import tones
from tests.worlds.deployment import KEY, Deployment, running_deployment


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with running_deployment(tmp_path_factory.mktemp("deployment")) as deployment:
        yield deployment


@pytest.fixture
def deployment(running: Deployment) -> Iterator[Deployment]:
    running.reset()
    yield running
    running.reset()


@pytest.fixture
def client(deployment: Deployment) -> Iterator[AudioTranslate]:
    with AudioTranslate(deployment.url, KEY) as client:
        yield client


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A recording in which three sentences are spoken."""
    path = tmp_path / "talk.wav"
    path.write_bytes(tones.recording(3))
    return path
