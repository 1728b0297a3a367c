"""A segment's time is shared by length, and where there is room each cue has what it needs."""

from itertools import pairwise
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from audio_translation.formats.rules.shares import shared


def test_words_take_time_in_proportion_to_their_lengths() -> None:
    assert shared(1000, 5000, inf, [30, 40], [500, 500]) == [1000, 4000, 5000]


def test_a_cue_that_needs_more_has_it_from_its_neighbours() -> None:
    assert shared(0, 4000, 4000, [10, 80], [1500, 2500]) == [0, 1500, 4000]
    assert shared(0, 4000, 4000, [70, 80], [2500, 1500]) == [0, 2500, 4000]


def test_without_room_for_all_of_them_the_shares_stay() -> None:
    assert shared(0, 2000, 2000, [10, 20], [1500, 1500]) == [0, 1000, 2000]


@given(
    st.lists(st.tuples(st.integers(1, 80), st.integers(1, 5000)), min_size=1, max_size=12),
    st.integers(0, 40_000),
    st.integers(0, 20_000) | st.just(inf),
)
def test_each_has_its_need_wherever_there_is_room_for_all(
    cues: list[tuple[int, int]], time: int, more: float
) -> None:
    ends = [sum(width for width, _ in cues[: n + 1]) for n in range(len(cues))]
    needs = [need for _, need in cues]
    times = shared(500, 500 + time, 500 + time + more, ends, needs)
    assert (times[0], len(times)) == (500, len(cues) + 1)
    assert times == sorted(times)
    assert times[-1] <= 500 + time + more
    if sum(needs) <= time + more:
        lengths = [after - before for before, after in pairwise(times)]
        assert all(length >= need for length, need in zip(lengths, needs, strict=True))
