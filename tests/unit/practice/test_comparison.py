# ruff: noqa: RUF001  letters of all scripts
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_translation.practice.comparison import Comparison, compared
from audio_translation.practice.result import Verdict
from audio_translation.practice.written_words import written_words
from audio_translation.transcript import Segment, Translation, Word

SHORT = {"heard": "=", "missing": "-", "extra": "+"}
LENGTH = 5_000

WORD = st.sampled_from(
    ["the", "cat", "Cat", "sat", "don't", "do", "not", "23", "twenty", "three", "well-known",
     "known", "l'homme", "我", "苹果", "ข้าว", "schön", "о́н", "مرحبا", "—", "😀", "3.5"]
)  # fmt: skip
TEXT = st.lists(WORD, max_size=14).map(" ".join) | st.text(max_size=40)
LANGUAGE = st.sampled_from(["en", "es", "zh", "ru"])


def heard(*texts: str, words: tuple[Word, ...] = ()) -> Translation:
    each = LENGTH // max(1, len(texts))
    segments = [Segment(n * each, (n + 1) * each, text) for n, text in enumerate(texts)]
    return Translation(tuple(segments), "english", LENGTH, "m", words=words)


def told(comparison: Comparison) -> str:
    return " ".join(
        f"{word.word}~{word.heard}"
        if word.verdict is Verdict.DIFFERENT
        else SHORT[word.verdict] + word.word
        for word in comparison.words
    )


@pytest.mark.parametrize(
    ("language", "expected", "said", "wanted"),
    [
        ("en", "I went home.", "I, I went home", "+I =I =went =home"),
        ("en", "I went home.", "I go home", "=I went~go =home"),
        ("en", "I went home now", "I went now", "=I =went -home =now"),
        ("en", "It's well-known.", "it is well known", "=It's =well-known"),
        ("en", "a well-known man", "a well man", "=a well-known~well =man"),
        ("en", "a known man", "a well-known man", "=a +well =known =man"),
        ("en", "Hi", "well-known. Hi", "+well-known =Hi"),
        ("en", "twenty three cats", "23 cats", "=twenty =three =cats"),
        ("en", "don't go", "do go", "don't~do =go"),
        ("en", "he's he's he's", "he is he has he's", "=he's =he's =he's"),
        ("ja", "ｶﾞｯｺｳ", "がっこう", "=ｶﾞｯｺｳ"),
        ("zh", "我喜欢吃苹果", "我喜欢吃平果", "=我 =喜欢 =吃 苹果~平果"),
        ("zh", "我有苹果", "我有很大的苹果", "=我有 +很大 +的 =苹果"),
        ("th", "ฉันชอบกินข้าว", "ฉันชอบข้าว", "=ฉัน =ชอบ -กิน =ข้าว"),
        ("ja", "りんごを食べる", "リンゴを食べる", None),
        ("ar", "مَرْحَبًا يا أصدقاء", "مرحبا يا اصدقاء", "=مَرْحَبًا =يا =أصدقاء"),
        ("he", "שלום לכולם", "שלום", "=שלום -לכולם"),
        ("en", "I said こんにちは", "I said hello", "=I =said こんにちは~hello"),
        ("en", "Hello", "", "-Hello"),
        ("en", "Hello", "...", "-Hello"),
    ],
)
def test_words_have_their_verdicts(
    language: str, expected: str, said: str, wanted: str | None
) -> None:
    found = compared(expected, heard(*[said] * bool(said)), language)
    if wanted is None:
        assert found.completeness == 1
    else:
        assert told(found) == wanted


def test_words_have_the_times_of_what_was_heard() -> None:
    words = (Word(100, 300, "I"), Word(400, 900, "went"), Word(1_000, 1_500, "home"))
    found = compared("I walked all home", heard("I went home.", words=words), "en")
    times = [(word.word, word.start, word.end) for word in found.words]
    assert ("I", 100, 300) in times
    assert ("home", 1_000, 1_500) in times
    assert [word[1:] for word in times].count((None, None)) == 1


def test_words_that_are_heard_as_one_share_its_time() -> None:
    found = compared("twenty three", heard("23"), "en")
    first, second = found.words
    assert (first.start, second.end) == (0, LENGTH)
    assert first.end == second.start


def test_what_was_said_is_counted_whichever_it_was() -> None:
    assert compared("I went home", heard("uh I", "I went there"), "en").said == 5


def test_accents_count_unless_the_text_has_none() -> None:
    assert compared("Él habló", heard("él hablo"), "es").completeness == 0.5
    bare = compared("el hablo", heard("él habló"), "es")
    assert (bare.completeness, bare.marks_ignored) == (1, True)
    assert not compared("el hablo", heard("el hablo"), "es").marks_ignored
    assert compared("schon gut", heard("schön gut"), "de").completeness == 0.5


@settings(max_examples=50, deadline=None)
@given(TEXT, TEXT, LANGUAGE)
def test_every_word_has_one_verdict_and_its_place(expected: str, said: str, language: str) -> None:
    found = compared(expected, heard(said), language)
    text = written_words(expected, language)
    ours = [word for word in found.words if word.verdict is not Verdict.EXTRA]
    assert [word.word for word in ours] == [text.shown(n) for n in range(len(text.words))]
    verdicts = [word.verdict for word in ours]
    counted = sum(map(verdicts.count, (Verdict.HEARD, Verdict.DIFFERENT, Verdict.MISSING)))
    assert counted == len(text.words)
    assert 0 <= found.completeness <= 1
    at = 0
    for word in found.words:
        assert (word.heard is not None) is (word.verdict is Verdict.DIFFERENT)
        assert (word.start is None) is (word.end is None) is (word.verdict is Verdict.MISSING)
        if word.start is not None and word.end is not None:
            assert at <= word.start <= word.end <= LENGTH
            at = word.start


@settings(max_examples=50, deadline=None)
@given(TEXT, TEXT, LANGUAGE)
def test_extra_words_are_those_of_the_speech_in_order(
    expected: str, said: str, language: str
) -> None:
    place = 0
    spoken = written_words(" ".join(said.split()), language).text
    for word in compared(expected, heard(said), language).words:
        if word.verdict is Verdict.EXTRA:
            place = spoken.find(word.word, place)
            assert place >= 0
            place += len(word.word)


@settings(max_examples=50, deadline=None)
@given(st.lists(WORD, min_size=1, max_size=14), st.sampled_from(["en", "es", "zh", "ru"]))
def test_a_text_that_is_said_is_heard_whatever_its_case_and_marks(
    words: list[str], language: str
) -> None:
    said = " ... ".join(words).upper().replace("-", "\u2010").replace("'", "’") + "!"
    found = compared(" ".join(words), heard(said), language)
    assert {word.verdict for word in found.words} <= {Verdict.HEARD}


@pytest.mark.parametrize("letter", ["a ", "我", "1 ", "a'"])
def test_the_longest_texts_are_compared_in_bounded_time(letter: str) -> None:
    expected = (letter * 5_000)[:5_000]
    said = (letter * 9_000)[:9_000:2] + " 17 twenty don't " + expected[::-1]
    started = time.process_time()
    compared(expected, heard(said), "en")
    assert time.process_time() - started < 20, "a second, on a machine that is not busy"
