"""Jobs that tell who speaks: names are one set, and a job that goes on has the same ones."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from audio_translation.jobs.job import JobStatus
from tests.audio.tones import english, recording
from tests.fakes.aws.moto_server import JOB_TABLE
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.odd_answers import in_english
from tests.fakes.provider.scripted_server import Received
from tests.worlds.jobs import JobWorld, run

SENTENCES = 24
VOICES = ("Ann", "Bob", "Cid")
MODEL = "gpt-4o-transcribe-diarize"
OPTIONS: dict[str, Any] = {"model": MODEL, "speakers": "auto", "speakerNames": [*VOICES]}


def who(number: int) -> str:
    """Return who says a sentence: the first voice of most chunks is another one."""
    return VOICES[(number // 3 + number) % 3]


NAMES = dict(zip(dict.fromkeys(map(who, range(SENTENCES))), VOICES, strict=True))
"""Names are in the order in which the voices first speak."""


@dataclass
class BreaksAtTheLineUp:
    """Refuses the call that hears clips of several chunks, as long as it is told to."""

    jobs: JobWorld
    breaks: bool = True
    asked: int = 0
    sent: Counter[bytes] = field(default_factory=Counter)

    def __call__(self, received: Received) -> Answer | None:
        if received.fields.get("response_format") != "diarized_json":
            return None
        self.sent[received.file] += 1
        assert self.jobs.provider.hears
        numbers = [one.number for one in self.jobs.provider.hears(received.file)]
        if numbers[-1] - numbers[0] < SENTENCES // 2:
            return None
        self.asked += 1
        broke = envelope("You have no credit", code="insufficient_quota")
        return Answer(broke, 429) if self.breaks else None


def begun(jobs: JobWorld) -> tuple[str, BreaksAtTheLineUp]:
    jobs.provider.voice = who
    jobs.provider.text_model.default = in_english
    breaks = BreaksAtTheLineUp(jobs)
    jobs.provider.behaviours.append(breaks)
    url = jobs.source.file("/meeting.wav", recording(SENTENCES))
    return jobs.job(url, responseFormat="vtt", **OPTIONS), breaks


def check_told(jobs: JobWorld, job_id: str) -> None:
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    segments = jobs.files.translation(job_id).segments
    assert [one.text.strip() for one in segments] == [english(n) for n in range(SENTENCES)]
    assert [one.speaker for one in segments] == [NAMES[who(n)] for n in range(SENTENCES)]
    assert jobs.result(job_id, "vtt").count("<v Ann>") == 8


def restarted(jobs: JobWorld, job_id: str) -> None:
    jobs.aws.client("dynamodb").update_item(
        TableName=JOB_TABLE,
        Key={"id": {"S": job_id}},
        UpdateExpression="SET #s = :s REMOVE chunks_done, #e",
        ExpressionAttributeNames={"#s": "status", "#e": "error"},
        ExpressionAttributeValues={":s": {"S": "running"}},
    )
    run(job_id)


def test_voices_of_many_chunks_have_one_set_of_names(jobs: JobWorld) -> None:
    job_id, breaks = begun(jobs)
    breaks.breaks = False
    run(job_id)
    check_told(jobs, job_id)
    assert breaks.asked == 1
    job = jobs.find(job_id)
    assert job.warnings == ()
    assert job.paid > sum(chunk.length for chunk in jobs.plan(job_id)) + 10_000


def test_a_job_that_goes_on_has_the_same_names_and_pays_nothing_twice(jobs: JobWorld) -> None:
    job_id, breaks = begun(jobs)
    run(job_id)
    failed = jobs.find(job_id)
    assert (failed.status, failed.partial) == (JobStatus.FAILED, True)
    assert {one.speaker for one in jobs.files.translation(job_id).segments} == {None}
    assert any("Who speaks is not told" in told for told in failed.warnings)
    breaks.breaks = False
    restarted(jobs, job_id)
    check_told(jobs, job_id)
    paid = jobs.find(job_id).paid
    restarted(jobs, job_id)  # as after a crash behind the line-up: its answer is kept, too
    check_told(jobs, job_id)
    assert breaks.asked == 2
    assert max(breaks.sent.values()) == 2
    assert sorted(breaks.sent.values())[:-1] == [1] * (len(breaks.sent) - 1)
    assert jobs.find(job_id).paid == paid
