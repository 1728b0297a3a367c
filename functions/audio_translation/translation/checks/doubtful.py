"""Answers that are no translation of what is spoken: loops, the prompt, phrases said over noise.

Whisper repeats a sentence again and again, gives its prompt back, or says what ends many videos
where there is only noise. Such an answer is asked for once more; see ``translate_chunk``.
"""

import re
import zlib
from dataclasses import dataclass, replace

from audio_translation.scripts import LETTER, joined
from audio_translation.transcript import Segment, Translation

_MOST_COMPRESSION = 2.4
"""Whisper's own limit for a text that repeats itself, ``compression_ratio_threshold``."""
_CERTAIN_LOOP = 12.0
"""Texts that count, or are read from a list, stay below this; other texts below 3."""
_LEAST_TEXT = 120  # bytes; shorter texts compress too differently
_MOST_LETTERS_A_SECOND = 25  # of speech; the fastest speakers say no more
_MOST_REPEATS = 24  # are looked at
_LEAST_PROMPT_WORDS = 3
_LEAST_PROMPT_LETTERS = 8  # in scripts without spaces
_SAID_OVER_NOISE = frozenset(
    {
        "bye",
        "thank you",
        "thank you for watching",
        "thank you very much",
        "thanks for watching",
        "the end",
        "you",
        "please subscribe",
        "please subscribe to my channel",
        "subtitles by the amara org community",
        "subtitles by the amaraorg community",
    }
)
"""What Whisper says where there are no words. Source: its users' reports."""
_REPEATED = re.compile(r"(?<!\S)(\S+(?: \S+){0,30}?)(?: \1){3,}(?!\S)")
_REPEATED_UNSPACED = re.compile(rf"((?:{LETTER}\W?){{2,60}}?)\1{{3,}}")
_SENTENCE = re.compile(r"(?<=[.!?\u2026])\s+|(?<=[\u3002\uff01\uff1f])\s*")


@dataclass(frozen=True)
class Doubts:
    """What argues against an answer about sound of ``length`` milliseconds.

    ``clear``: whether the sound is far louder than its noise, so that phrases are not made up.
    ``before``: what was said before, which the engine was told as it was told the prompt.
    """

    prompt: str | None
    length: int
    clear: bool
    before: str | None = None

    def any_of(self, answer: Translation) -> bool:
        """Return whether an answer is probably no translation of what is said."""
        told = any(is_prompt(answer.spoken_text, text) for text in (self.prompt, self.before))
        return self._made_up(answer) or self.repeats(answer) or told

    def repeats(self, answer: Translation) -> bool:
        """Return whether the text, or what it is translated from, is a loop or too much."""
        texts = {answer.text, answer.spoken_text}
        return any(is_too_much(text, self.length) or is_loop(text) for text in texts)

    def is_the_prompt_indeed(self, answer: Translation) -> bool:
        """Return whether an answer that was given without the prompt is what is spoken.

        People do say again what they have just said.
        """
        text = answer.spoken_text
        if self._made_up(answer) or self.repeats(answer):
            return False
        if is_prompt(text, self.prompt):
            return self.clear
        return is_prompt(text, self.before)

    def _made_up(self, answer: Translation) -> bool:
        return not self.clear and any(map(is_said_over_noise, (answer.text, answer.spoken_text)))


def is_loop(text: str) -> bool:
    """Return whether a text repeats itself as no speaker does."""
    data = " ".join(text.split()).encode(errors="replace")
    if len(data) < _LEAST_TEXT:
        return False
    ratio = len(data) / len(zlib.compress(data))
    once = _first_of_each(text, set())
    return ratio > _CERTAIN_LOOP or (
        ratio > _MOST_COMPRESSION and 2 * len(once) < len(text.strip())
    )


def without_loop(translation: Translation, speech: int) -> Translation:
    """Return a translation that repeats itself, cut to what so many milliseconds can hold.

    Sentences that came before are left out, and then what is too much.
    """
    most = max(_LEAST_TEXT // 2, speech * _MOST_LETTERS_A_SECOND // 1000)
    seen: set[str] = set()
    seen_sources: set[str] = set()
    kept: list[Segment] = []
    room = most
    for segment in translation.segments:
        if room <= 0:
            break
        text = _cut(_first_of_each(segment.text[: _MOST_REPEATS * most], seen), room)
        if text:
            source = segment.source
            if source is not None:
                source = _cut(_first_of_each(source[: _MOST_REPEATS * most], seen_sources), most)
            kept.append(replace(segment, text=text, source=source, tokens=()))
            room -= len(text)
    return replace(translation, segments=tuple(kept))


def is_too_much(text: str, length: int) -> bool:
    """Return whether a text is more than twice what can be said in so many milliseconds."""
    return len(text) > 4 * _LEAST_TEXT + 2 * length * _MOST_LETTERS_A_SECOND // 1000


def is_prompt(text: str, prompt: str | None) -> bool:
    """Return whether a text is the prompt, or a part of it, and nothing else."""
    said, told = _plain(text), _plain(prompt or "")
    if len(re.findall(LETTER, said)) >= _LEAST_PROMPT_LETTERS:
        return said.replace(" ", "") in told.replace(" ", "")
    return len(said.split()) >= _LEAST_PROMPT_WORDS and f" {said} " in f" {told} "


def is_said_over_noise(text: str) -> bool:
    """Return whether a text is nothing but what Whisper makes up where there are no words."""
    sentences = [_plain(sentence) for sentence in re.split(r"[.!?\n]+", text)]
    said = [sentence for sentence in sentences if sentence]
    return bool(said) and all(sentence in _SAID_OVER_NOISE for sentence in said)


def _first_of_each(text: str, seen: set[str]) -> str:
    """Return the sentences of a text that were not seen before, and repeated words once."""
    kept = []
    for sentence in _SENTENCE.split(text.strip()):
        key = _plain(sentence)
        if key and key not in seen:
            seen.add(key)
            kept.append(_once(sentence))
    return joined(kept)


def _once(sentence: str) -> str:
    """Return a sentence with a run of words that is repeated four times or more said once."""
    return _REPEATED_UNSPACED.sub(r"\1", _REPEATED.sub(r"\1", " ".join(sentence.split())))


def _cut(text: str, most: int) -> str:
    """Return whole words of at most so many characters, one at least."""
    return text if len(text) <= most else text[:most].rpartition(" ")[0] or text[:most]


def _plain(text: str) -> str:
    """Return the words in lower case, without punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))
