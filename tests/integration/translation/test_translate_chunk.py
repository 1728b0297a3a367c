"""What is missing or foreign in a chunk is asked for once more, and the better answer is kept."""

import json
from collections import deque
from contextlib import redirect_stdout
from io import StringIO

import pytest

from audio_translation.jobs.job import JobStatus
from audio_translation.translation.checks.language_detection import LanguageDetector
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.jobs import JobWorld, run, sentences


def test_a_second_look_that_crashes_costs_nobody_the_first_answer(
    jobs: JobWorld, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> bool:
        raise OSError("no model of languages")

    monkeypatch.setattr(LanguageDetector, "is_foreign", crash)
    job_id = jobs.job(url)
    run(job_id)
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)


def test_speech_that_was_missed_is_asked_for_again_once(jobs: JobWorld, url: str) -> None:
    missing = {"duration": 1.0, "text": "", "language": "english", "segments": []}
    jobs.provider.instead[5] = deque([Answer(missing)])
    job_id = jobs.job(url)
    run(job_id)
    assert jobs.said(job_id) == sentences(24)
    assert len(jobs.provider.received) == jobs.find(job_id).chunks + 1


ECHO = "Felicidades, usted ha instalado y ejecutado exitosamente su sistema."
ECHOED = Answer(
    {
        "duration": 10.0,
        "text": "",
        "language": "english",
        "segments": [{"start": 0.5, "end": 9.5, "text": ECHO}],
    }
)


def test_what_came_back_in_the_spoken_language_is_asked_for_again_once(
    jobs: JobWorld, url: str
) -> None:
    jobs.provider.instead[5] = deque([ECHOED])
    job_id = jobs.job(url)
    run(job_id)
    assert jobs.said(job_id) == sentences(24)
    assert len(jobs.provider.received) == jobs.find(job_id).chunks + 1
    asked = [float(received.fields["temperature"]) for received in jobs.provider.received]
    assert sorted(asked) == [0.0] * (len(asked) - 1) + [0.2]


@pytest.mark.parametrize("second", [ECHOED, Answer(envelope("Invalid file format."), status=400)])
def test_an_echo_is_kept_if_the_second_answer_is_no_better(
    jobs: JobWorld, url: str, second: Answer
) -> None:
    jobs.provider.instead[5] = deque([ECHOED, second])
    job_id = jobs.job(url, responseFormat="verbose_json")
    with redirect_stdout(StringIO()) as output, jobs.settings():
        run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id).count(ECHO) == 1
    assert len(jobs.provider.received) == jobs.find(job_id).chunks + 1
    result = json.loads(jobs.result(job_id, "json"))
    assert [s["text"] for s in result["segments"] if "untranslated" in s] == [ECHO]
    of_all = f"1 of {len(result['segments'])} segments could not be translated"
    assert [warning.startswith(of_all) for warning in result["warnings"]] == [True]
    metrics = [json.loads(line) for line in output.getvalue().splitlines() if "_aws" in line]
    assert [m["UntranslatedSegments"] for m in metrics if "UntranslatedSegments" in m] == [[1]]


def test_half_a_character_from_a_provider_costs_no_job(jobs: JobWorld, url: str) -> None:
    half = {"start": 0.5, "end": 9.5, "text": "caf\u00e9 \ud83d!"}
    jobs.provider.instead[5] = deque([Answer({"duration": 10.0, "text": "", "segments": [half]})])
    job_id = jobs.job(url)
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert "caf\u00e9 \ufffd!" in jobs.said(job_id)
    assert len(jobs.provider.received) == jobs.find(job_id).chunks
