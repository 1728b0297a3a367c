"""Half a minute of real speech through transcribe-then-translate, over HTTP, heard by Whisper.

``make bench`` does it with a minute of all four languages, without a hint, and beside the engine
with one step.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audio_translation.languages import NAMES
from audio_translation.translation.checks.language_detection import LanguageDetector
from local.service import LocalService
from tests.audio.accuracy import (
    MOST_FOREIGN,
    MOST_START_ERROR_OF_TWO_STEPS,
    TranslatedFile,
    accuracy,
)
from tests.audio.long_files import write_all_recordings
from tests.worlds.local_service import translated_by_job

pytestmark = pytest.mark.timeout(600)

LANGUAGES = ("es", "ru")
SECONDS = 500
"""For a machine that is busy with other things, too."""


def test_half_a_minute_comes_back_at_its_times_and_with_what_was_said(
    local_service: LocalService, tmp_path: Path
) -> None:
    files = {language: tmp_path / f"{language}.mp3" for language in LANGUAGES}
    spoken = {
        language: write_all_recordings(0.5, path, language) for language, path in files.items()
    }

    def asked(language: str) -> TranslatedFile:
        # The hint saves Whisper, which would have to find out the language, two seconds a span.
        fields = {
            "model": "gpt-transcribe",
            "sourceLanguage": language,
            "include": ["source"],
        }
        return translated_by_job(local_service, files[language], within=SECONDS, **fields)

    with ThreadPoolExecutor(2) as threads:
        answers = dict(zip(LANGUAGES, threads.map(asked, LANGUAGES), strict=True))

    lost = 0
    for language, answer in answers.items():
        figures = accuracy(answer, spoken[language])
        sys.stdout.write(f"{language}: {json.dumps(figures.as_json())}\n")
        assert figures.start_error <= MOST_START_ERROR_OF_TWO_STEPS, figures
        lost += figures.lost
        assert max(figures.foreign) <= MOST_FOREIGN, figures
        sources = " ".join(segment.source or "" for segment in answer.segments)
        assert not LanguageDetector().is_foreign(sources, language), sources
        assert all(segment.source for segment in answer.segments)
        heard = [segment.spoken for segment in answer.segments]
        assert set(heard) == {NAMES[language]}
    # Whisper samples where it is unsure, and may make something else of one of them.
    assert lost <= 1
