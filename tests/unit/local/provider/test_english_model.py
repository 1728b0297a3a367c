"""Half minutes that did not come back in English are attempted again."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from local.provider.cached_encoder import CachedEncoderModel
from local.provider.english_model import EnglishModel

SPANISH = "No podemos aceptar la llamada en este momento."
LONGER = "Deje un mensaje despues de la senal, por favor, y le llamaremos."
ENGLISH = "We cannot take the call at the moment."
TEXTS = [SPANISH, LONGER, ENGLISH]
TIMESTAMP = 100


@dataclass(frozen=True)
class Options:
    temperatures: list[float]


class Tokenizer:
    """A token is the number of a text; from 100 on it is a timestamp."""

    transcribe, translate, timestamp_begin = 1, 2, TIMESTAMP

    def __init__(self, task: int) -> None:
        self.task = task

    def decode(self, tokens: list[int]) -> str:
        return " ".join(TEXTS[token] for token in tokens)


class Attempts(CachedEncoderModel):
    """Answers with these texts in turn, and notes the temperatures that it was asked with."""

    def __init__(self, *attempts: list[str]) -> None:
        self.left = list(attempts)
        self.temperatures: list[list[float]] = []

    def generate_with_fallback(
        self, encoder_output: Any, prompt: list[int], tokenizer: Any, options: Any
    ) -> Any:
        self.temperatures.append(options.temperatures)
        tokens = [TIMESTAMP]
        for text in self.left.pop(0):
            tokens += [TEXTS.index(text), TIMESTAMP + 1]
        return SimpleNamespace(sequences_ids=[tokens]), -0.2, options.temperatures[0], 1.0


class Scripted(EnglishModel, Attempts):
    """EnglishModel around those."""


def said(*attempts: list[str], task: int = Tokenizer.translate) -> tuple[list[str], int]:
    """Return the texts of what is chosen, and how many attempts were made."""
    model = Scripted(*attempts)
    chosen = model.generate_with_fallback(None, [], Tokenizer(task), Options([0.0, 0.2]))
    first, *others = model.temperatures
    assert first == [0.0, 0.2]
    assert all(len(one) == 1 and one[0] > 0 for one in others)
    assert others == sorted(others)
    return [TEXTS[t] for t in chosen[0].sequences_ids[0] if t < TIMESTAMP], 1 + len(others)


def test_english_is_taken_at_once() -> None:
    assert said([ENGLISH, ENGLISH]) == ([ENGLISH, ENGLISH], 1)


def test_another_language_is_attempted_again() -> None:
    assert said([SPANISH], [ENGLISH]) == ([ENGLISH], 2)
    assert said([ENGLISH, SPANISH], [ENGLISH]) == ([ENGLISH], 2)


def test_the_attempt_with_least_of_another_language_is_taken() -> None:
    assert said([SPANISH, LONGER], [ENGLISH, SPANISH], [LONGER]) == ([ENGLISH, SPANISH], 3)
    assert said([SPANISH], [LONGER], [LONGER]) == ([SPANISH], 3)


def test_a_transcription_stays_in_its_language() -> None:
    assert said([SPANISH], task=Tokenizer.transcribe) == ([SPANISH], 1)
