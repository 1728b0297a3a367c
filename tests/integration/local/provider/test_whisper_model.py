"""Whisper translates files as a whole: nothing that is said is left out."""

from typing import Any

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES  # type: ignore[import-untyped]

from audio_translation.languages import NAMES
from local import REPOSITORY
from local.provider.audio_decoding import RATE, decoded_pieces
from local.provider.whisper_model import Whisper

SPEECH = REPOSITORY / "tests" / "data" / "speech"


def test_every_language_of_whisper_has_a_name() -> None:
    assert set(NAMES) == set(_LANGUAGE_CODES)


def test_what_whisper_skips_is_asked_for_again(
    whisper: Whisper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real recording of two sentences, of which the first answer loses the second."""
    ask = whisper._model.transcribe
    asked = []

    def forgetful(audio: Any, **options: Any) -> Any:
        segments, info = ask(audio, **options)
        asked.append(len(audio) / RATE)
        return (list(segments)[:1] if len(asked) == 1 else segments), info

    monkeypatch.setattr(whisper._model, "transcribe", forgetful)
    with (SPEECH / "fr" / "vm-tempgreeting2.mp3").open("rb") as file:
        result = whisper.transcribe(decoded_pieces(file), "translate")

    assert len(asked) == 2
    assert result.segments[-1].end > 6
    starts = [segment.start for segment in result.segments]
    assert starts == sorted(starts)
    assert [segment.id for segment in result.segments] == list(range(len(starts)))
