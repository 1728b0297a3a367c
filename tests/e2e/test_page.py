"""The page at / in a browser, against the whole local service with a scripted provider.

The tests themselves are in tests/browser/page-suite.mjs and run in one browser, several at once.
"""

import re
from collections.abc import Iterator

import pytest

from tests.worlds.page import FOLDER, PageWorld, needs_browser, running_page

SUITE = "page-suite.mjs"
TESTS = re.findall(r'^test\("([^"]+)"', (FOLDER / SUITE).read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def page_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageWorld]:
    needs_browser()
    with running_page(tmp_path_factory.mktemp("page")) as world:
        yield world


@pytest.fixture(scope="module")
def results(page_world: PageWorld) -> dict[str, str | None]:
    return page_world.run(SUITE)


@pytest.mark.parametrize("name", TESTS)
def test_in_a_browser(results: dict[str, str | None], name: str) -> None:
    assert results[name] is None, results[name]


def test_every_test_of_the_suite_ran(results: dict[str, str | None]) -> None:
    assert sorted(results) == sorted(TESTS)
    assert len(TESTS) >= 15
