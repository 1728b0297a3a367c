"""POST /live, POST /live/{id}/utterances, GET and DELETE /live/{id}: live captions."""

import hashlib
import json
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from pydantic import BeforeValidator

from audio_translation.errors import AudioTooLarge, InvalidRequest
from audio_translation.formats.response_format import ResponseFormat, any_case
from audio_translation.http_api.app import only_an_object
from audio_translation.http_api.base_path import public_url
from audio_translation.http_api.caller import caller_of, owner
from audio_translation.http_api.idempotency_key import IdempotencyKey, first_answer
from audio_translation.http_api.openapi.live_responses import (
    LIVE,
    LIVE_ENDED,
    LIVE_OPENED,
    UTTERANCE,
)
from audio_translation.http_api.polling import job_url, polling_headers
from audio_translation.http_api.request_event import header, raw_body
from audio_translation.http_api.response_headers import response_headers
from audio_translation.live.live_request import LONGEST_MINUTES, LiveRequest
from audio_translation.live.translate_utterance import SentUtterance
from audio_translation.live.views import SessionList, SessionView, TranslatedUtterance
from audio_translation.wiring.request_functions import request_functions

_MOST_UTTERANCES = 100_000
_LONGEST_ANSWER = 6_200_000
"""Bytes of the body as JSON; Lambda's limit is 6 MiB with the headers."""
_RESERVE_SECONDS = 1.0
"""Kept back from the invocation's time to keep and send the answer."""

router = Router()  # type: ignore[no-untyped-call]


@router.post(
    "/live",
    operation_id="openLiveSession",
    tags=["Live"],
    responses=LIVE_OPENED,
    middlewares=[only_an_object],
)
def open_session(body: LiveRequest, idempotency_key: IdempotencyKey = None) -> Response[str]:
    """Open a live session, whose utterances are translated one by one."""
    event = router.current_event.raw_event
    answer = first_answer(
        idempotency_key,
        body,
        lambda: _opened(body, event),
        owner=owner(event),
        context=router.lambda_context,
    )
    return Response(201, "application/json", answer["body"], {"Location": answer["location"]})


@router.post(
    "/live/<session_id>/utterances",
    operation_id="translateUtterance",
    tags=["Live"],
    responses=UTTERANCE,
)
def speak(
    session_id: str,
    seq: Annotated[
        int,
        Header(
            alias="Seq",
            ge=0,
            lt=_MOST_UTTERANCES,
            description="The utterance's number in the session, from 0; sent again with the same"
            " audio, it gets its first answer and costs nothing",
        ),
    ],
    start: Annotated[
        int,
        Header(
            alias="Start",
            ge=0,
            le=LONGEST_MINUTES * 60_000,
            description="When its audio begins on the session's clock, in milliseconds",
        ),
    ],
) -> Response[str]:
    """Translate an utterance of a live session: the body is its audio, at most 30 seconds."""
    event, caller = router.current_event.raw_event, caller_of(router)
    content = _audio(event)
    sent = SentUtterance(seq, start, content, hashlib.sha256(content).hexdigest())
    session, said = request_functions().live.speak(
        session_id, sent, owner=caller.owner, deadline=caller.before(_RESERVE_SECONDS)
    )
    view = TranslatedUtterance.of(said, session)
    return Response(200, "application/json", view.model_dump_json(exclude_none=True))


@router.get("/live/<session_id>", operation_id="getLiveSession", tags=["Live"], responses=LIVE)
def session(
    session_id: str,
    response_format: Annotated[
        ResponseFormat, BeforeValidator(any_case), Query(alias="format")
    ] = ResponseFormat.JSON,
) -> Response[str]:
    """Tell all that is said in a live session up to now, also after its end."""
    live = request_functions().live
    found = live.find(session_id, owner(router.current_event.raw_event))
    if response_format is ResponseFormat.JSON:
        view = SessionList.of(found, live.spoken(found))
        return _answer("application/json", view.model_dump_json(exclude_none=True), {})
    made = live.laid_out(found, response_format)
    headers = response_headers(
        request_functions().model_asked(found.request),
        made.served,
        untranslated_segments=made.untranslated_segments,
        warnings=made.warnings,
    )
    return _answer(made.rendered.content_type, made.rendered.text, headers)


@router.delete(
    "/live/<session_id>", operation_id="endLiveSession", tags=["Live"], responses=LIVE_ENDED
)
def end(session_id: str) -> Response[str]:
    """End a live session; it becomes a finished job, with all that was said."""
    event = router.current_event.raw_event
    ended = request_functions().live.end(session_id, owner(event))
    headers = {"Location": job_url(event, ended.id), **polling_headers(event, ended, None)}
    view = request_functions().jobs.views.view(ended)
    status = 200 if ended.status.final else 202
    return Response(status, "application/json", view.model_dump_json(), {**headers})


def _opened(request: LiveRequest, event: dict[str, Any]) -> dict[str, Any]:
    functions = request_functions()
    functions.download.check_callback_url(request.callback_url)
    opened = functions.live.open(request, owner=owner(event))
    functions.telemetry.submitted("live")
    return {
        "body": SessionView.of(opened, request.max_minutes).model_dump_json(),
        "location": f"{public_url(event)}/live/{opened.id}",
    }


def _audio(event: dict[str, Any]) -> bytes:
    """Return the body's bytes; raises InvalidRequest.

    API Gateway makes text of what is not called audio.
    """
    kind = header(event, "content-type").lower()
    if not kind.startswith("audio/"):
        raise InvalidRequest(
            "Content-Type: the body must be the sound itself, sent as audio/wav, audio/flac,"
            " audio/webm or audio/ogg.",
            param="Content-Type",
        )
    content = raw_body(event)
    if not content:
        raise InvalidRequest("The body is empty: it must be the sound itself.")
    return content


def _answer(kind: str, text: str, headers: dict[str, str]) -> Response[str]:
    if len(json.dumps(text)) > _LONGEST_ANSWER:
        raise AudioTooLarge(
            "All that is said in the session is too long for one answer in this format. Ask for"
            " text, srt or vtt."
        )
    return Response(200, kind, text, {**headers})
