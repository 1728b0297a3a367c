"""What OpenAI's gpt-4o-transcribe-diarize answers, and what it refuses.

Source: openai-python 3.54, ``types/audio/transcription_diarized.py``; its errors as users report
them (OpenAI's forum, thread 1364231).
"""

from collections.abc import Callable, Sequence

from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Heard
from tests.fakes.provider.scripted_server import Received


def diarized(
    heard: Sequence[Heard],
    received: Received,
    voice: Callable[[int], object] | None,
    *,
    delay: float = 0.0,
) -> Answer:
    """Return what is said and by whom; ``voice`` tells who says a sentence, None: nobody can."""
    if voice is None:
        return _refused("response_format 'diarized_json' is not compatible with this model.")
    if not received.fields.get("chunking_strategy"):
        return _refused("chunking_strategy is required for diarization models")
    if received.fields.get("prompt"):
        return _refused("Prompt is not supported for diarization models")
    voices = list(dict.fromkeys(voice(one.number) for one in heard))
    labels = {one: chr(ord("A") + number) for number, one in enumerate(voices)}
    segments = [
        {
            "type": "transcript.text.segment",
            "id": f"seg_{number}",
            "start": one.start / 1000,
            "end": one.end / 1000,
            "text": f" {one.source}",
            "speaker": labels[voice(one.number)],
        }
        for number, one in enumerate(heard)
    ]
    text = " ".join(one.source for one in heard)
    answer = {"task": "transcribe", "duration": 1.0, "text": text, "segments": segments}
    return Answer(answer, delay=delay)


def _refused(message: str) -> Answer:
    return Answer(envelope(message, "invalid_request_error", "invalid_value"), 400)
