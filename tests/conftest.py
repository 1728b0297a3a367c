"""What tests of several kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.stack import Stack


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a file's tests to one worker, and all files that need Whisper to the same one."""
    whisper = {item.path for item in items if "local_stack" in getattr(item, "fixturenames", ())}
    for item in items:
        together = item.path in whisper or item.path.parent.name == "e2e"
        item.add_marker(pytest.mark.xdist_group("whisper" if together else str(item.path)))


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole service with Whisper, as `make serve` starts it, on free ports."""
    from local.stack import running  # only who asks for it waits for its imports

    log = tmp_path_factory.mktemp("stack") / "function.log"
    # A busy machine takes longer than API Gateway waits.
    with running(log=log, time_limit_seconds=120) as stack:
        yield stack
