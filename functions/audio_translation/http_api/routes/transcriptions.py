"""OpenAI's contract: POST /v1/audio/transcriptions."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from audio_translation.http_api.cache_control import CacheControl
from audio_translation.http_api.forms.transcription_form import TranscriptionForm
from audio_translation.http_api.openapi.responses import TRANSCRIPTION_RESPONSES
from audio_translation.http_api.routes.openai import answer_to_form

router = Router()  # type: ignore[no-untyped-call]


@router.post(
    "/v1/audio/transcriptions",
    operation_id="createTranscription",
    tags=["OpenAI"],
    responses=TRANSCRIPTION_RESPONSES,
)
def transcribe(cache_control: CacheControl = None) -> Response[str]:
    """Write down what is said in the audio file of a form, as OpenAI does."""
    return answer_to_form(router, lambda form: TranscriptionForm.of(form).options, cache_control)
