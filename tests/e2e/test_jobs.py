"""Jobs on the whole local service: both functions, the durable runner, Whisper."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from standardwebhooks import Webhook

from local.aws.resources import WEBHOOK_SECRET
from local.service import LocalService
from tests.audio.recordings import FOLDER
from tests.fakes.webhook_receiver import Receiver

SHORT = FOLDER / "es" / "conf-waitforleader.mp3"
ASYNC = {"Prefer": "respond-async"}


def submit(service: LocalService, **headers: str) -> str:
    body = {"audioFileUrl": service.put(SHORT, "audio"), "responseFormat": "srt"}
    answer = requests.post(
        f"{service.url}/translate", json=body, headers={**ASYNC, **headers}, timeout=60
    )
    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    return str(answer.headers["Location"])


def ended(job_url: str, **headers: str) -> Any:
    """The job when it has ended, within two minutes."""
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        job = requests.get(job_url, headers=headers, timeout=60).json()
        if job["status"] not in {"queued", "running"}:
            return job
        time.sleep(0.2)
    raise AssertionError(f"still {job['status']}: {job['progress']}")


def test_a_job_is_started_polled_and_read_in_several_formats(local_service: LocalService) -> None:
    job_url = submit(local_service)
    job = ended(job_url)
    assert job["status"] == "succeeded"
    assert job["progress"]["chunks"] == {"done": 1, "total": 1}
    assert 2 < job["progress"]["audioSeconds"]["total"] == job["progress"]["audioSeconds"]["done"]
    stored = requests.get(job["result"]["url"], timeout=60)
    assert stored.text.startswith("1\n00:00:0")
    texts = [
        requests.get(f"{job_url}/translation?format={name}", timeout=60).text
        for name in ("text", "vtt", "srt")
    ]
    assert all("conference" in text for text in texts)
    assert texts[1].startswith("WEBVTT")
    assert texts[2] == stored.text


def test_a_job_belongs_to_the_key_that_made_it(local_service: LocalService) -> None:
    job_url = submit(local_service, **{"x-api-key": "mine"})
    assert ended(job_url, **{"x-api-key": "mine"})["status"] == "succeeded"
    for route in (job_url, f"{job_url}/translation"):
        answer = requests.get(route, headers={"x-api-key": "yours"}, timeout=60)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_deleted_job_is_cancelled_and_leaves_no_files(local_service: LocalService) -> None:
    job_url = submit(local_service)
    job_id = job_url.rpartition("/")[2]
    assert requests.delete(job_url, timeout=60).ok
    later = requests.get(job_url, timeout=60)
    assert later.status_code == 404 or later.json()["status"] == "cancelled"
    time.sleep(2)
    listing = local_service.s3().list_objects_v2(
        Bucket="audio-translation-local", Prefix=f"jobs/{job_id}/"
    )
    keys = [item["Key"] for item in listing.get("Contents", [])]
    assert not [key for key in keys if "result" in key or "translation" in key]


def test_a_start_that_is_sent_three_times_runs_once(local_service: LocalService) -> None:
    url = local_service.put(SHORT, "audio")
    headers = {**ASYNC, "Idempotency-Key": "the-same-three-times"}

    def post(_: int) -> requests.Response:
        body = {"audioFileUrl": url}
        return requests.post(
            f"{local_service.url}/translate", json=body, headers=headers, timeout=60
        )

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(post, range(3)))
    made = {answer.headers["Location"] for answer in answers if answer.status_code == 202}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {202, 409}


def test_a_job_begins_when_its_audio_is_uploaded_and_runs_once(local_service: LocalService) -> None:
    audio = SHORT.read_bytes()
    body = {"fileName": "La conferencia ¿cuándo?.mp3", "size": len(audio), "saveSource": True}
    answer = requests.post(f"{local_service.url}/uploads", json=body, timeout=60)
    assert answer.status_code == 201, answer.text
    job_url = answer.headers["Location"]
    link = answer.json()["upload"]
    time.sleep(1)
    assert requests.get(job_url, timeout=60).json() == answer.json()["job"]
    for _ in range(2):
        assert requests.put(link["url"], audio, headers=link["headers"], timeout=60).ok
    job = ended(job_url)
    assert job["status"] == "succeeded", job["error"]
    assert requests.put(link["url"], audio, headers=link["headers"], timeout=60).ok
    assert "conference" in requests.get(f"{job_url}/translation", timeout=60).json()["text"]
    time.sleep(2)
    assert requests.get(job_url, timeout=60).json()["updated"] == job["updated"]
    kept = [item["Key"] for item in _listed(local_service, "audio/")]
    assert len([key for key in kept if job["id"] in key and key.endswith(".mp3")]) == 1
    assert requests.delete(job_url, timeout=60).ok
    assert not _listed(local_service, f"jobs/{job['id']}/")


def _listed(service: LocalService, prefix: str) -> list[Any]:
    listing = service.s3().list_objects_v2(Bucket="audio-translation-local", Prefix=prefix)
    return list(listing.get("Contents", []))


def test_a_callback_tells_the_end_of_a_job(local_service: LocalService) -> None:
    with Receiver() as receiver:
        body = {"audioFileUrl": local_service.put(SHORT, "audio"), "callbackUrl": receiver.hook()}
        answer = requests.post(f"{local_service.url}/translate", json=body, timeout=60)
        assert answer.status_code == 202
        ended(answer.headers["Location"])
        ends = time.monotonic() + 30
        while not receiver.received and time.monotonic() < ends:
            time.sleep(0.1)
    ((headers, content),) = receiver.received
    message = Webhook(WEBHOOK_SECRET).verify(content, headers)
    assert message["type"] == "translation.succeeded"
    assert message["data"]["id"] == answer.json()["id"]
