"""GET /jobs/{id}/translation: a finished job read in any format."""

from dataclasses import replace
from datetime import timedelta

import pytest
import requests
import srt
import webvtt

from audio_translation.aws.bucket_keys import (
    translation_key,
)
from audio_translation.transcript import to_json
from tests.contract.jobs_over_http import (
    ERROR,
    MINE,
    TRANSLATION,
    error,
    finished,
    put,
    submit,
    table,
)
from tests.fakes.aws.moto_server import BUCKET
from tests.worlds.http_api import ApiWorld


def test_a_finished_job_is_read_in_every_format_without_a_provider(jobs: ApiWorld) -> None:
    route = f"/jobs/{finished(jobs)}/translation"
    texts = ["Hello there.", "Señor — 你好."]

    def read(query: str) -> requests.Response:
        response = jobs.get(route + query, headers=MINE)
        assert response.status_code == 200
        response.encoding = "utf-8"
        return response

    assert read("").json() == {"text": " ".join(texts)}
    assert read("?format=text").text == " ".join(texts) + "\n"
    cues = list(srt.parse(read("?format=SRT").text))
    assert [(cue.start, cue.content) for cue in cues] == [
        (timedelta(seconds=1), texts[0]),
        (timedelta(seconds=3600.5), texts[1]),
    ]
    vtt = read("?format=Vtt")
    assert vtt.headers["content-type"] == "text/vtt; charset=utf-8"
    assert [cue.text for cue in webvtt.from_string(vtt.text).captions] == texts
    verbose = read("?format=verbose_json").json()
    assert verbose["duration"] == 3700.0
    assert verbose["segments"][0]["tokens"] == [1, 2]
    assert jobs.provider.received == []


def test_a_translation_that_is_longer_than_an_answer_may_be_is_read_in_another_format(
    jobs: ApiWorld,
) -> None:
    """Ten hours are."""
    job_id = finished(jobs)
    said = replace(TRANSLATION.segments[0], text=" I said so", tokens=(50_364,) * 60)
    segments = [replace(said, start=n, end=n + 1) for n in range(12_000)]
    put(jobs, translation_key(job_id), to_json(replace(TRANSLATION, segments=tuple(segments))))
    route = f"/jobs/{job_id}/translation"
    response = jobs.get(f"{route}?format=verbose_json", headers=MINE)
    assert error(response) == (413, "audio_too_large", None)
    assert "srt" in response.json()["error"]["message"]
    assert jobs.get(f"{route}?format=text", headers=MINE).text.startswith("I said so")


def test_the_format_of_the_request_is_the_default(jobs: ApiWorld) -> None:
    job_id = finished(jobs, responseFormat="srt")
    response = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert response.headers["content-type"].startswith("application/x-subrip")


def test_a_part_of_a_failed_job_can_be_read(jobs: ApiWorld) -> None:
    job_id = submit(jobs)
    put(jobs, translation_key(job_id), to_json(TRANSLATION))
    table(jobs).fail(job_id, ERROR, partial=True)
    job = jobs.get(f"/jobs/{job_id}", headers=MINE).json()
    assert (job["partial"], job["error"], job["result"]) == (True, ERROR, None)
    response = jobs.get(f"/jobs/{job_id}/translation?format=text", headers=MINE)
    assert response.text.startswith("Hello there.")


@pytest.mark.parametrize(
    ("state", "comes"), [("queued", True), ("running", True), ("failed", False)]
)
def test_a_job_without_a_translation_says_why(jobs: ApiWorld, state: str, comes: bool) -> None:
    job_id = submit(jobs)
    if state == "running":
        table(jobs).begin(job_id)
    if state == "failed":
        table(jobs).fail(job_id, ERROR, partial=False)
    response = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert error(response) == (404, "not_found", None)
    assert state in response.json()["error"]["message"]
    assert ("retry-after" in response.headers) == comes


def test_a_translation_that_is_gone_is_not_found(jobs: ApiWorld) -> None:
    job_id = finished(jobs)
    jobs.aws.client("s3").delete_object(Bucket=BUCKET, Key=translation_key(job_id))
    response = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert error(response) == (404, "not_found", None)


@pytest.mark.parametrize("name", ["mp3", "", "json,text", "x" * 500, "srt%00"])
def test_an_unknown_format_is_an_error(jobs: ApiWorld, name: str) -> None:
    response = jobs.get(f"/jobs/{finished(jobs)}/translation?format={name}", headers=MINE)
    assert error(response) == (400, "invalid_request", "format")
