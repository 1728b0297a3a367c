"""Loops, the prompt, and what is said over noise, are told from what people say."""

import pytest

from audio_translation.transcript import Segment
from audio_translation.translation.checks.doubtful import (
    Doubts,
    is_loop,
    is_prompt,
    is_said_over_noise,
    is_too_much,
    without_loop,
)
from tests.unit.translation.said import translation

SENTENCE = "Please hold the line until somebody is free to help you."
SPOKEN = (
    "We arrived late, and nobody was there. So we went home again, had dinner, and talked for a"
    " while about what we were going to do on the next day, if it did not rain."
)


@pytest.mark.parametrize(
    "text",
    [
        " ".join([SENTENCE] * 24),
        f"{SPOKEN} {' '.join([SENTENCE] * 12)}",
        "la " * 100,
        "and then we went and then we went " * 20,
        "\u8c22\u8c22\u5927\u5bb6\u3002" * 60,
        "\u6211\u4eec\u4eca\u5929\u53bb\u516c\u56ed\u73a9\u3002" * 18,
        "\u6211\u4eec\u4eca\u5929\u53bb\u516c\u56ed\u73a9\uff0c" * 18,
        "\u0e02\u0e2d\u0e1a\u0e04\u0e38\u0e13\u0e17\u0e35\u0e48\u0e23\u0e31\u0e1a\u0e0a\u0e21" * 12,
    ],
)
def test_what_is_repeated_as_nobody_does_is_a_loop(text: str) -> None:
    assert is_loop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No, no, no, no.",
        SPOKEN,
        f"{SENTENCE} {SENTENCE}",
        " ".join(f"This is sentence {number}." for number in range(40)),
        " ".join(f"{number}," for number in range(200)),
        "Thank you. Thank you. Thank you very much.",
    ],
)
def test_what_people_say_is_none(text: str) -> None:
    assert not is_loop(text)


def test_of_a_loop_each_sentence_is_kept_once_and_no_more_than_the_sound_holds() -> None:
    segments = [Segment(n * 1000, n * 1000 + 1000, f" {SENTENCE}") for n in range(24)]
    cut = without_loop(translation(Segment(0, 1000, "Hello."), *segments), 20_000)
    assert cut.text == f"Hello. {SENTENCE}"
    assert without_loop(translation(Segment(0, 9000, "la " * 500)), 9_000).text == "la"
    endless = " ".join(f"word{number}" for number in range(1000))
    assert len(without_loop(translation(Segment(0, 2000, endless)), 4_000).text) <= 100


def test_of_a_loop_the_source_is_cut_too() -> None:
    both = Segment(0, 20_000, f"{SENTENCE} " * 20, source="Espere, por favor. " * 20)
    (cut,) = without_loop(translation(both), 20_000).segments
    assert (cut.text, cut.source) == (SENTENCE, "Espere, por favor.")


def test_more_than_anybody_can_say_is_too_much() -> None:
    assert not is_too_much(SPOKEN * 3, 20_000)
    assert is_too_much("Words. " * 300, 20_000)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A call about Krak\u00f3w.", True),
        ("a call about krak\u00f3w", True),
        ("A call about Paris.", False),
        ("Krak\u00f3w", False),
        ("", False),
    ],
)
def test_the_prompt_is_known_when_it_comes_back(text: str, told: bool) -> None:
    assert is_prompt(text, "Names: Anna. A call about Krak\u00f3w.") is told
    assert not is_prompt(text, None)


def test_a_prompt_without_spaces_is_known_too() -> None:
    prompt = "\u4ee5\u4e0b\u662f\u666e\u901a\u8bdd\u7684\u53e5\u5b50\u3002"
    assert is_prompt(prompt, f"{prompt}Anna")
    assert not is_prompt("\u666e\u901a\u8bdd", prompt)


@pytest.mark.parametrize(
    ("text", "made_up"),
    [
        ("Thank you for watching!", True),
        ("Thanks for watching. Bye.", True),
        ("you", True),
        ("Thank you for watching the dog.", False),
        ("", False),
        (SENTENCE, False),
    ],
)
def test_what_whisper_says_where_nobody_speaks_is_known(text: str, made_up: bool) -> None:
    assert is_said_over_noise(text) is made_up


@pytest.mark.parametrize("clear", [True, False])
def test_what_was_said_before_may_be_said_again_and_the_prompt_only_where_it_is_clear(
    clear: bool,
) -> None:
    again = translation(Segment(0, 2_000, "We go home now."))
    before = Doubts(None, 2_000, clear=clear, before="So. We go home now.")
    assert before.any_of(again)
    assert before.is_the_prompt_indeed(again)
    prompt = Doubts("We go home now.", 2_000, clear=clear)
    assert prompt.any_of(again)
    assert prompt.is_the_prompt_indeed(again) is clear


def test_a_phrase_over_noise_is_not_believed_because_it_was_said_before() -> None:
    doubts = Doubts(None, 2_000, clear=False, before="Thanks. Thank you very much. Bye.")
    assert not doubts.is_the_prompt_indeed(translation(Segment(0, 900, "Thank you very much.")))
