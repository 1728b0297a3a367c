"""Corrected source texts: what is asked and paid again, what stays, what is laid out anew."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from audio_translation.deadline import Deadline
from audio_translation.errors import (
    IdempotencyConflict,
    InvalidRequest,
    JobNotFinished,
    ProviderUnavailable,
    RateLimited,
)
from audio_translation.jobs.job import Job
from audio_translation.jobs.records.correction_request import CorrectionRequest
from audio_translation.jobs.storage.correction_table import CorrectionTable
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.wiring.request_functions import request_functions
from tests.audio.tones import english, spanish
from tests.fakes.aws.moto_server import JOB_TABLE
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.text_behaviours import loses_the_first
from tests.openssl import openssl_verifies
from tests.worlds.jobs import run
from tests.worlds.recorded import TWO_STEPS, Recorded


def correct(recorded: Recorded, job_id: str, **texts: str) -> Job:
    """Correct segments, ``s0="text"``, as the route does."""
    segments = [{"id": int(name[1:]), "source": text} for name, text in texts.items()]
    request = CorrectionRequest.model_validate({"segments": segments})
    job = recorded.jobs.find(job_id)
    return request_functions().corrections.correct(job, request, Deadline.after(20))


def asked(recorded: Recorded) -> list[list[int]]:
    """Which segments each call of the text model was about."""
    return [question.ids for question in recorded.jobs.provider.text_model.questions]


def heard(recorded: Recorded) -> int:
    """How many times the audio was sent."""
    return sum("audio" in one.path for one in recorded.jobs.provider.received)


def test_only_what_was_corrected_is_translated_again(recorded: Recorded) -> None:
    job_id = recorded.job(responseFormat="srt", include=["source"], **TWO_STEPS)
    before, calls = recorded.jobs.files.translation(job_id), heard(recorded)
    recorded.jobs.provider.text_model.received.clear()
    job = correct(recorded, job_id, s1=spanish(7))
    after = recorded.jobs.files.translation(job_id)
    assert asked(recorded) == [[1]]
    (question,) = recorded.jobs.provider.text_model.questions
    assert question.data["before"] == [spanish(0)]
    assert question.data["after"] == [spanish(2)]
    assert heard(recorded) == calls
    assert [s.text for s in after.segments] == [english(0), english(7), english(2)]
    assert [s.source for s in after.segments] == [spanish(0), spanish(7), spanish(2)]
    times = [[(s.start, s.end) for s in one.segments] for one in (before, after)]
    assert times[0] == times[1]
    result = recorded.jobs.result(job_id, "srt")
    assert english(7) in result
    assert spanish(7) in result
    assert english(1) not in result
    assert job.revision == 1


def test_the_new_record_refers_to_the_old_one_and_both_hold(
    recorded: Recorded, tmp_path: Path
) -> None:
    job_id = recorded.job(**TWO_STEPS)
    first = recorded.downloaded(job_id, tmp_path / "first")
    correct(recorded, job_id, s1=spanish(7))
    correct(recorded, job_id, s0=spanish(8), s2=spanish(9))
    assert recorded.checked(job_id, tmp_path / "now").holds
    folder, pem = tmp_path / "now", (tmp_path / "now" / "key.pem").read_text()
    chain = [folder / name for name in ("record.json", "record-1.json", "record-0.json")]
    said = [json.loads(path.read_bytes()) for path in chain]
    assert [one["revision"] for one in said] == [2, 1, 0]
    assert [one.get("correctedSegments") for one in said] == [[0, 2], [1], None]
    for one, before in zip(said, chain[1:], strict=False):
        assert one["previous"]["sha256"] == hashlib.sha256(before.read_bytes()).hexdigest()
    assert chain[2].read_bytes() == (first / "record.json").read_bytes()
    for path in chain:
        signature = path.with_name(f"{path.name}.sig").read_bytes()
        assert openssl_verifies(path.read_bytes(), signature, pem, tmp_path / path.stem)
    links = recorded.jobs.view(job_id)["record"]
    assert links["revision"] == 2
    assert "/record-1.json?" in links["previous"]["url"]
    assert english(9) in (folder / "transcript.html").read_text()


def test_the_same_correction_again_changes_and_costs_nothing(recorded: Recorded) -> None:
    job_id = recorded.job(**TWO_STEPS)
    job = correct(recorded, job_id, s1=spanish(7))
    recorded.jobs.provider.text_model.received.clear()
    kept = recorded.jobs.stored()
    assert correct(recorded, job_id, s1=f" {spanish(7)}\n") == job
    assert asked(recorded) == []
    assert recorded.jobs.stored() == kept


def test_one_that_was_cut_off_is_made_again_and_counts_once(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    job_id = recorded.job(**TWO_STEPS)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    for revision, cut_off in enumerate(("save_result", "save_translation", "end"), start=1):
        with monkeypatch.context() as patched:
            patched.setattr(CorrectionTable, "end", killed)
            if cut_off != "end":
                patched.setattr(JobFiles, cut_off, killed)
            with pytest.raises(KeyboardInterrupt):
                correct(recorded, job_id, s1=spanish(10 + revision))
        assert recorded.jobs.find(job_id).revision == revision - 1
        CorrectionTable(recorded.jobs.aws.clients, JOB_TABLE).end(job_id)  # as after a minute
        assert correct(recorded, job_id, s1=spanish(10 + revision)).revision == revision
        assert recorded.checked(job_id, tmp_path / str(revision)).holds
    last, before = (tmp_path / number / "record.json" for number in "32")
    sha256 = hashlib.sha256(before.read_bytes()).hexdigest()
    assert json.loads(last.read_bytes())["previous"] == {"revision": 2, "sha256": sha256}


def test_a_job_without_a_record_is_corrected_and_gets_none(recorded: Recorded) -> None:
    url = recorded.jobs.source.file("/plain.wav", recorded.audio)
    run(job_id := recorded.jobs.job(url, "plain", responseFormat="text", **TWO_STEPS))
    assert correct(recorded, job_id, s0=spanish(5)).revision is None
    assert recorded.jobs.result(job_id, "txt").startswith(english(5))
    assert not any("record" in key for key in recorded.jobs.stored())


def test_what_cannot_be_translated_is_marked_and_told_until_it_can(recorded: Recorded) -> None:
    job_id = recorded.job(**TWO_STEPS)
    model = recorded.jobs.provider.text_model
    right, model.default = model.default, loses_the_first
    told = correct(recorded, job_id, s1=spanish(7))
    (warning,) = [one for one in told.warnings if "could not be translated" in one]
    assert recorded.jobs.files.translation(job_id).segments[1].untranslated
    model.default = right
    better = correct(recorded, job_id, s1=spanish(6))
    assert warning not in better.warnings
    segment = recorded.jobs.files.translation(job_id).segments[1]
    assert (segment.text, segment.untranslated) == (english(6), False)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (
            Answer(envelope("slow down", "requests"), 429, headers={"Retry-After": "900"}),
            RateLimited,
        ),
        (Answer(envelope("oh"), 500), ProviderUnavailable),
    ],
    ids=["429", "500"],
)
def test_a_provider_that_fails_leaves_everything_as_it_was(
    recorded: Recorded, answer: Answer, error: type[Exception]
) -> None:
    job_id = recorded.job(**TWO_STEPS)
    before, kept = recorded.jobs.files.translation(job_id), recorded.jobs.stored()
    model = recorded.jobs.provider.text_model
    right, model.default = model.default, lambda _: answer
    request = CorrectionRequest.model_validate({"segments": [{"id": 1, "source": spanish(7)}]})
    job = recorded.jobs.find(job_id)
    with pytest.raises(error):
        request_functions().corrections.correct(job, request, Deadline.after(2))
    assert recorded.jobs.files.translation(job_id) == before
    assert recorded.jobs.stored() == kept
    model.default = right
    assert correct(recorded, job_id, s1=spanish(7)).revision == 1, "it is free again"


def test_one_step_has_no_source_to_correct(recorded: Recorded) -> None:
    with pytest.raises(InvalidRequest, match="two steps") as caught:
        correct(recorded, recorded.job(), s1=spanish(7))
    assert caught.value.param == "segments"


def test_a_transcription_has_none_either(recorded: Recorded) -> None:
    job_id = recorded.job(model="gpt-transcribe", transcribe=True)
    with pytest.raises(InvalidRequest, match="two steps"):
        correct(recorded, job_id, s0=spanish(7))


def test_a_segment_that_is_not_there_is_named(recorded: Recorded) -> None:
    with pytest.raises(InvalidRequest, match="no segment 3; the last one is 2"):
        correct(recorded, recorded.job(**TWO_STEPS), s3=spanish(7))


@pytest.mark.parametrize("state", ["queued", "running", "failed"])
def test_a_job_that_has_not_succeeded_is_not_corrected(recorded: Recorded, state: str) -> None:
    jobs = recorded.jobs
    job_id = jobs.job("https://a.test/a.mp3")
    if state != "queued":
        jobs.table.begin(job_id)
    if state == "failed":
        error: dict[str, Any] = {"message": "No.", "type": "t", "param": None, "code": "internal"}
        jobs.table.fail(job_id, error, partial=True)
    with pytest.raises(JobNotFinished, match=state) as caught:
        correct(recorded, job_id, s0="a")
    assert (caught.value.retry_after is None) == (state == "failed")


def test_two_at_once_are_made_one_after_the_other(recorded: Recorded) -> None:
    job_id = recorded.job(**TWO_STEPS)
    table = CorrectionTable(recorded.jobs.aws.clients, JOB_TABLE)
    assert table.begin(job_id) is not None
    with pytest.raises(IdempotencyConflict) as caught:
        correct(recorded, job_id, s1=spanish(7))
    assert caught.value.retry_after
    table.end(job_id)

    def retried(number: int) -> None:
        for _ in range(200):
            try:
                correct(recorded, job_id, **{f"s{number}": spanish(number + 10)})
            except IdempotencyConflict:
                continue
            return
        raise AssertionError("never its turn")

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(retried, range(3)))
    segments = recorded.jobs.files.translation(job_id).segments
    assert [segment.text for segment in segments] == [english(n + 10) for n in range(3)]
    assert recorded.jobs.find(job_id).revision == 3


def test_a_record_that_nobody_can_sign_any_more_is_not_left_stale(recorded: Recorded) -> None:
    job_id = recorded.job(**TWO_STEPS)
    before = recorded.jobs.files.translation(job_id)
    gone = recorded.jobs.settings(RECORD_KEY="")
    with gone, pytest.raises(InvalidRequest, match="Records"):
        correct(recorded, job_id, s1=spanish(7))
    assert recorded.jobs.files.translation(job_id) == before
