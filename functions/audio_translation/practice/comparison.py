"""What was said beside what was to be said, word by word."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audio_translation.formats.words import TimedWord, words_of_segments
from audio_translation.languages import code_of
from audio_translation.practice.result import Verdict
from audio_translation.practice.same_words import Match, Range, Side, matches
from audio_translation.practice.written_words import WrittenWords, without_marks, written_words
from audio_translation.scripts import joined
from audio_translation.transcript import Translation

_OFTEN_WITHOUT_MARKS = {"ca", "el", "es", "fr", "gl", "it", "oc", "pt"}
"""Languages in which people leave accents out when they type."""


@dataclass(frozen=True)
class ComparedWord:
    """A word of the text, or an extra one.

    ``heard`` is what was heard in place of a different one. Times are integer milliseconds, and
    None where nothing was heard.
    """

    word: str
    verdict: Verdict
    heard: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Comparison:
    """All words in their order; ``said``: how many were heard, whichever.

    ``marks_ignored``: whether a word was heard only because accents were not compared.
    """

    words: tuple[ComparedWord, ...]
    said: int
    marks_ignored: bool = False

    @property
    def completeness(self) -> float:
        """The share of the text's words that were heard, from 0 to 1."""
        expected = [word for word in self.words if word.verdict is not Verdict.EXTRA]
        heard = sum(word.verdict is Verdict.HEARD for word in expected)
        return heard / len(expected) if expected else 0.0


def compared(expected: str, heard: Translation, language: str) -> Comparison:
    """Compare a text with a transcription of what was said, in the language of a BCP 47 tag."""
    text = written_words(expected, language)
    said = _Said.of(heard, language)
    keys = said.words.keys
    if _may_lack_marks(text, language):
        keys = [without_marks(key) for key in keys]
    found = matches(Side(text, text.keys, language), Side(said.words, keys, language))
    ignored = any(
        keys[at] != said.words.tokens[at].key
        for match in found
        if match.same
        for at in range(*match.heard)
    )
    words = tuple(_Verdicts(text, said, found).words())
    return Comparison(words, len(said.words.words), marks_ignored=ignored)


def _may_lack_marks(text: WrittenWords, language: str) -> bool:
    """Return whether a text is typed without accents, as it seems."""
    return code_of(language) in _OFTEN_WITHOUT_MARKS and all(
        key == without_marks(key) for key in text.keys
    )


@dataclass(frozen=True)
class _Said:
    """What was said, on one line; ``times`` are those of its tokens."""

    words: WrittenWords
    times: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, heard: Translation, language: str) -> "_Said":
        text = joined(segment.text for segment in heard.segments)
        words = written_words(text, language)
        timed = [word for segment in words_of_segments(heard) for word in segment]
        starts: list[int] = []
        at = 0
        known: list[TimedWord] = []
        for word in timed:
            place = words.text.find(word.text, at)
            if place >= 0:
                starts.append(place)
                known.append(word)
                at = place + len(word.text)
        times = tuple(_times(token.start, token.end, starts, known) for token in words.tokens)
        return cls(words, times)


def _times(start: int, end: int, starts: Sequence[int], words: Sequence[TimedWord]) -> Range:
    """Return the times of the characters from ``start`` to ``end``."""
    first = max(0, bisect_right(starts, start) - 1)
    last = max(first, bisect_right(starts, end - 1) - 1)
    return Range(words[first].start, words[last].end) if words else Range(0, 0)


class _Verdicts:
    """Goes through the matches and tells each word's verdict."""

    def __init__(self, text: WrittenWords, said: _Said, found: Sequence[Match]) -> None:
        self._text, self._said = text, said
        self._found = found

    def words(self) -> Iterator[ComparedWord]:
        """Yield all words in order, extra ones where they were said."""
        of_word: list[list[Match]] = [[] for _ in self._text.words]
        extra: list[list[int]] = [[] for _ in range(len(of_word) + 1)]
        for match in self._found:
            if match.expected.start < match.expected.after:
                for number in self._words_of(match.expected):
                    of_word[number].append(match)
                continue
            inside = self._inside(match.expected.start)
            if inside is None:
                extra[self._next_word(match.expected.start)] += range(*match.heard)
            else:
                of_word[inside].append(match)
        for number, its in enumerate(of_word):
            yield from self._extra(extra[number])
            yield self._word(number, its)
        yield from self._extra(extra[-1])

    def _words_of(self, tokens: Range) -> range:
        of = self._text.tokens
        return range(of[tokens.start].word, of[tokens.after - 1].word + 1)

    def _next_word(self, token: int) -> int:
        """Return the word of a token, or the number of words after the last one."""
        of = self._text.tokens
        return of[token].word if token < len(of) else len(self._text.words)

    def _inside(self, token: int) -> int | None:
        """Return the word that both this token and the one before are of, if it is one."""
        of = self._text.tokens
        if not 0 < token < len(of) or of[token].word != of[token - 1].word:
            return None
        return of[token].word

    def _word(self, number: int, its: Sequence[Match]) -> ComparedWord:
        shown = self._text.shown(number)
        heard = [match.heard for match in its if match.heard.start < match.heard.after]
        if not heard:
            return ComparedWord(shown, Verdict.MISSING)
        start, end = self._share(number, Range(heard[0].start, heard[-1].after), its)
        if all(match.same for match in its):
            return ComparedWord(shown, Verdict.HEARD, None, start, end)
        tokens = self._said.words.tokens
        said = self._said.words.text[tokens[heard[0].start].start : tokens[heard[-1].after - 1].end]
        return ComparedWord(shown, Verdict.DIFFERENT, said, start, end)

    def _share(self, number: int, heard: Range, its: Sequence[Match]) -> tuple[int, int]:
        """Return the times of a word, which may have to share them with the words beside it."""
        start, end = self._said.times[heard.start][0], self._said.times[heard.after - 1][1]
        words = self._words_of(Range(its[0].expected.start, its[-1].expected.after))
        if len(words) == 1:
            return start, end
        lengths = [len(self._text.shown(word)) for word in words]
        at = words.index(number)
        before, whole = sum(lengths[:at]), sum(lengths)
        length = end - start
        return start + length * before // whole, start + length * (before + lengths[at]) // whole

    def _extra(self, tokens: Sequence[int]) -> Iterator[ComparedWord]:
        """Yield words that were said in addition, parts of one word as one."""
        of = self._said.words.tokens
        at = 0
        while at < len(tokens):
            last = at
            while last + 1 < len(tokens) and of[tokens[last + 1]].word == of[tokens[at]].word:
                last += 1
            first_token, last_token = tokens[at], tokens[last]
            shown = self._said.words.text[of[first_token].start : of[last_token].end]
            start, end = self._said.times[first_token][0], self._said.times[last_token][1]
            yield ComparedWord(shown, Verdict.EXTRA, None, start, end)
            at = last + 1
