"""Jobs that are recorded."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.worlds.jobs import JobWorld
from tests.worlds.recorded import Recorded, recorded_world


@pytest.fixture
def recorded(jobs: JobWorld) -> Iterator[Recorded]:
    with ExitStack() as stack:
        yield recorded_world(jobs, stack)
