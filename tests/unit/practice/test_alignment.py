import time

from hypothesis import given, settings
from hypothesis import strategies as st

from audio_translation.practice.alignment import aligned

WORDS = st.lists(st.sampled_from(["a", "the", "cat", "cats", "sat", "dog", "ran"]), max_size=12)


def side_by_side(expected: str, heard: str) -> str:
    ours, theirs = expected.split(), heard.split()
    return " ".join(
        f"{'-' if one is None else ours[one]}/{'-' if other is None else theirs[other]}"
        for one, other in aligned(ours, theirs)
    )


def test_like_is_put_beside_like() -> None:
    assert side_by_side("the big red dog barks", "the dog barked") == (
        "the/the big/- red/- dog/dog barks/barked"
    )
    assert side_by_side("one weather two", "whether one two") == (
        "-/whether one/one weather/- two/two"
    )
    assert side_by_side("he barks", "he then barked") == "he/he -/then barks/barked"


def test_a_false_start_is_what_comes_first() -> None:
    assert side_by_side("I went home", "I I went home") == "-/I I/I went/went home/home"


def test_what_is_left_out_or_added_at_the_ends_is_alone() -> None:
    assert side_by_side("a b c d", "c d") == "a/- b/- c/c d/d"
    assert side_by_side("", "a b") == "-/a -/b"
    assert side_by_side("a b", "") == "a/- b/-"
    assert aligned([], []) == []


def test_a_last_part_is_found_in_a_long_text() -> None:
    expected = [f"w{number}" for number in range(2_000)]
    heard = expected[1_500:]
    pairs = aligned(expected, heard)
    assert [pair for pair in pairs if pair.heard is not None] == [
        (1_500 + number, number) for number in range(500)
    ]


@settings(max_examples=50, deadline=None)
@given(WORDS, WORDS)
def test_every_word_is_there_once_and_in_order(expected: list[str], heard: list[str]) -> None:
    pairs = aligned(expected, heard)
    assert [p.expected for p in pairs if p.expected is not None] == list(range(len(expected)))
    assert [p.heard for p in pairs if p.heard is not None] == list(range(len(heard)))
    assert all(pair != (None, None) for pair in pairs)


@settings(max_examples=50, deadline=None)
@given(WORDS, WORDS)
def test_no_way_is_cheaper(expected: list[str], heard: list[str]) -> None:
    def cost(one: str | None, other: str | None) -> float:
        if one is None or other is None:
            return 10
        if one == other:
            return 0
        if len(one) == 1 or len(other) == 1:
            return 15
        return 15 - 5 * 2 * _common(one, other) / (len(one) + len(other))

    best = [[10.0 * column for column in range(len(heard) + 1)]]
    for one in expected:
        row = [best[-1][0] + 10]
        for column, other in enumerate(heard):
            row.append(
                min(best[-1][column] + cost(one, other), best[-1][column + 1] + 10, row[-1] + 10)
            )
        best.append(row)
    found = sum(
        cost(None if p.expected is None else expected[p.expected],
             None if p.heard is None else heard[p.heard])
        for p in aligned(expected, heard)
    )  # fmt: skip
    assert abs(found - best[-1][-1]) < 1e-6


def _common(one: str, other: str) -> int:
    before = [0] * (len(other) + 1)
    for letter in one:
        row = [0]
        for column, another in enumerate(other):
            row.append(
                before[column] + 1 if letter == another else max(before[column + 1], row[-1])
            )
        before = row
    return before[-1]


def test_the_longest_texts_are_bounded_in_time_and_memory() -> None:
    expected = [f"e{number % 97}" for number in range(5_000)]
    heard = [f"h{number % 89}" for number in range(5_000)]
    started = time.process_time()
    pairs = aligned(expected, heard)
    assert len(pairs) >= 5_000
    assert time.process_time() - started < 15, "half a second, on a machine that is not busy"
