"""How recordings are listened to, the same for requests and jobs: so a job finds their chunks."""

import os
from collections.abc import Mapping

from audio_translation.audio.audio_file import LARGE
from audio_translation.audio.chunk_plan import LEAST_LIMIT, longest
from audio_translation.audio.decoder import Decoder
from audio_translation.audio.recording import Listening
from audio_translation.settings import Settings

_LONGEST_CHUNK = 300_000
"""Milliseconds; Whisper on one machine needs 0.7 GB of memory for so much."""

_MEGABYTES_PER_PROCESSOR = 1769
"""Lambda shows two processors to small functions, too, but gives time in proportion to memory.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""


def listening(settings: Settings, decoder: Decoder) -> Listening:
    """Return the lengths of chunks and of audio from the settings."""
    return Listening(
        decoder=decoder,
        target=settings.chunk_target_seconds * 1000,
        limit=max(LEAST_LIMIT, min(longest(settings.provider_max_audio_bytes), _LONGEST_CHUNK)),
        max_duration=round(settings.max_job_audio_hours * 3_600_000),
        own_process=LARGE,
        processors=_processors(os.environ),
    )


def _processors(environ: Mapping[str, str]) -> int:
    """Return how many processes get a processor of their own."""
    megabytes = int(environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 0))
    return megabytes // _MEGABYTES_PER_PROCESSOR or 1 if megabytes else len(os.sched_getaffinity(0))
