# ruff: noqa: RUF001  letters of all scripts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_translation.practice.written_words import key_of, without_marks, written_words


def split(text: str, language: str = "en") -> tuple[list[str], list[str]]:
    words = written_words(text, language)
    return [words.shown(number) for number in range(len(words.words))], words.keys


@pytest.mark.parametrize(
    ("text", "words", "keys"),
    [
        ("Hello, World!", ["Hello", "World"], ["hello", "world"]),
        ("«¿Qué?» — dijo", ["Qué", "dijo"], ["que", "dijo"]),
        ("a well-known man", ["a", "well-known", "man"], ["a", "well", "known", "man"]),
        ("don’t don't donʼt", ["don’t", "don't", "donʼt"], ["dont"] * 3),
        ("l'homme 'quoted'", ["l'homme", "quoted"], ["lhomme", "quoted"]),
        ("1,000 and 1.000.000 or 3,5", ["1,000", "and", "1.000.000", "or", "3,5"],
         ["1000", "and", "1000000", "or", "3.5"]),
        ("the 21st of B2B", ["the", "21st", "of", "B2B"], ["the", "21st", "of", "b2b"]),
        ("٣ كتب", ["٣", "كتب"], ["3", "كتب"]),
        ("ＨＥＬＬＯ", ["ＨＥＬＬＯ"], ["hello"]),
        ("cafe\u0301", ["cafe\u0301"], ["cafe"]),
        ("soft\u00adhyphen", ["soft\u00adhyphen"], ["softhyphen"]),
        ("😀 ok 🎉", ["ok"], ["ok"]),
        ("\ud800", [], []),
        ("", [], []),
    ],
)  # fmt: skip
def test_a_text_is_split_into_words_and_what_they_are_compared_by(
    text: str, words: list[str], keys: list[str]
) -> None:
    assert split(text) == (words, keys)


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("zh", "我喜欢吃苹果，你呢？", ["我", "喜欢", "吃", "苹果", "你", "呢"]),
        ("ja", "東京に行きました。", None),
        ("th", "ฉันชอบกินข้าว", ["ฉัน", "ชอบ", "กิน", "ข้าว"]),
        ("km", "ខ្ញុំចូលចិត្ត", ["ខ្ញុំ", "ចូលចិត្ត"]),
        ("zh", "我有 iPhone 15 手机", None),
    ],
)
def test_scripts_without_spaces_have_the_words_of_a_dictionary(
    language: str, text: str, words: list[str] | None
) -> None:
    found, _ = split(text, language)
    assert words is None or found == words
    assert "".join(found) == "".join(c for c in text if c not in "，。？ ")


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ru", "Ёлка", "елка"),
        ("ar", "مَرْحَبًا", "مرحبا"),
        ("ar", "أصدقاء", "اصدقاء"),
        ("ar", "مرحبـــا", "مرحبا"),
        ("he", "שָׁלוֹם", "שלום"),
        ("de", "STRASSE", "Straße"),
        ("el", "ΟΔΟΣ", "οδος"),
        ("tr", "IŞIK", "ışık"),
        ("tr", "İyi", "iyi"),
        ("ja", "リンゴ", "りんご"),
        ("en", "Hello", "HELLO"),
        ("en", "naïve", "naive"),
        ("hi", "हूँ", "हूं"),
        ("ja", "ｶﾞ", "が"),
    ],
)
def test_ways_to_write_a_word_have_one_key(language: str, one: str, other: str) -> None:
    assert key_of(one, language) == key_of(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("es", "habló", "hablo"), ("de", "schön", "schon"), ("ru", "й", "и"), ("en", "3.5", "35")],
)
def test_other_words_have_other_keys(language: str, one: str, other: str) -> None:
    assert key_of(one, language) != key_of(other, language)


def test_marks_can_be_left_out() -> None:
    assert without_marks("está") == "esta"
    assert without_marks("καλημέρα") == "καλημερα"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["en", "zh", "th", "ar", "tr"]))
def test_words_and_tokens_lie_in_the_text_one_after_the_other(text: str, language: str) -> None:
    words = written_words(text, language)
    at = 0
    for token in words.tokens:
        assert at <= token.start < token.end
        start, end = words.words[token.word]
        assert start <= token.start
        assert token.end <= end <= len(words.text)
        assert token.key
        at = token.end
    assert [token.word for token in words.tokens] == sorted(token.word for token in words.tokens)
    assert {token.word for token in words.tokens} == set(range(len(words.words)))
