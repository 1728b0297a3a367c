"""A web server of the tests' own and a folder to fetch into."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.fakes.source import Source


@pytest.fixture
def source() -> Iterator[Source]:
    with Source() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    return work


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()
