"""Live captions over HTTP: a session, its utterances one by one, and the job that it becomes."""

import hashlib
import json
from collections import deque
from datetime import datetime, timedelta

import pytest
import srt

from tests.audio.tones import english, recording, spanish, spoken
from tests.fakes.aws.lambda_invoke import FUNCTION, Started
from tests.fakes.aws.moto_server import BUCKET
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.webhook_receiver import Receiver
from tests.worlds.http_api import ApiWorld
from tests.worlds.jobs import WEBHOOK_SECRET
from tests.worlds.live import LENGTH, MINE, THEIRS, LiveWorld, error


@pytest.fixture
def live(jobs: ApiWorld) -> LiveWorld:
    return LiveWorld(jobs)


def test_a_session_is_opened_and_is_a_running_job(live: LiveWorld) -> None:
    response = live.post(targetLanguage="de", keywords=["Ñandú"], include=["source"])
    assert response.status_code == 201, response.text
    session = response.json()
    assert response.headers["location"] == f"{live.api.url}/live/{session['id']}"
    assert (session["status"], session["maxMinutes"]) == ("running", 60)
    assert (session["targetLanguage"], session["keywords"]) == ("de", ["Ñandú"])
    lasts = datetime.fromisoformat(session["expires"]) - datetime.fromisoformat(session["created"])
    assert abs(lasts - timedelta(hours=1)) < timedelta(seconds=1)
    job = live.job(session["id"])
    assert (job["status"], job["live"], job["waitingFor"]) == ("running", True, None)
    assert job["audioFileUrl"] is None
    event = {"jobId": session["id"], "live": "opened"}
    assert live.api.functions.started == [
        Started(FUNCTION, "Event", f"{session['id']}-opened", event)
    ]


def test_an_utterance_is_answered_with_its_text(live: LiveWorld) -> None:
    session = live.open()
    said = live.say(session, 0, 7, start=2_000)
    assert said == {
        "seq": 0,
        "start": 2.0,
        "end": 2.0 + LENGTH / 1000,
        "text": english(7),
        "final": True,
    }
    assert live.look(session)["utterances"] == [
        {name: value for name, value in said.items() if name != "final"}
    ]
    progress = live.job(session)["progress"]
    assert progress["chunks"] == {"done": 1, "total": 0}
    assert progress["audioSeconds"] == {"done": LENGTH / 1000, "total": 0}


def test_silence_has_no_text_and_costs_nothing(live: LiveWorld) -> None:
    session = live.open()
    response = live.send(session, 0, 0, recording(0))
    assert (response.status_code, response.json()["text"]) == (200, "")
    assert not live.api.provider.received
    assert live.look(session, "srt") == ""


def test_it_becomes_a_finished_job_with_the_same_text(live: LiveWorld) -> None:
    session = live.open(responseFormat="srt")
    for seq in (1, 0, 2):
        live.say(session, seq)
    assert live.said(session) == [(n, english(n)) for n in range(3)]
    so_far = {kind: live.look(session, kind) for kind in ("srt", "vtt", "text")}
    response = live.end(session)
    assert response.status_code == 202, response.text
    assert response.headers["location"] == f"{live.api.url}/jobs/{session}"
    assert (response.json()["id"], response.json()["live"]) == (session, True)
    live.run(session, "ended")
    job = live.job(session)
    assert (job["status"], job["error"], job["warnings"]) == ("succeeded", None, [])
    assert job["progress"]["chunks"] == {"done": 3, "total": 3}
    assert {kind: live.text(session, kind) for kind in so_far} == so_far
    assert {kind: live.look(session, kind) for kind in so_far} == so_far
    assert live.end(session).status_code == 200


def test_a_session_of_another_key_is_not_there(live: LiveWorld) -> None:
    session = live.open()
    live.say(session, 0)
    assert error(live.send(session, 1, 0, recording(1), key=THEIRS)) == (404, "not_found", None)
    assert error(live.end(session, THEIRS)) == (404, "not_found", None)
    theirs = live.api.get(f"/live/{session}", headers=THEIRS)
    assert error(theirs) == (404, "not_found", None)
    assert live.job(session)["status"] == "running"
    assert live.api.get("/jobs", headers=MINE).json()["jobs"][0]["id"] == session


# Sent again, sent wrongly


def test_a_number_that_is_sent_again_is_answered_from_what_is_stored(live: LiveWorld) -> None:
    session = live.open()
    first = live.say(session, 0)
    assert live.say(session, 0) == first
    assert live.say(session, 0, start=9_000) == first
    assert list(live.api.provider.paid.values()) == [1]
    other = live.send(session, 0, 0, spoken([9]))
    assert error(other) == (409, "idempotency_conflict", "Seq")
    assert live.said(session) == [(0, english(0))]


def test_what_failed_twice_is_a_gap_until_it_is_sent_again(live: LiveWorld) -> None:
    refusal = Answer(envelope("You may not"), 403)
    live.api.provider.instead[1] = deque([refusal] * 2)
    session = live.open()
    live.say(session, 0)
    failed = live.send(session, 1, 5_000, spoken([1]))
    assert error(failed) == (502, "provider_rejected", None)
    assert live.said(session) == [(0, english(0))]
    live.send(session, 1, 5_000, spoken([1]))
    live.say(session, 2)
    gap = {"seq": 1, "start": 5.0, "end": 8.5, "text": "[not translated]", "failed": True}
    assert live.look(session)["utterances"][1] == gap
    assert [cue.content for cue in srt.parse(live.look(session, "srt"))] == [
        english(0),
        "[not translated]",
        english(2),
    ]
    live.say(session, 1)
    assert live.said(session) == [(n, english(n)) for n in range(3)]
    assert live.ended(session)["warnings"] == []


def test_a_gap_that_stays_is_told_by_the_job(live: LiveWorld) -> None:
    live.api.provider.instead[0] = deque([Answer(envelope("You may not"), 403)] * 2)
    session = live.open()
    for _ in range(2):
        live.send(session, 0, 1_000, spoken([0]))
    live.say(session, 1)
    so_far = live.look(session, "srt")
    job = live.ended(session)
    assert job["status"] == "succeeded"
    assert job["warnings"] == ["One utterance was not translated: 0:00:01 to 0:00:04."]
    assert live.text(session, "srt") == so_far
    assert "[not translated]" in so_far


def test_too_much_audio_is_refused_and_leaves_nothing(live: LiveWorld) -> None:
    session = live.open()
    for audio in (recording(13), recording(14)):
        assert error(live.send(session, 0, 0, audio)) == (413, "audio_too_large", None)
    assert error(live.send(session, 0, 0, b"no audio")) == (400, "unsupported_audio", None)
    assert live.said(session) == []
    assert live.say(session, 0)["text"] == english(0)


@pytest.mark.parametrize(
    ("seq", "start", "param"),
    [("-1", "0", "seq"), ("100000", "0", "seq"), ("x", "0", "seq"), ("0", "-1", "start"),
     ("0", "1.5", "start"), ("0", "", "start"), ("0", "14400001", "start")],
)  # fmt: skip
def test_wrong_numbers_are_refused(live: LiveWorld, seq: str, start: str, param: str) -> None:
    status, code, named = error(live.send(live.open(), seq, start, spoken([0])))
    assert (status, code, (named or "").lower()) == (400, "invalid_request", param)


def test_a_start_after_the_sessions_time_is_refused(live: LiveWorld) -> None:
    session = live.open(maxMinutes=2)
    late = live.send(session, 0, 120_001, spoken([0]))
    assert error(late) == (400, "invalid_request", "Start")
    assert live.say(session, 0, start=120_000)["start"] == 120


@pytest.mark.parametrize("session", ["none", "a" * 3_000, "a%20b", "..%2f..", "live%230"])
def test_what_is_no_session_is_not_found(live: LiveWorld, session: str) -> None:
    assert live.send(session, 1, 0, spoken([0])).status_code == 404
    assert live.api.provider.received == []


def test_what_is_not_called_audio_or_is_empty_is_refused(live: LiveWorld) -> None:
    session = live.open()
    named = live.send(session, 0, 0, spoken([0]), kind="application/json")
    assert error(named) == (400, "invalid_request", "Content-Type")
    assert error(live.send(session, 0, 0, b"")) == (400, "invalid_request", None)


def test_what_makes_no_sense_in_a_session_is_refused(live: LiveWorld) -> None:
    assert error(live.post(speakers=2)) == (400, "invalid_request", "speakers")
    assert error(live.post(maxMinutes=0)) == (400, "invalid_request", "maxMinutes")
    assert error(live.post(audioFileUrl="https://a.test/a.mp3"))[2] == "audioFileUrl"
    callback = live.post(callbackUrl="ftp://a.test/")
    assert error(callback) == (400, "url_not_allowed", "callbackUrl")
    assert live.api.functions.started == []


def test_a_session_that_has_ended_takes_no_more(live: LiveWorld) -> None:
    session = live.open()
    first = live.say(session, 0)
    live.end(session)
    assert error(live.send(session, 1, 0, spoken([1]))) == (409, "live_ended", None)
    assert live.say(session, 0) == first
    live.run(session, "ended")
    assert error(live.send(session, 1, 0, spoken([1]))) == (409, "live_ended", None)
    assert live.say(session, 0) == first


def test_the_bound_of_its_costs_is_that_of_the_whole_session(live: LiveWorld) -> None:
    session = live.open(maxCostUsd=1.5 * LENGTH / 60_000 * 0.006)
    live.say(session, 0)
    assert error(live.send(session, 1, 0, spoken([1]))) == (
        402,
        "cost_limit_exceeded",
        "maxCostUsd",
    )
    assert len(live.api.provider.received) == 1


def test_a_job_that_is_no_session_is_none_here(live: LiveWorld) -> None:
    upload = live.api.post({"fileName": "a.mp3", "size": 9}, "/uploads", headers=MINE)
    job = upload.json()["job"]["id"]
    assert error(live.api.get(f"/live/{job}", headers=MINE)) == (404, "not_found", None)
    assert error(live.end(job)) == (404, "not_found", None)
    assert error(live.send(job, 0, 0, spoken([0]))) == (404, "not_found", None)


# As a job


def test_to_delete_the_job_deletes_everything(live: LiveWorld) -> None:
    session = live.open()
    live.say(session, 0)
    assert live.api.delete(f"/jobs/{session}", headers=MINE).status_code == 204
    assert live.api.aws.keys() == []
    assert live.job(session)["status"] == "cancelled"
    assert error(live.send(session, 1, 0, spoken([1]))) == (404, "not_found", None)
    executions = [start.execution for start in live.api.functions.started]
    assert executions == [f"{session}-opened", f"{session}-ended"]
    live.run(session, "ended")
    assert live.api.delete(f"/jobs/{session}", headers=MINE).status_code == 204
    assert live.api.aws.items() == []


def test_its_end_is_called_back_once(live: LiveWorld) -> None:
    live.api.aws.client("ssm").put_parameter(
        Name="/audio-translation/webhook-secret",
        Value=WEBHOOK_SECRET,
        Type="SecureString",
        Overwrite=True,
    )
    with Receiver() as receiver:
        session = live.open(callbackUrl=receiver.hook(), reference="room 5")
        live.say(session, 0)
        live.ended(session)
        live.run(session, "opened")
        ((_, body),) = receiver.received
    message = json.loads(body)
    assert message["type"] == "translation.succeeded"
    assert (message["data"]["id"], message["data"]["reference"]) == (session, "room 5")


def test_its_record_is_about_the_utterances_that_were_heard(world: ApiWorld) -> None:
    with world.with_jobs(RECORDS="on", RECORD_KEY=world.aws.new_record_key()):
        live = LiveWorld(world)
        session = live.open(record=True)
        live.say(session, 0)
        assert live.ended(session)["record"] is not None
    s3 = world.aws.client("s3")

    def stored(name: str) -> bytes:
        with s3.get_object(Bucket=BUCKET, Key=f"jobs/{session}/{name}")["Body"] as body:
            return bytes(body.read())

    heard = stored("utterances.json")
    source = json.loads(stored("record.json"))["source"]
    assert source["sha256"] == hashlib.sha256(heard).hexdigest()
    assert (source["name"], source["bytes"]) == ("utterances.json", len(heard))
    audio = spoken([0])
    sums = {"bytes": len(audio), "sha256": hashlib.sha256(audio).hexdigest()}
    assert json.loads(heard) == [{"seq": 0, "start": 0, "end": LENGTH, **sums}]


def test_a_session_is_opened_once_for_an_idempotency_key(live: LiveWorld) -> None:
    key = {"Idempotency-Key": "a"}
    first, again = live.post(key), live.post(key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert error(live.post(key, maxMinutes=5)) == (409, "idempotency_conflict", "Idempotency-Key")
    assert len(live.api.functions.started) == 1


def test_utterances_are_counted_once_and_not_what_they_say(live: LiveWorld) -> None:
    session = live.open()
    live.say(session, 0, 3)
    live.say(session, 0, 3)
    live.ended(session)
    log = live.api.log.getvalue()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    seconds = [line["AudioSeconds"] for line in lines if "AudioSeconds" in line]
    assert seconds == [[LENGTH / 1000], [0.0]]
    dollars = [line["EstimatedDollars"][0] for line in lines if "EstimatedDollars" in line]
    assert dollars[0] > 0
    assert dollars[1:] == [0.0]
    assert english(3) not in log


def test_a_page_may_send_and_read_all_of_it(live: LiveWorld) -> None:
    with live.api.with_jobs(ALLOWED_ORIGINS="https://page.test"):
        response = live.post({"Origin": "https://page.test"})
    assert response.headers["access-control-allow-origin"] == "https://page.test"
    assert "Location" in response.headers["access-control-expose-headers"]


def test_words_and_sources_are_in_verbose_json(live: LiveWorld) -> None:
    session = live.open(include=["source", "words"])
    said = live.say(session, 0)
    assert (said["source"], said["language"]) == (spanish(0), "es")
    told = live.look(session, "verbose_json")
    (segment,) = told["segments"]
    assert segment["source"] == spanish(0)
    assert [word["word"] for word in segment["words"]]
