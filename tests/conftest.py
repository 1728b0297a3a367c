"""What tests of several kinds share."""

from __future__ import annotations

import functools
import signal
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import create_loader
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.service import Stack

_WHISPER = {"tests/integration/local/test_service.py"}
"""The files outside of tests/e2e that need it."""


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a file's tests to one worker, and all files that need Whisper to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "whisper" if file.startswith("tests/e2e/") or file in _WHISPER else file


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
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole service with Whisper, as `make serve` starts it, on free ports."""
    from local.service import running  # only who asks for it waits for its imports

    log = tmp_path_factory.mktemp("stack") / "function.log"
    # A busy machine takes longer than API Gateway waits.
    with running(log=log, time_limit_seconds=120) as stack:
        yield stack
