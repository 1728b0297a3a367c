"""How long a cue stays: until it is read, as long as it may, and never into the next."""

from math import inf

import pytest

from audio_translation.formats.rules.layout_rules import DEFAULT, Rules


def test_a_text_takes_its_columns_its_words_or_the_least_time() -> None:
    rules = Rules(speed=20, word_time=300)
    assert rules.reading_time(60, 3) == 3000
    assert rules.reading_time(61, 3) == 3050
    assert rules.reading_time(10, 8) == 2400
    assert rules.reading_time(1, 1) == rules.shortest


def test_the_end_waits_until_it_is_read_with_ease_but_not_long_after_the_speech() -> None:
    assert DEFAULT.comfortable_end(0, 500, 17, 1) == 1000
    assert DEFAULT.comfortable_end(0, 500, 17, 6) == 2000
    assert DEFAULT.comfortable_end(0, 3000, 17, 1) == 3000
    assert Rules(speed=100).comfortable_end(0, 500, 85, 1) == 2000


@pytest.mark.parametrize(
    ("until", "end"),
    [(9000, 2000), (2500, 2000), (2499, 2415), (2084, 2000), (2000, 1916), (1000, 916), (500, 700)],
)
def test_a_short_pause_before_the_next_cue_is_closed_but_for_the_gap(until: int, end: int) -> None:
    assert DEFAULT.end(0, 2000, until) == end


def test_a_cue_leaves_after_the_longest_time() -> None:
    assert DEFAULT.end(1000, 20_000, inf) == 8000
    assert DEFAULT.end(0, 6900, 7300) == 7000


def test_the_least_time_delays_the_next_cue_by_a_second_at_most() -> None:
    rules = Rules(shortest=3000)
    assert rules.end(0, 1000, 9000) == 3000
    assert rules.end(0, 1000, 2500) == 3000
    assert rules.end(0, 1000, 1500) == 1500 - rules.gap + 1000
    assert rules.end(0, 100, 100) == 1016


def test_a_cue_holds_what_can_be_read_in_the_longest_time() -> None:
    assert DEFAULT.room == DEFAULT.full == 85
    assert Rules(speed=5, longest=4000).room == 20


def test_a_pause_is_never_less_than_the_gap() -> None:
    assert DEFAULT.but(gap=900).chain == 900
    assert DEFAULT.but(line=30) == Rules(line=30)
