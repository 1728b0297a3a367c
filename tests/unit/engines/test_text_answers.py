"""What is wrong with the answers of text models."""

import json

import pytest

from audio_translation.engines.provider.errors import Unreadable
from audio_translation.engines.text_answers import (
    EMPTY,
    SAME,
    TERM_MISSING,
    TOO_LONG,
    TOO_SHORT,
    UNCHANGED,
    Line,
    problems,
    read,
)

LONG = "Un texto que dice bastantes cosas sobre la vida en el campo."
OTHER = "Mañana por la tarde jugamos al ajedrez con mis tres hermanos."
THIRD = "¿Quieres venir conmigo a comprar pescado, verduras y vino tinto?"


@pytest.mark.parametrize(
    ("source", "text", "problem"),
    [
        ("Hola.", "Hello.", None),
        ("Hola.", "", EMPTY),
        ("Hola.", "...", EMPTY),
        ("...", "...", None),
        ("OK, Zapnu.", "OK, Zapnu.", None),  # too short to tell
        (LONG, LONG, UNCHANGED),
        (LONG, f" {LONG.upper()}!", UNCHANGED),
        ("Sí.", "and so on " * 20, TOO_LONG),
        (LONG, "A text.", TOO_SHORT),
        (LONG, "A text that tells something of the country.", None),
        ("今日はとても天気がいいので、公園まで散歩に行きましょう。", "x" * 240, None),
        (
            "The weather is very nice today, so let us walk to the park.",
            "今天天气很好我们去公园吧",
            None,
        ),
    ],
)
def test_a_translation_is_doubtful_for_one_reason(
    source: str, text: str, problem: str | None
) -> None:
    assert problems([Line(3, source)], {3: text}, ()) == ({3: problem} if problem else {})


def test_a_text_of_an_unknown_language_may_stay_as_it_is() -> None:
    assert problems([Line(3, LONG, foreign=False)], {3: LONG}, ()) == {}


@pytest.mark.parametrize(
    ("source", "text", "keyword", "missing"),
    [
        ("Hoy: zapnu.", "Today: Zapnu.", "Zapnu", False),
        ("Hoy: zapnu.", "Today: the app.", "Zapnu", True),
        ("Hoy: zapnuba.", "Today: it was raining.", "Zapnu", False),
        ("Vi a Ñandúes.", "I saw some birds.", "Ñandú", True),
        ("C++ es rápido.", "C is fast.", "C++", True),
        ("Hoy llueve.", "It rains today.", "Zapnu", False),
    ],
)
def test_keywords_that_are_spoken_must_be_in_the_translation(
    source: str, text: str, keyword: str, missing: bool
) -> None:
    found = problems([Line(0, source)], {0: text}, (keyword,))
    assert found == ({0: TERM_MISSING} if missing else {})


@pytest.mark.parametrize(
    ("sources", "text", "doubtful"),
    [
        ([LONG, OTHER], "HACKED", True),
        ([LONG, OTHER], "We live in the country and play chess in the afternoon.", False),
        ([LONG, OTHER, THIRD], "We live in the country and play chess in the afternoon.", True),
        ([LONG, LONG + " Sí.", LONG], "A text that says a lot about the country life.", False),
        (["Sí.", "Claro.", "Vale.", "De acuerdo."], "Yes.", False),
    ],
)
def test_one_text_for_segments_that_say_different_things_is_doubtful(
    sources: list[str], text: str, doubtful: bool
) -> None:
    lines = [Line(number, source) for number, source in enumerate(sources)]
    found = problems(lines, {line.id: text for line in lines}, ())
    assert (SAME in found.values() or TOO_SHORT in found.values()) is doubtful


def answered(text: str, **more: object) -> bytes:
    content = [{"type": "output_text", "text": text}]
    return json.dumps({"output": [{"type": "message", "content": content}], **more}).encode()


def listed(*ids: int) -> str:
    return json.dumps({"segments": [{"id": n, "text": f"text {n}"} for n in ids]})


LINES = [Line(5, LONG), Line(6, OTHER), Line(7, THIRD)]


def test_an_answer_has_the_numbers_that_were_asked_for_each_once_in_order() -> None:
    assert read(answered(listed(5, 6, 7)), LINES) == {5: "text 5", 6: "text 6", 7: "text 7"}


@pytest.mark.parametrize(
    "ids",
    [(), (5, 6), (5, 7), (7, 6, 5), (6, 5, 7), (5, 6, 7, 7), (5, 6, 6), (5, 6, 7, 8), (0, 1, 2)],
)
def test_other_numbers_or_another_order_are_no_answer(ids: tuple[int, ...]) -> None:
    assert read(answered(listed(*ids)), LINES) is None


@pytest.mark.parametrize("status", ["incomplete", "failed", "cancelled", "queued", "in_progress"])
def test_what_is_not_completed_is_no_answer_even_if_it_looks_whole(status: str) -> None:
    assert read(answered(listed(5, 6, 7), status=status), LINES) is None


def test_texts_come_on_one_line_each() -> None:
    body = answered(
        '{"segments": [{"id": 5, "text": " 1\\n00:00:01,000 --> 00:00:02,000\\n\\nHi"}]}'
    )
    assert read(body, [Line(5, LONG)]) == {5: "1 00:00:01,000 --> 00:00:02,000 Hi"}


def test_half_a_character_is_no_text() -> None:
    body = answered('{"segments": [{"id": 5, "text": "\\ud800"}, {"id": 6, "text": "Hi \\ude00"}]}')
    assert read(body, [Line(5, LONG), Line(6, OTHER)]) == {5: "", 6: "Hi"}


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"output": "x"}', b"\xff", b"[" * 99_999]
)
def test_what_is_no_response_of_a_model_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body, [Line(5, LONG)])
