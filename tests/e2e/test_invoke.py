"""The code of docs/invoke.md against the whole local service, with real speech."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from local import REPOSITORY
from local.aws.lambda_invoke_api import INVOKE_FUNCTION
from local.service import LocalService
from tests.audio.padded import write_padded
from tests.audio.recordings import FOLDER
from tests.documented import documented

pytestmark = pytest.mark.timeout(180)

SHORT = FOLDER / "es" / "conf-waitforleader.mp3"
PAGE = (REPOSITORY / "docs" / "invoke.md").read_text()


@pytest.fixture(scope="module")
def names(local_service: LocalService) -> Iterator[dict[str, Any]]:
    local_service.put(SHORT, "audio")
    with documented(PAGE, local_service.lambda_url) as names:
        yield names


def test_short_audio_is_english_at_once(local_service: LocalService, names: dict[str, Any]) -> None:
    url = local_service.put(SHORT, "invoked")
    assert "conference" in names["english"](INVOKE_FUNCTION, url)


def test_long_audio_is_english_once_its_job_has_ended(
    local_service: LocalService, names: dict[str, Any], tmp_path: Path
) -> None:
    long = tmp_path / "long.flac"
    write_padded(SHORT, long)
    url = local_service.put(long, "invoked")
    assert names["ask"](INVOKE_FUNCTION, {"audioFileUrl": url})["status"] == "queued"
    assert "conference" in names["english"](INVOKE_FUNCTION, url)


def test_what_is_no_audio_is_caught_by_its_class(
    local_service: LocalService, names: dict[str, Any], tmp_path: Path
) -> None:
    page = tmp_path / "page.mp3"
    page.write_text("<!doctype html><html></html>")
    assert names["english"](INVOKE_FUNCTION, local_service.put(page, "invoked")) is None


def test_an_error_has_its_class_and_its_message(names: dict[str, Any]) -> None:
    with pytest.raises(names["ServiceError"], match=r"^NotFound: There is no such job"):
        names["ask"](INVOKE_FUNCTION, {"jobId": "unknown"})


def test_the_sample_event_starts_a_job_that_is_asked_for_by_its_id(names: dict[str, Any]) -> None:
    event = json.loads((REPOSITORY / "events" / "invoke-start-job.json").read_text())
    job = names["ask"](f"{INVOKE_FUNCTION}:live", event)
    assert (job["status"], job["reference"]) == ("queued", event["reference"])
    ends = time.monotonic() + 120
    while job["status"] in {"queued", "running"} and time.monotonic() < ends:
        time.sleep(0.5)
        job = names["ask"](INVOKE_FUNCTION, {"jobId": job["id"]})
    assert job["status"] == "succeeded"
    with urlopen(job["result"]["url"]) as captions:
        assert captions.read().startswith(b"WEBVTT\n")
