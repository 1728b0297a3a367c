"""POST /practice: what was said in a recording, beside what was to be said."""

import hashlib
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from audio_translation.download.audio_source import AudioUrl, SentFile
from audio_translation.errors import ServiceError
from audio_translation.http_api.app import only_an_object
from audio_translation.http_api.caller import caller_of
from audio_translation.http_api.idempotency_key import IdempotencyKey, first_answer
from audio_translation.http_api.openapi.responses import PRACTICE_RESPONSES
from audio_translation.http_api.request_event import FILE
from audio_translation.http_api.response_headers import response_headers
from audio_translation.practice.request import PracticeOptions, PracticeRequest
from audio_translation.practice.result import Practiced
from audio_translation.translation.request import TranslationOptions
from audio_translation.wiring.request_functions import request_functions

_RESERVE_SECONDS = 1.0
"""Kept back from the invocation's time to send the answer."""


class SentPractice(PracticeOptions):
    """The options of a form, and what its file is told from another one by."""

    sha256: str


router = Router()  # type: ignore[no-untyped-call]


@router.post(
    "/practice",
    operation_id="practice",
    tags=["Practice"],
    responses=PRACTICE_RESPONSES,
    middlewares=[only_an_object],
)
def practice(body: PracticeRequest, idempotency_key: IdempotencyKey = None) -> Response[str]:
    """Compare a recording with what is to be said.

    It tells whether one is understood, word by word, and not how good the sounds are.
    """
    caller = caller_of(router)
    file: SentFile | None = router.current_event.raw_event.get(FILE)
    answer = first_answer(
        idempotency_key,
        body if file is None else _sent(body, file),
        lambda: _answer(body, file),
        owner=caller.owner,
        context=router.lambda_context,
    )
    return Response(200, "application/json", answer["body"], answer["headers"])


def _answer(body: PracticeRequest, file: SentFile | None) -> dict[str, Any]:
    """Return body and headers, as JSON can keep them."""
    functions = request_functions()
    source = file or AudioUrl(body.audio_file_url, functions.download)
    caller = caller_of(router)
    deadline = caller.before(_RESERVE_SECONDS)
    try:
        made: Practiced = functions.practice.practiced(
            body, source, owner=caller.owner, deadline=deadline
        )
    except ServiceError as error:
        if file is not None and error.param == "audioFileUrl":
            error.param = "file"
        raise
    headers = response_headers(
        functions.model_asked(TranslationOptions(model=body.model)),
        made.served,
        untranslated_segments=0,
        warnings=len(made.warnings),
    )
    return {"body": made.as_json(), "headers": headers}


def _sent(body: PracticeRequest, file: SentFile) -> SentPractice:
    fields = body.model_dump(by_alias=True, include=set(PracticeOptions.model_fields))
    return SentPractice.model_validate(
        {**fields, "sha256": hashlib.sha256(file.content).hexdigest()}
    )
