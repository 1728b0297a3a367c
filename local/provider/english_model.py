"""faster-whisper that translates again what it has written down in its own language.

Whisper base does that with whole half minutes of Spanish. The sound is encoded already, so another
attempt costs only the decoder's part: less than a call for the same speech.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from audio_translation.translation.checks.language_detection import LanguageDetector
from local.provider.cached_encoder import CachedEncoderModel

_TEMPERATURES = (0.4, 0.6)
"""Of the further attempts; with 0 they would be the same as the first, and 0.2 seldom differs."""


class EnglishModel(CachedEncoderModel):
    """Makes up to two further attempts at a half minute that did not come back in English."""

    def generate_with_fallback(
        self, encoder_output: Any, prompt: list[int], tokenizer: Any, options: Any
    ) -> Any:
        """Return the attempt that has least text in another language, the first of equal ones.

        An attempt is a tuple: result, mean log probability, temperature, compression ratio.
        """
        ask = super().generate_with_fallback
        best = ask(encoder_output, prompt, tokenizer, options)
        if tokenizer.task != tokenizer.translate:
            return best
        left = _foreign_letters(best, tokenizer)
        for temperature in _TEMPERATURES:
            if not left:
                break
            again = replace(options, temperatures=[temperature])
            attempt = ask(encoder_output, prompt, tokenizer, again)
            foreign = _foreign_letters(attempt, tokenizer)
            if foreign < left:
                best, left = attempt, foreign
        return best


def _foreign_letters(attempt: Any, tokenizer: Any) -> int:
    is_foreign = LanguageDetector().is_foreign
    texts = _texts(attempt[0].sequences_ids[0], tokenizer)
    return sum(len(text) for text in texts if is_foreign(text))


def _texts(tokens: Sequence[int], tokenizer: Any) -> Iterator[str]:
    """Yield the text of each segment: timestamps stand between them."""
    for is_text, group in groupby(tokens, lambda token: token < tokenizer.timestamp_begin):
        if is_text:
            yield tokenizer.decode(list(group)).strip()
