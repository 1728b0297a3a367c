"""One world of all ways for all files of this folder that a worker has."""

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.contract.every_way.cases")

from tests.contract.every_way.cases import Runs  # noqa: E402  after the line above
from tests.worlds.every_way import running_every_way  # noqa: E402


@pytest.fixture(scope="package")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    with running_every_way(tmp_path_factory.mktemp("every-way")) as world:
        yield Runs(world)
