"""POST /translate, also under the Backendless name: 200 with the translation, or 202 with a job."""

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from audio_translation.download.audio_source import SentFile
from audio_translation.errors import ServiceError
from audio_translation.http_api.app import only_an_object
from audio_translation.http_api.cache_control import CacheControl, as_header_says
from audio_translation.http_api.caller import caller_of
from audio_translation.http_api.idempotency_key import IdempotencyKey, first_answer
from audio_translation.http_api.openapi.responses import TRANSLATION_RESPONSES
from audio_translation.http_api.polling import (
    Poll,
    PollParameter,
    Prefer,
    asked_poll,
    polling_headers,
    prefers_async,
)
from audio_translation.http_api.request_event import BACKENDLESS, FILE, header
from audio_translation.http_api.response_headers import response_headers
from audio_translation.jobs.job import Job
from audio_translation.translation.direct import Outcome
from audio_translation.translation.request import (
    BackendlessRequest,
    TranslationOptions,
    TranslationRequest,
)
from audio_translation.wiring.request_functions import request_functions


class SentFileRequest(TranslationOptions):
    """The options of a form, and what its file is told from another one by."""

    sha256: str
    file_name: str

    @classmethod
    def of(cls, request: TranslationRequest, file: SentFile) -> "SentFileRequest":
        """Return the same for a file that was sent."""
        options = request.model_dump(by_alias=True, include=set(TranslationOptions.model_fields))
        told = {"sha256": hashlib.sha256(file.content).hexdigest(), "fileName": file.name}
        return cls.model_validate({**options, **told})

    @property
    def options(self) -> TranslationOptions:
        """The options alone."""
        fields = self.model_dump(by_alias=True, include=set(TranslationOptions.model_fields))
        return TranslationOptions.model_validate(fields)


router = Router()  # type: ignore[no-untyped-call]


@router.post(
    "/translate",
    operation_id="translate",
    tags=["Translation"],
    responses=TRANSLATION_RESPONSES,
    middlewares=[only_an_object],
)
def translate(
    body: TranslationRequest,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
    poll: PollParameter = None,
    cache_control: CacheControl = None,
) -> Response[str]:
    """Translate an audio file. An unknown field is an error."""
    asked = as_header_says(body, cache_control)
    return _response(asked, prefer, idempotency_key, poll, {})


@router.post(
    BACKENDLESS,
    operation_id="translateForBackendless",
    tags=["Backendless"],
    responses=TRANSLATION_RESPONSES,
    middlewares=[only_an_object],
)
def translate_for_backendless(
    body: BackendlessRequest,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
    poll: PollParameter = None,
    cache_control: CacheControl = None,
) -> Response[str]:
    """Do the same under the Backendless name; unknown fields are ignored."""
    names = ", ".join(quote(name, safe=" ") for name in body.ignored_fields)
    headers = {"X-Ignored-Fields": names} if names else {}
    if header(router.current_event.raw_event, "bl-execution-type").startswith("async"):
        prefer = [*(prefer or []), "respond-async"]
    asked = as_header_says(body.known, cache_control)
    return _response(asked, prefer, idempotency_key, poll, headers)


def _response(
    request: TranslationRequest,
    prefer: list[str] | None,
    idempotency_key: str | None,
    poll: Poll | None,
    headers: dict[str, str],
) -> Response[str]:
    caller, respond_async = caller_of(router), prefers_async(prefer)
    direct_or_job = request_functions().direct_or_job
    file: SentFile | None = router.current_event.raw_event.get(FILE)
    sent = None if file is None else SentFileRequest.of(request, file)

    def made() -> Outcome | Job:
        if sent is None or file is None:
            return direct_or_job.translate(request, caller, respond_async=respond_async)
        return direct_or_job.translate_sent(sent.options, file, caller, respond_async=respond_async)

    answer = first_answer(
        idempotency_key,
        sent or request,
        lambda: _answer(
            _in_words_of_forms(made, sent),
            request,
            asked_poll(prefer, poll),
            respond_async=respond_async,
        ),
        owner=caller.owner,
        context=router.lambda_context,
    )
    return Response(
        int(answer["status"]),
        answer["content_type"],
        answer["body"],
        {**answer["headers"], **headers},
    )


def _in_words_of_forms(
    made: Callable[[], Outcome | Job], sent: SentFileRequest | None
) -> Outcome | Job:
    """Name the form's field in errors about audio that was sent in a form."""
    try:
        return made()
    except ServiceError as error:
        if sent is not None and error.param == "audioFileUrl":
            error.param = "file"
        raise


def _answer(
    made: Outcome | Job, request: TranslationRequest, poll: Poll | None, *, respond_async: bool
) -> dict[str, Any]:
    """Return status, content type, body and headers, as JSON can keep them."""
    if isinstance(made, Job):
        return _job(made, poll, respond_async=respond_async)
    saved = {"X-Source-Location": made.source_location, "X-Source-Error": made.source_error}
    headers = {name: value for name, value in saved.items() if value}
    headers |= response_headers(
        request_functions().model_asked(request),
        made.served,
        untranslated_segments=made.untranslated_segments,
        warnings=made.warnings,
        job_id=made.job_id,
        cached=made.cached,
    )
    return {
        "status": 200,
        "content_type": made.rendered.content_type,
        "body": made.rendered.text,
        "headers": headers,
    }


def _job(job: Job, poll: Poll | None, *, respond_async: bool) -> dict[str, Any]:
    headers = polling_headers(router.current_event.raw_event, job, poll)
    if respond_async:
        headers["Preference-Applied"] = "respond-async"
    return {
        "status": 202,
        "content_type": "application/json",
        "body": request_functions().jobs.views.view(job).model_dump_json(),
        "headers": headers,
    }
