"""Sessions and utterances as their callers see them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from audio_translation.jobs.job import Job
from audio_translation.live.utterance import Failure, Spoken, Utterance
from audio_translation.live.views import SessionList, SessionView, TranslatedUtterance
from audio_translation.translation.request import TranslationRequest
from tests.unit.jobs.made_jobs import made

NOW = datetime.now(UTC)


def session(**fields: Any) -> Job:
    request = TranslationRequest.model_validate({"audioFileUrl": "s3://b/k", **fields})
    return made("live", request=request, live_until=NOW + timedelta(hours=1))


HOLA = Utterance(3, 1_250, 2_000, "sum", 9, "Hello.", "Hola.", "es", ())


def test_an_utterance_has_its_times_in_seconds_and_is_final() -> None:
    view = TranslatedUtterance.of(HOLA, session())
    assert view.model_dump(exclude_none=True) == {
        "seq": 3,
        "start": 1.25,
        "end": 3.25,
        "text": "Hello.",
        "language": "es",
        "final": True,
    }


def test_what_was_said_is_shown_to_whoever_asked_for_it() -> None:
    assert TranslatedUtterance.of(HOLA, session(include=["source"])).source == "Hola."


def test_a_list_has_gaps_in_their_place() -> None:
    spoken = Spoken.of([HOLA], [Failure(1, 0, 1_000, 2), Failure(2, 500, 500, 1)])
    listed = SessionList.of(session(), spoken).model_dump(mode="json", exclude_none=True)
    assert listed["utterances"] == [
        {"seq": 1, "start": 0.0, "end": 1.0, "text": "[not translated]", "failed": True},
        {"seq": 3, "start": 1.25, "end": 3.25, "text": "Hello.", "language": "es"},
    ]
    assert listed["id"] == "live"


def test_a_session_says_until_when_it_lasts() -> None:
    view = SessionView.of(session(targetLanguage="de"), 60)
    assert (view.expires, view.maxMinutes) == (NOW + timedelta(hours=1), 60)
    assert view.targetLanguage == "de"
