"""What callers do with live sessions: open one, speak, look, end it. A session is a job."""

import secrets
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from audio_translation.aws.bucket_keys import is_job_id
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    IdempotencyConflict,
    InvalidRequest,
    LiveEnded,
    NotFound,
    ServiceError,
)
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.job_starter import LiveStart
from audio_translation.jobs.management import JobManagement
from audio_translation.jobs.waiting_caller import laid_out
from audio_translation.live.live_request import LiveRequest
from audio_translation.live.session_table import Claim, Refused, SessionTable
from audio_translation.live.translate_utterance import (
    NotTranslated,
    SentUtterance,
    TranslateUtterance,
)
from audio_translation.live.utterance import Spoken, Utterance
from audio_translation.live.utterance_files import UtteranceFiles
from audio_translation.transcript import milliseconds
from audio_translation.translation.direct import Outcome

_BEFORE = 3
"""Utterances before one that are looked at for what was said before it."""
_FIRST_LOOK, _LONGEST_LOOK = 0.1, 1.0
"""Seconds between looks at whether the same utterance, sent before, is translated."""
_AGAIN_SECONDS = 2
_STORING_SECONDS = 8.0
"""What it may take to store an utterance, or to learn that it cannot be stored."""


class Answered(NamedTuple):
    """An utterance with its text, and its session."""

    session: Job
    utterance: Utterance


@dataclass(frozen=True)
class LiveSessions:
    """Sessions for their owners; one of another owner raises NotFound.

    All methods raise RateLimited and Internal, too, when AWS fails.
    """

    jobs: JobManagement
    table: SessionTable
    files: UtteranceFiles
    translate: TranslateUtterance

    def open(self, request: LiveRequest, *, owner: str) -> Job:
        """Make a session, and start what ends it when its time is over.

        Raises InvalidRequest if there are no records here and one is asked for.
        """
        request = self.jobs.defaults.applied(request)
        session_id = secrets.token_hex(16)
        now = datetime.now(UTC)
        until = now + timedelta(minutes=request.max_minutes)
        session = Job(
            id=session_id,
            owner=owner,
            status=JobStatus.RUNNING,
            request=request.translation_of(self.jobs.files.source(session_id, "live").url),
            created=now,
            updated=now,
            expires=until + self.jobs.retention,
            file_name=f"Live, {now:%Y-%m-%d %H:%M} UTC",
            live_until=until,
        )
        self.jobs.table.create(session)
        try:
            self.jobs.starter.start(session_id, live=LiveStart.OPENED)
        except Exception:
            self.jobs.table.delete(session_id, states=(JobStatus.RUNNING,))  # nobody knows its id
            raise
        return session

    def find(self, session_id: str, owner: str) -> Job:
        """Return a session of ``owner``, whether it runs or has ended."""
        job = self.jobs.find(session_id, owner)
        if job.live_until is None:
            raise NotFound(f"This job is no live session: GET /jobs/{job.id}.")
        return job

    def speak(
        self, session_id: str, sent: SentUtterance, *, owner: str, deadline: Deadline
    ) -> Answered:
        """Return an utterance with its text: that of now, or what was answered before.

        Raises LiveEnded, IdempotencyConflict if its number has other audio or is being translated
        for too long, what is wrong with its audio, and what its translation failed with.
        """
        if not is_job_id(session_id):
            raise _no_session()
        self.translate.begin()
        before = self._read_before(session_id, sent.seq)
        claim = Claim.of(session_id, sent.seq, sent.sha256, deadline.left())
        session = self._taken(claim, owner, deadline)
        if session is None:
            return self._known(claim, owner)
        try:
            _check_start(sent, session)
            # Only now: who had it until a moment ago may have translated it.
            known = self.files.find(session_id, [sent.seq]).get(sent.seq)
            made = known or self._translated(sent, session, before.result(), deadline)
        except BaseException:
            with suppress(ServiceError):  # it is free again when this request's time is over
                self.table.give_back(claim)
            raise
        length = 0 if known else made.length
        if not self.table.give_back(claim, length=length) and not known:
            self._check_is_there(session_id)
        return Answered(session, _same_audio(made, sent.sha256))

    def spoken(self, session: Job) -> Spoken:
        """Return all that is said in a session up to now."""
        return self.files.all(session.id)

    def laid_out(self, session: Job, response_format: ResponseFormat) -> Outcome:
        """Return all that is said in a session up to now, in a format."""
        if session.status is JobStatus.SUCCEEDED:
            return laid_out(session, self.jobs, response_format)
        translation = self.spoken(session).translation(session, self.translate.default_model)
        asked = session.request.model_copy(update={"response_format": response_format})
        return Outcome.of(translation, asked)

    def end(self, session_id: str, owner: str) -> Job:
        """Have a session take no more utterances, and become a finished job; return it."""
        session = self.find(session_id, owner)
        if session.status.final:
            return session
        self.table.close(session_id)
        self.jobs.starter.start(session_id, live=LiveStart.ENDED)
        return self.find(session_id, owner)

    def _read_before(self, session_id: str, seq: int) -> Future[dict[int, Utterance]]:
        """Begin to read the utterances before one, which takes longer than to take that one."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="before")
        try:
            return pool.submit(self.files.find, session_id, range(max(0, seq - _BEFORE), seq))
        finally:
            pool.shutdown(wait=False)

    def _taken(self, claim: Claim, owner: str, deadline: Deadline) -> Job | None:
        """Return the session in which an utterance was taken, None if the session is over."""
        pause = _FIRST_LOOK
        while True:
            session = self.table.take(claim, owner)
            if isinstance(session, Job):
                return session
            if session is Refused.OVER:
                return None
            if session is Refused.OTHER_AUDIO:
                raise _conflict()
            if session is Refused.NO_SESSION:
                raise _no_session()
            if deadline.left() <= pause:
                raise IdempotencyConflict(
                    "This utterance was sent before and is not translated yet. Send it later.",
                    param="Seq",
                    retry_after=_AGAIN_SECONDS,
                )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_LOOK)

    def _known(self, claim: Claim, owner: str) -> Answered:
        """Return what was answered before in a session that takes nothing more."""
        session = self.find(claim.session_id, owner)
        known = self.files.find(claim.session_id, [claim.seq])
        if not known:
            raise LiveEnded(
                f"The session has ended and takes no more utterances: GET /jobs/{session.id} has"
                " what was said. Open another one with POST /live."
            )
        return Answered(session, _same_audio(known[claim.seq], claim.sha256))

    def _translated(
        self, sent: SentUtterance, session: Job, before: dict[int, Utterance], deadline: Deadline
    ) -> Utterance:
        try:
            made = self.translate.translate(sent, session, list(before.values()), deadline)
        except NotTranslated as failed:
            self.files.note_failure(session.id, sent.seq, start=sent.start, length=failed.length)
            raise failed.reason from None
        return self._kept(session.id, made, deadline)

    def _kept(self, session_id: str, made: Utterance, deadline: Deadline) -> Utterance:
        """Store what is paid for, as often as there is time: sent again, it would be paid again."""
        pause = _FIRST_LOOK
        while True:
            try:
                return self.files.keep(session_id, made)
            except ServiceError:
                if deadline.left() < pause + _STORING_SECONDS:
                    raise
            time.sleep(pause)
            pause *= 2

    def _check_is_there(self, session_id: str) -> None:
        """Raise if a session was deleted, or finished, while an utterance was translated."""
        session = self.jobs.table.find(session_id)
        if session is None or session.status is JobStatus.CANCELLED:
            self.jobs.files.delete_all(session_id)
            raise NotFound("The session was deleted meanwhile.")
        if session.status.final:
            raise LiveEnded("The session ended before this utterance was translated.")


def _no_session() -> NotFound:
    return NotFound("There is no such session of yours, or it is no longer kept.")


def _check_start(sent: SentUtterance, session: Job) -> None:
    """Raise InvalidRequest for an utterance that begins after the session's time."""
    lasts = (session.live_until or session.created) - session.created
    if sent.start > milliseconds(lasts.total_seconds()):
        raise InvalidRequest(
            f"Start: the session lasts {lasts.total_seconds() / 60:g} minutes, in milliseconds"
            f" {milliseconds(lasts.total_seconds())}.",
            param="Start",
        )


def _same_audio(known: Utterance, sha256: str) -> Utterance:
    if known.sha256 != sha256:
        raise _conflict()
    return known


def _conflict() -> IdempotencyConflict:
    return IdempotencyConflict(
        "Another utterance was sent with this number before. Number each one anew.", param="Seq"
    )
