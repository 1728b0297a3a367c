import pytest

from audio_translation.practice.same_words import Side, matches
from audio_translation.practice.written_words import written_words


def found(expected: str, heard: str, language: str = "en") -> list[tuple[str, str, bool]]:
    ours, theirs = written_words(expected, language), written_words(heard, language)
    sides = Side(ours, ours.keys, language), Side(theirs, theirs.keys, language)
    return [
        ("+".join(ours.keys[slice(*one)]), "+".join(theirs.keys[slice(*other)]), same)
        for one, other, same in matches(*sides)
    ]


@pytest.mark.parametrize(
    ("language", "expected", "heard"),
    [
        ("en", "twenty-three cats", "23 cats"),
        ("en", "23 cats", "twenty-three cats"),
        ("en", "5 cats and twenty dogs", "five cats and 20 dogs"),
        ("en", "in 1984", "in nineteen eighty-four"),
        ("en", "it's not, don't", "it is not do not"),
        ("en", "he has gone", "he's gone"),
        ("en", "ice cream", "icecream"),
        ("en", "any more, everyday", "anymore every day"),
        ("fr", "l'homme", "l homme"),
        ("ko", "할 수있다", "할수 있다"),
        ("en", "at 10 a.m. in the U.S.", "at ten am in the US"),
        ("de", "dreiundzwanzig Männer", "23 Männer"),
        ("zh", "二十三个", "23个"),
        ("es", "veintiuna mesas", "21 mesas"),
        ("en", "call 5551234", "call 555 1234"),
    ],
)
def test_other_spellings_are_the_same(language: str, expected: str, heard: str) -> None:
    assert all(same for _, _, same in found(expected, heard, language))


def test_only_what_stands_there_is_joined() -> None:
    assert found("go in to the car, into it", "go in the car into it") == [
        ("go", "go", True),
        ("in", "in", True),
        ("to", "", False),
        ("the", "the", True),
        ("car", "car", True),
        ("into", "into", True),
        ("it", "it", True),
    ]


def test_other_numbers_are_not_the_same() -> None:
    assert found("five cats", "6 cats") == [("five", "6", False), ("cats", "cats", True)]


def test_numbers_in_another_order_are_found_once() -> None:
    assert [same for _, _, same in found("one two three four", "2 4 1")].count(True) == 2
