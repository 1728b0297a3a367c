"""Sessions for callers who send twice, at once, too late, or from several sandboxes."""

import hashlib
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from audio_translation.deadline import Deadline
from audio_translation.errors import (
    IdempotencyConflict,
    LiveEnded,
    NotFound,
    ProviderRejected,
    RateLimited,
)
from audio_translation.live.live_request import LiveRequest
from audio_translation.live.live_sessions import Answered, LiveSessions
from audio_translation.live.translate_utterance import SentUtterance
from audio_translation.wiring.request_functions import request_functions
from tests.audio.tones import english, spoken
from tests.fakes.aws.lambda_invoke import Functions
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.jobs import JobWorld

OWNER = "me"


def opened(live: LiveSessions, **fields: object) -> str:
    return live.open(LiveRequest.model_validate(fields), owner=OWNER).id


def sent(seq: int, *sentences: int) -> SentUtterance:
    audio = spoken(sentences or [seq])
    return SentUtterance(seq, 5_000 * seq, audio, hashlib.sha256(audio).hexdigest())


def say(
    live: LiveSessions, session: str, utterance: SentUtterance, seconds: float = 20
) -> Answered:
    return live.speak(session, utterance, owner=OWNER, deadline=Deadline.after(seconds))


def test_one_that_is_sent_twice_at_once_is_paid_once_and_answered_twice(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live)
    jobs.provider.delay = 0.5
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: say(live, session, sent(7)), range(4)))
    assert {answer.utterance.text for answer in answers} == {english(7)}
    assert list(jobs.provider.paid.values()) == [1]
    found = live.find(session, OWNER)
    assert (found.chunks_done, live.table.under_way(session)) == (1, 0)


def test_who_waits_for_the_first_sender_takes_over_when_that_one_fails(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live)
    jobs.provider.instead[3] = deque([Answer(envelope("You may not"), 403, delay=0.5)])
    begun = threading.Event()
    jobs.provider.on_call = lambda _: begun.set()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(say, live, session, sent(3))
        assert begun.wait(20)
        assert say(live, session, sent(3)).utterance.text == english(3)
        assert first.exception() is not None


def test_who_waits_for_too_long_is_told_to_come_back(live: LiveSessions, jobs: JobWorld) -> None:
    session = opened(live)
    jobs.provider.delay = 2
    begun = threading.Event()
    jobs.provider.on_call = lambda _: begun.set()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(say, live, session, sent(0))
        assert begun.wait(20)
        with pytest.raises(IdempotencyConflict) as raised:
            say(live, session, sent(0), seconds=0.3)
        assert raised.value.retry_after
        with pytest.raises(IdempotencyConflict) as other:
            say(live, session, sent(0, 9))
        assert other.value.retry_after is None
        assert first.result().utterance.text == english(0)


def test_another_sandbox_answers_from_what_is_stored(live: LiveSessions, jobs: JobWorld) -> None:
    session = opened(live)
    first = say(live, session, sent(1)).utterance
    request_functions.cache_clear()
    again = say(request_functions().live, session, sent(1)).utterance
    assert again == first
    assert list(jobs.provider.paid.values()) == [1]


def test_an_utterance_under_way_when_the_session_ends_still_belongs_to_it(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live)
    jobs.provider.on_call = lambda _: live.end(session, OWNER)
    assert say(live, session, sent(0)).utterance.text == english(0)
    with pytest.raises(LiveEnded):
        say(live, session, sent(1))
    assert say(live, session, sent(0)).utterance.text == english(0)
    with pytest.raises(IdempotencyConflict):
        say(live, session, sent(0, 5))


def test_an_utterance_under_way_when_the_session_is_deleted_leaves_nothing(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live)
    jobs.provider.on_call = lambda _: live.jobs.delete(live.find(session, OWNER))
    with pytest.raises(NotFound):
        say(live, session, sent(0))
    assert jobs.stored() == []


def test_a_failure_is_noted_and_lets_go_of_the_utterance(
    live: LiveSessions, jobs: JobWorld
) -> None:
    session = opened(live)
    jobs.provider.instead[0] = deque([Answer(envelope("You may not"), 403)] * 2)
    with pytest.raises(ProviderRejected):
        say(live, session, sent(0))
    assert live.table.under_way(session) == 0
    assert live.files.all(session).gaps == ()
    with pytest.raises(ProviderRejected):
        say(live, session, sent(0))
    (gap,) = live.files.all(session).gaps
    assert (gap.seq, gap.start, gap.length, gap.tries) == (0, 0, 3_500, 2)


def test_a_session_that_cannot_be_started_is_none(
    live: LiveSessions, jobs: JobWorld, functions: Functions
) -> None:
    functions.refusals.extend([(429, "TooManyRequestsException")] * 3)
    with pytest.raises(RateLimited):
        opened(live)
    assert jobs.aws.items() == []


def test_a_session_is_kept_for_the_retention_after_its_end(live: LiveSessions) -> None:
    session = live.find(opened(live, maxMinutes=120), OWNER)
    lasts = session.expires - datetime.now(UTC)
    assert timedelta() <= timedelta(days=7, hours=2) - lasts < timedelta(seconds=10)


def test_the_session_ends_though_its_end_cannot_be_started_at_once(
    live: LiveSessions, functions: Functions
) -> None:
    session = opened(live)
    functions.refusals.extend([(429, "TooManyRequestsException")] * 3)
    with pytest.raises(RateLimited):
        live.end(session, OWNER)
    functions.reset()
    assert live.end(session, OWNER).id == session
    assert [start.execution for start in functions.started] == [f"{session}-ended"]
