"""``python -m tests.benchmarks.detector``: where the language check is right and where wrong.

The texts are what the bundled recordings say and their English translations; whole, and in pieces
of three words, as short as a segment may be. Prints the table of docs/engines.md.
"""

from collections.abc import Iterable, Iterator

from audio_translation.translation.checks.language_detection import LanguageDetector
from tests.audio.recordings import ALL, FOLDER, recordings

TARGETS = ("en", "es", "fr", "it", "ru")
PIECE = 3

_HEAD = """\
| target | in it, taken for foreign | foreign, found | pieces in it, taken for foreign | \
foreign pieces, found |
|---|---|---|---|---|"""


def main() -> None:
    print(table())  # noqa: T201


def table() -> str:
    """The figures as a table of Markdown."""
    texts = [
        pair
        for one in recordings(FOLDER, ALL)
        for pair in ((one.language, one.source), ("en", one.english))
    ]
    short = [(language, piece) for language, text in texts for piece in _pieces(text)]
    rows = [_HEAD]
    for target in TARGETS:
        cells = [cell for some in (texts, short) for cell in _figures(target, some)]
        rows.append("| " + " | ".join((target, *cells)) + " |")
    return "\n".join(rows)


def _figures(target: str, texts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    own: list[bool] = []
    foreign: list[bool] = []
    for language, text in texts:
        (own if language == target else foreign).append(LanguageDetector().is_foreign(text, target))
    return f"{sum(own)} of {len(own)}", f"{sum(foreign)} of {len(foreign)}"


def _pieces(text: str) -> Iterator[str]:
    """Whole pieces only."""
    words = text.split()
    for start in range(0, len(words) - PIECE + 1, PIECE):
        yield " ".join(words[start : start + PIECE])


if __name__ == "__main__":
    main()
