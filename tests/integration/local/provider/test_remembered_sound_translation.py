"""Texts are translated by giving Whisper the sound that they were transcribed from."""

import json
from typing import Any

import numpy as np
import openai
import pytest
from faster_whisper.transcribe import Segment, Word  # type: ignore[import-untyped]

from local.provider.audio_decoding import RATE
from local.provider.openai_errors import ApiError
from local.provider.remembered_sound_translation import TextTranslator
from local.provider.responses_api import TextSegment
from local.provider.transcription_memory import SoundRecorder, TranscriptionMemory
from local.provider.whisper_model import Whisper, WhisperResult
from tests.worlds.local_provider import SPANISH, SPEECH, ask_for_text, text_request

TWO_SENTENCES = SPEECH / "fr" / "vm-tempgreeting2.mp3"


def texts(response: Any) -> list[str]:
    segments = json.loads(response.output_text)["segments"]
    assert [segment["id"] for segment in segments] == list(range(len(segments)))
    return [segment["text"].lower() for segment in segments]


def test_what_was_transcribed_is_translated_by_hearing_it_again(client: openai.OpenAI) -> None:
    said = client.audio.transcriptions.create(
        file=SPANISH, model="gpt-transcribe", keywords=["conferencia"], languages=["es", "it"]
    )
    assert "conferencia" in said.text.lower()
    assert said.languages
    assert [language.code for language in said.languages] == ["es"]
    assert said.usage
    assert said.usage.type == "duration"
    assert said.usage.seconds == 4

    response = ask_for_text(client, text_request(f"  {said.text} "))
    (english,) = texts(response)
    assert "conference" in english
    assert response.model == "local-whisper-translate"
    assert response.status == "completed"


def test_a_sentence_is_translated_without_its_neighbour(client: openai.OpenAI) -> None:
    said = client.audio.transcriptions.create(file=TWO_SENTENCES, model="gpt-transcribe")
    assert said.languages
    assert [language.code for language in said.languages] == ["fr"]
    first, _, second = said.text.partition(". ")

    english = texts(ask_for_text(client, text_request(f"{first}.", second)))

    assert "1" in english[0]
    assert "2" not in english[0]
    assert "2" in english[1]
    assert "1" not in english[1]


def test_a_text_that_was_never_heard_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="segment 0 was not transcribed") as info:
        ask_for_text(client, text_request("Nadie ha dicho eso."))
    assert info.value.code == "text_not_heard"


def test_who_asks_again_gets_what_is_known_already(
    whisper: Whisper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that hung up comes back; only ``again`` is worth another listening."""
    memory = TranscriptionMemory()
    recorder = SoundRecorder([(0.0, np.ones(RATE, np.float32))])
    list(recorder)
    segment = Segment(0, 0, 0, 1, "", [], 0, 0, 0, [Word(0, 1, " Hola.", 1.0)], 0)
    memory.keep(WhisperResult([segment], "es", 1), recorder)
    translator = TextTranslator(whisper, memory)
    temperatures = []

    def listen(*_: object, temperature: float, **__: object) -> WhisperResult:
        temperatures.append(temperature)
        return WhisperResult([], "en", 1)

    monkeypatch.setattr(whisper, "transcribe", listen)
    part = translator.find(TextSegment(id=1, text="Hola."))
    for again in (False, False, True, True):
        translator.translate(part, again=again)
    assert temperatures == [0, 0.4]
    with pytest.raises(ApiError):
        translator.find(TextSegment(id=1, text="Adiós."))
