"""Which of several audio tracks is translated."""

import pytest

from audio_translation.audio.decoder import Track
from audio_translation.audio.media.tracks import in_order
from audio_translation.errors import InvalidRequest

ENGLISH, SPANISH, PLAIN = Track(1, "en"), Track(2, "es"), Track(3)


def numbers(*tracks: Track, wish: str | None = None, source: str | None = None) -> list[int]:
    return [track.number for track in in_order(tracks, wish=wish, source=source)]


def marked(track: Track) -> Track:
    return Track(track.number, track.language, default=True)


def test_the_default_one_comes_first_and_then_the_files_order() -> None:
    assert numbers(ENGLISH, SPANISH, PLAIN) == [1, 2, 3]
    assert numbers(ENGLISH, marked(SPANISH), PLAIN) == [2, 1, 3]
    assert numbers(ENGLISH, marked(SPANISH), marked(PLAIN)) == [2, 3, 1]


def test_where_all_are_marked_none_is() -> None:
    assert numbers(marked(ENGLISH), marked(SPANISH)) == [1, 2]


def test_a_track_in_the_language_spoken_comes_before_the_default_one() -> None:
    assert numbers(marked(ENGLISH), SPANISH, source="es-MX") == [2, 1]
    assert numbers(marked(ENGLISH), SPANISH, source="fr") == [1, 2]


@pytest.mark.parametrize(
    ("wish", "number"), [("2", 2), ("es", 2), ("ES", 2), ("spa", 2), ("es-MX", 2), ("3", 3)]
)
def test_a_wish_is_a_number_or_a_language(wish: str, number: int) -> None:
    assert numbers(marked(ENGLISH), SPANISH, PLAIN, wish=wish, source="en") == [number]


@pytest.mark.parametrize("wish", ["4", "fr", "und"])
def test_a_wish_that_cannot_be_had_is_answered_with_what_there_is(wish: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        numbers(marked(ENGLISH), SPANISH, PLAIN, wish=wish)
    assert raised.value.param == "track"
    assert "track 1 (en, default), track 2 (es), track 3" in raised.value.message


def test_a_wish_of_any_length_is_answered_shortly() -> None:
    with pytest.raises(InvalidRequest) as raised:
        numbers(SPANISH, wish="es" + "-abcdefgh" * 1_000)
    assert len(raised.value.message) < 150


@pytest.mark.parametrize(
    ("tag", "code"),
    [("cat", "ca"), ("ice", "is"), ("isl", "is"), ("hrv", "hr"), ("baq", "eu"), ("nob", "no")],
)
def test_every_language_of_ours_is_known_by_its_three_letters(tag: str, code: str) -> None:
    assert numbers(ENGLISH, Track(2, code), wish=tag) == [2]
