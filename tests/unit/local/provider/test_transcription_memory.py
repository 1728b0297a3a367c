"""What was transcribed lately is found by its words."""

import numpy as np
import pytest
from faster_whisper.transcribe import Segment, Word  # type: ignore[import-untyped]

from local.provider.audio_decoding import RATE
from local.provider.transcription_memory import SoundRecorder, TranscriptionMemory
from local.provider.whisper_model import WhisperResult


def keep(
    memory: TranscriptionMemory, *words: tuple[str, float, float], seconds: float, sound: int = 1
) -> None:
    recorder = SoundRecorder([(0.0, np.full(round(seconds * RATE), sound / 32768, np.float32))])
    assert sum(len(samples) for _, samples in recorder) == round(seconds * RATE)
    timed = [Word(start, end, word, 1.0) for word, start, end in words]
    segment = Segment(0, 0, 0, seconds, "", [], 0, 0, 0, timed, 0)
    memory.keep(WhisperResult([segment], "es", seconds), recorder)


def find(memory: TranscriptionMemory, text: str) -> tuple[int, float, float] | None:
    part = memory.find(text)
    return part and (int(part[0].samples[0]), *part[1])


SENTENCES = ((" Sí,", 1.0, 1.5), (" hombre.", 1.5, 2.0), (" L", 3.0, 3.2), ("'amigo", 3.2, 4.0))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Sí, hombre. L'amigo", (0, 9)),
        (" Sí,  hombre.\nL'amigo ", (0, 9)),
        ("Sí, hombre.", (0.5, 2.5)),
        ("L'amigo", (2.5, 4.5)),
        ("hombre.", (1.5, 2.5)),
        ("Sí, hombre. L'ami", None),
        ("amigo", None),
        ("hombre", None),
        ("No, hombre.", None),
    ],
)
def test_words_are_found_where_they_were_said(text: str, span: tuple[float, float] | None) -> None:
    memory = TranscriptionMemory()
    keep(memory, *SENTENCES, seconds=9)
    at = find(memory, text)
    assert (at and at[1:]) == (span and pytest.approx(span))


def test_of_the_same_words_the_last_ones_count() -> None:
    memory = TranscriptionMemory()
    for sound in (1, 2):
        keep(memory, (" Hola.", 0, 1), seconds=1, sound=sound)
    keep(memory, (" Adiós.", 0, 1), seconds=1, sound=3)
    assert find(memory, "Hola.") == (2, 0, 1)


def test_half_an_hour_is_remembered_and_no_more() -> None:
    memory = TranscriptionMemory()
    for minute in range(31):
        keep(memory, (f" {minute}.", 0, 60), seconds=60, sound=minute + 1)
    assert find(memory, "0.") is None
    assert find(memory, "1.") == (2, 0, 60)
    keep(memory, (" Largo.", 0, 1), seconds=1_801)
    assert find(memory, "Largo.") is None
    assert find(memory, "1.") == (2, 0, 60)
