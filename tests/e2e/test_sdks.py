"""OpenAI's own SDKs make their calls and see what OpenAI documents, or what we say instead."""

from collections.abc import Iterator

import pytest

from tests.sdk.conformance import PAGE, page
from tests.sdk.rows import ROWS
from tests.worlds.sdk_service import SUITES, SdkWorld, Seen, running_sdk_service


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SdkWorld]:
    with running_sdk_service(tmp_path_factory.mktemp("sdks")) as running:
        yield running


@pytest.fixture(scope="module")
def seen(running: SdkWorld) -> dict[str, Seen]:
    return {suite: running.run(suite) for suite in SUITES}


@pytest.mark.parametrize("suite", SUITES)
def test_every_row_is_seen_as_it_is_said(seen: dict[str, Seen], suite: str) -> None:
    saw = seen[suite].saw
    assert saw == {row.name: row.saw for row in ROWS}
    assert {name: seen[suite].calls[name] for name in saw} == {row.name: row.calls for row in ROWS}


def test_the_page_says_what_the_sdks_see(seen: dict[str, Seen]) -> None:
    assert PAGE.read_text() == page(list(seen.values())), "run make conformance"
