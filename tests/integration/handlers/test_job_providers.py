"""Jobs whose first provider fails: nothing fails, nothing is lost, and nothing is paid twice."""

from collections.abc import Callable, Iterator

import pytest

from audio_translation.engines.chain.circuits import FAILURES, OPEN_SECONDS
from audio_translation.jobs.job import JobStatus
from tests.audio.tones import english, recording
from tests.fakes.aws.moto_server import JOB_TABLE
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.scripted_server import Received
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.jobs import JobWorld, run
from tests.worlds.provider_list import PATH, put_list, server

AT_ONCE = 4
SENTENCES = 24

FAULTS: dict[str, Callable[[Received], Answer]] = {
    "killed": lambda _: Answer(hang_up=True),
    "hangs": lambda _: Answer(delay=30),
    "429 storm": lambda _: Answer(envelope("slow down"), 429, headers={"Retry-After": "60"}),
    "empty": lambda _: Answer(verbose_json()),
    "garbage": lambda _: Answer(b"<html>welcome</html>"),
    "cut": lambda _: Answer(cut=True),
    "slow": lambda _: Answer(drip=1),
    "no credit": lambda _: Answer(envelope("pay", code="insufficient_quota"), 429),
    "wrong key": lambda _: Answer(envelope("key"), 401),
    "model gone": lambda _: Answer(envelope("gone", code="model_not_found"), 404),
}


@pytest.fixture(scope="module")
def running() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones()) as provider:
        yield provider


@pytest.fixture
def second(running: SpeechProvider) -> SpeechProvider:
    running.reset()
    return running


@pytest.fixture
def chained(jobs: JobWorld, second: SpeechProvider) -> Iterator[JobWorld]:
    put_list(
        jobs.aws,
        providers={"first": server(jobs.provider), "second": server(second)},
        translation=[{"provider": "first"}, {"provider": "second", "pricePerMinute": 0.6}],
    )
    with jobs.settings(PROVIDERS_PARAMETER=PATH, JOB_CALL_SECONDS="8"):
        yield jobs


@pytest.mark.parametrize("fault", FAULTS)
def test_the_next_provider_serves_and_the_first_one_is_soon_left_alone(
    chained: JobWorld, second: SpeechProvider, fault: str
) -> None:
    """Circuits count by sandbox and process, so each fault has a model of its own."""
    chained.provider.behaviours.append(FAULTS[fault])
    url = chained.source.file("/long.wav", recording(SENTENCES))
    model = f"whisper-{fault.replace(' ', '-')}"
    run(chained.job(url, model=model))
    job = chained.find("job-1")
    assert job.status is JobStatus.SUCCEEDED, job.error
    assert (job.model, job.provider) == (model, "second")
    assert chained.said("job-1") == [english(number) for number in range(SENTENCES)]
    assert len(chained.provider.received) <= FAILURES + AT_ONCE, "those under way may end"
    assert sorted(second.paid.values()) == [1] * job.chunks
    view = chained.view("job-1")
    assert view["provider"] == "second"
    assert view["estimatedDollars"] == pytest.approx(job.paid / 60_000 * 0.6)


def test_a_provider_that_comes_back_serves_again(chained: JobWorld, second: SpeechProvider) -> None:
    chained.provider.behaviours.append(FAULTS["killed"])
    url = chained.source.file("/long.wav", recording(SENTENCES))
    run(chained.job(url, model="whisper-back"))
    chained.provider.behaviours.clear()
    second.reset()
    chained.aws.client("dynamodb").update_item(
        TableName=JOB_TABLE,
        Key={"id": {"S": "circuit#translation#first#whisper-back"}},
        UpdateExpression="SET opened_at = opened_at - :passed",
        ExpressionAttributeValues={":passed": {"N": str(OPEN_SECONDS)}},
    )
    with chained.settings(PROVIDERS_PARAMETER=PATH, JOB_CONCURRENCY="1"):
        run(chained.job(url, "job-2", model="whisper-back"))
    assert chained.find("job-2").provider == "first"
    assert second.received == [], "one call found out that it serves, and all others followed"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(envelope("corrupted"), 400), "unsupported_audio"),
        (Answer(envelope("too large"), 413), "audio_too_large"),
        (Answer(envelope("no such field"), 400), "provider_rejected"),
    ],
)
def test_what_is_wrong_with_the_audio_is_not_asked_of_others(
    chained: JobWorld, second: SpeechProvider, answer: Answer, code: str
) -> None:
    chained.provider.behaviours.append(lambda _: answer)
    run(chained.job(chained.source.file("/one.wav", recording(2)), model=f"whisper-{code}"))
    job = chained.find("job-1")
    assert job.error is not None
    assert job.error["code"] == code
    assert second.received == []


def test_when_all_providers_refuse_the_job_fails_as_with_one(
    chained: JobWorld, second: SpeechProvider
) -> None:
    for provider in (chained.provider, second):
        provider.behaviours.append(lambda _: Answer(envelope("key"), 401))
    run(chained.job(chained.source.file("/one.wav", recording(2)), model="whisper-none"))
    job = chained.find("job-1")
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "provider_rejected"
