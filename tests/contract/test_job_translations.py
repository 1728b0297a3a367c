"""GET /jobs/{id}/translation: a finished job read in any format."""

import csv
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pysubs2
import pytest
import requests
import srt
import webvtt

from audio_translation.aws.bucket_keys import (
    translation_key,
)
from audio_translation.transcript import Segment, to_json
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
    for name, kind in (("ttml", "application/ttml+xml"), ("ass", "text/x-ssa")):
        script = read(f"?format={name.upper()}")
        assert script.headers["content-type"] == f"{kind}; charset=utf-8"
        read_again = pysubs2.SSAFile.from_string(script.text, format_=name)
        assert [(one.start, one.plaintext) for one in read_again] == [
            (1000, texts[0]),
            (3_600_500, texts[1]),
        ]
    table = read("?format=csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = csv.DictReader(table.content.decode("utf-8-sig").splitlines())
    assert [(row["start"], row["text"]) for row in rows] == [
        ("1.000", texts[0]),
        ("3600.500", texts[1]),
    ]
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
    ("state", "expected"),
    [
        ("queued", (409, "job_not_finished", None)),
        ("running", (409, "job_not_finished", None)),
        ("failed", (404, "not_found", None)),
        ("cancelled", (404, "not_found", None)),
    ],
)
def test_a_job_without_a_translation_says_why(
    jobs: ApiWorld, state: str, expected: tuple[int, str, str | None]
) -> None:
    job_id = submit(jobs)
    if state == "running":
        table(jobs).begin(job_id)
    if state == "failed":
        table(jobs).fail(job_id, ERROR, partial=False)
    if state == "cancelled":
        table(jobs).cancel(job_id)
    response = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert error(response) == expected
    assert state in response.json()["error"]["message"]
    assert ("retry-after" in response.headers) == (expected[0] == 409)


def test_a_translation_that_is_gone_is_not_found(jobs: ApiWorld) -> None:
    job_id = finished(jobs)
    jobs.aws.client("s3").delete_object(Bucket=BUCKET, Key=translation_key(job_id))
    response = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert error(response) == (404, "not_found", None)


@pytest.mark.parametrize("name", ["mp3", "", "json,text", "x" * 500, "srt%00"])
def test_an_unknown_format_is_an_error(jobs: ApiWorld, name: str) -> None:
    response = jobs.get(f"/jobs/{finished(jobs)}/translation?format={name}", headers=MINE)
    assert error(response) == (400, "invalid_request", "format")


def long_job(jobs: ApiWorld) -> str:
    """The id of a finished job with more than one line of text."""
    job_id = finished(jobs)
    text = "The weather was very nice today, so the whole family went for a walk in the park."
    segments = (Segment(1000, 9000, text, source="Ayer hizo buen tiempo."),)
    put(jobs, translation_key(job_id), to_json(replace(TRANSLATION, segments=segments)))
    return job_id


def test_a_finished_job_is_laid_out_anew_by_the_rules_that_are_given(jobs: ApiWorld) -> None:
    route = f"/jobs/{long_job(jobs)}/translation?format=srt"
    asked = "&maxLineLength=20&maxLines=1&minSeconds=0.5&maxSeconds=6&maxCharsPerSecond=25"
    response = jobs.get(f"{route}{asked}&minGapSeconds=0.2", headers=MINE)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/x-subrip")
    cues = list(srt.parse(response.text))
    assert len(cues) > 4
    assert all(len(cue.content) <= 20 for cue in cues)
    for cue, following in pairwise(cues):
        assert following.start - cue.end >= timedelta(seconds=0.2)
    social = list(srt.parse(jobs.get(f"{route}&style=SOCIAL", headers=MINE).text))
    assert all(len(cue.content) <= 24 for cue in social)
    plain = list(srt.parse(jobs.get(route, headers=MINE).text))
    words = [" ".join(cue.content for cue in made).split() for made in (cues, social, plain)]
    assert words[0] == words[1] == words[2]


def test_rules_of_a_job_hold_where_no_others_are_given(jobs: ApiWorld) -> None:
    job_id = finished(jobs, subtitles={"style": "netflix", "maxLines": 1})
    put(jobs, translation_key(job_id), jobs_text(jobs, long_job(jobs)))
    route = f"/jobs/{job_id}/translation?format=vtt&maxLineLength=30"
    cues = [cue.text for cue in webvtt.from_string(jobs.get(route, headers=MINE).text).captions]
    assert all("\n" not in text and len(text) <= 30 for text in cues)


def jobs_text(jobs: ApiWorld, job_id: str) -> str:
    stored = jobs.aws.client("s3").get_object(Bucket=BUCKET, Key=translation_key(job_id))
    return str(stored["Body"].read().decode())


@pytest.mark.parametrize(
    ("query", "param", "told"),
    [
        ("style=hbo", "style", "netflix"),
        ("maxLineLength=5", "maxLineLength", "at least 10"),
        ("maxLineLength=wide", "maxLineLength", "whole number"),
        ("maxLines=9", "maxLines", "at most 4"),
        ("minSeconds=4&maxSeconds=2", "subtitles", "must not be more than"),
    ],
)
def test_rules_that_are_wrong_are_refused(
    jobs: ApiWorld, query: str, param: str, told: str
) -> None:
    response = jobs.get(f"/jobs/{finished(jobs)}/translation?{query}", headers=MINE)
    assert error(response) == (400, "invalid_request", param)
    assert told in response.json()["error"]["message"]
