# ruff: noqa: RUF001  letters of all scripts
import pytest

from audio_translation.practice.spellings import spellings
from audio_translation.practice.written_words import key_of


@pytest.mark.parametrize(
    ("language", "token", "other"),
    [
        ("en", "23", "twentythree"),
        ("en", "1984", "nineteeneightyfour"),
        ("en", "101", "onehundredandone"),
        ("en", "3rd", "third"),
        ("en", "3.5", "threepointfive"),
        ("en", "555", "fivefivefive"),
        ("en", "007", "zerozeroseven"),
        ("en", "150", "ahundredfifty"),
        ("de", "100", "hundert"),
        ("es", "21", "veintiuna"),
        ("fr", "1er", "premier"),
        ("ru", "2", "две"),
        ("de", "23", "dreiundzwanzig"),
        ("zh", "23", "二十三"),
        ("th", "5", "ห้า"),
        ("ar", "٣", "ثلاثة"),
        ("en", "don't", "donot"),
        ("en", "It’s", "itis"),
        ("en", "it's", "ithas"),
        ("en", "I'd", "iwould"),
        ("en", "can't", "cannot"),
        ("en", "won't", "willnot"),
    ],
)
def test_a_token_has_its_other_spellings(language: str, token: str, other: str) -> None:
    assert other in spellings(token, key_of(token, language), language)


@pytest.mark.parametrize(
    ("language", "token"),
    [("en", "hello"), ("fr", "l'homme"), ("en", "1" * 40), ("en", "b2b"), ("en", "rock'n'roll")],
)
def test_others_have_none(language: str, token: str) -> None:
    assert spellings(token, key_of(token, language), language) == frozenset()
