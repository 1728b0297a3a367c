"""What tests of several kinds share."""

from __future__ import annotations

import functools
import signal
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import create_loader
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.worlds.kept_answers import NONE_KEPT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.service import LocalService


# Machine speed decides no test.
settings.register_profile(
    "patient",
    parent=settings(),
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("patient")


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a file's tests to one worker, and one worker all files that use the local service."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        uses = _uses_local_service(self.config.rootpath / file)
        return "the local service" if uses else file


@functools.cache
def _uses_local_service(file: Path) -> bool:
    return file.parent.name == "e2e" and "local_service" in file.read_text()


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start: who is started in the background inherits deafness."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _aws_is_described_once() -> Iterator[None]:
    """Sandboxes make clients of their own, all from the same megabytes of JSON."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", functools.cache(create_loader))
        yield


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _ByFile(config, log)


@pytest.fixture(scope="session")
def local_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    """The whole service with Whisper, as `make serve` starts it, on free ports."""
    from local.service import running_service  # takes long, and most tests do not need it

    log = tmp_path_factory.mktemp("service") / "function.log"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in NONE_KEPT.items():
            patch.setenv(name, value)
        # A busy machine takes longer than API Gateway waits.
        with running_service(log=log, time_limit_seconds=120) as service:
            yield service
