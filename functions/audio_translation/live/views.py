"""Live sessions and utterances as their callers see them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from audio_translation.jobs.job import Job, JobStatus
from audio_translation.live.utterance import GAP, Failure, Spoken, Utterance
from audio_translation.transcript import seconds


class SessionView(BaseModel):
    """A live session that was opened. Utterances are taken until `expires`.

    The other fields are those of the request; `GET /jobs/{id}` shows the session as a job.
    """

    id: str
    status: JobStatus
    created: datetime
    expires: datetime
    maxMinutes: int  # noqa: N815  JSON's name
    targetLanguage: str  # noqa: N815
    sourceLanguage: str | None  # noqa: N815
    include: tuple[str, ...]
    keywords: tuple[str, ...]
    model: str | None
    reference: str | None

    @classmethod
    def of(cls, session: Job, max_minutes: int) -> "SessionView":
        """Return the view of a session that was made for so many minutes."""
        asked = session.request
        return cls(
            id=session.id,
            status=session.status,
            created=session.created,
            expires=session.live_until or session.created,
            maxMinutes=max_minutes,
            targetLanguage=asked.target_language,
            sourceLanguage=asked.source_language,
            include=asked.include,
            keywords=asked.keywords,
            model=asked.model,
            reference=asked.reference,
        )


class UtteranceView(BaseModel):
    """An utterance: its number, when it was said, and its text, empty where nobody speaks.

    `start` and `end` are those of its audio on the session's clock, in seconds. `source` is what
    was said (`include`), `language` the code of the language where it is known.
    """

    seq: int
    start: float
    end: float
    text: str
    source: str | None = None
    language: str | None = None

    @classmethod
    def of(cls, utterance: Utterance, session: Job) -> "UtteranceView":
        """Return the view of a translated utterance."""
        return cls(
            seq=utterance.seq,
            start=seconds(utterance.start),
            end=seconds(utterance.end),
            text=utterance.text,
            source=utterance.source if session.request.with_source else None,
            language=utterance.language,
        )


class TranslatedUtterance(UtteranceView):
    """The same as the answer to whoever sent it: it does not change any more."""

    final: Literal[True] = True


class SessionUtterance(UtteranceView):
    """The same in a list; `failed` if it could not be translated, in which case it has no text."""

    failed: Literal[True] | None = None

    @classmethod
    def gap(cls, failure: Failure) -> "SessionUtterance":
        """Return the view of an utterance that could not be translated."""
        return cls(
            seq=failure.seq,
            start=seconds(failure.start),
            end=seconds(failure.end),
            text=GAP,
            failed=True,
        )


class SessionList(BaseModel):
    """All utterances of a session up to now, by their start. `expires` is when it ends, or did."""

    id: str
    status: JobStatus
    expires: datetime
    utterances: list[SessionUtterance] = Field(default_factory=list)

    @classmethod
    def of(cls, session: Job, spoken: Spoken) -> "SessionList":
        """Return the view of all that is said in a session."""
        return cls(
            id=session.id,
            status=session.status,
            expires=session.live_until or session.created,
            utterances=[
                SessionUtterance.gap(one)
                if isinstance(one, Failure)
                else SessionUtterance.of(one, session)
                for one in spoken.in_order()
            ],
        )
