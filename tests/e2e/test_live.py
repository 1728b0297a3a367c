"""A live session in the service as it runs, from the first utterance to the finished job."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from local.service import LocalService
from tests.audio.tones import english, spoken
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.service_process import service_process

END_SECONDS = 90


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    log = tmp_path_factory.mktemp("live") / "function.log"
    with (
        SpeechProvider(Tones()) as provider,
        service_process(provider.base_url, log=log, time_limit_seconds=120) as service,
    ):
        yield service


def say(service: LocalService, session: str, seq: int) -> str:
    headers = {"Content-Type": "audio/wav", "Seq": str(seq), "Start": str(4_000 * seq)}
    response = requests.post(
        f"{service.url}/live/{session}/utterances",
        data=spoken([seq]),
        headers=headers,
        timeout=120,
    )
    assert response.status_code == 200, response.text
    return str(response.json()["text"])


def finished(service: LocalService, session: str) -> str:
    """Wait until the session's job has ended; return its subtitles."""
    ends = time.monotonic() + END_SECONDS
    while True:
        job = requests.get(f"{service.url}/jobs/{session}", timeout=60).json()
        if job["status"] not in {"queued", "running"}:
            break
        assert time.monotonic() < ends, job
        time.sleep(0.2)
    assert (job["status"], job["live"]) == ("succeeded", True), job
    url = f"{service.url}/jobs/{session}/translation?format=srt"
    return requests.get(url, timeout=60).text


def test_utterances_that_are_sent_side_by_side_become_one_finished_job(
    service: LocalService,
) -> None:
    opened = requests.post(f"{service.url}/live", json={"maxMinutes": 5}, timeout=60)
    assert opened.status_code == 201, opened.text
    session = opened.json()["id"]
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda seq: say(service, session, seq), range(6)))
    assert texts == [english(seq) for seq in range(6)]
    assert say(service, session, 2) == english(2)
    so_far = requests.get(f"{service.url}/live/{session}?format=srt", timeout=60).text
    assert all(english(seq) in " ".join(so_far.split()) for seq in range(6))
    ended = requests.delete(opened.headers["location"], timeout=60)
    assert ended.status_code == 202, ended.text
    assert finished(service, session) == so_far
