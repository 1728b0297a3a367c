"""Columns on screen, and the signs that they are counted by."""

import subprocess
import sys
from pathlib import Path

import pytest

import audio_translation
from audio_translation.formats.writing.columns import columns, signs


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("", 0),
        ("abc", 3),
        ("señor", 5),
        ("sen\u0303or", 5),
        ("Здравствуй", 10),
        ("שָׁלוֹם", 4),
        ("שלום", 4),
        ("مُحَمَّد", 4),
        ("\u202bשלום\u202c", 4),  # noqa: RUF001
        ("天気", 4),
        ("天a気", 5),
        ("한국어", 6),
        ("हिन्दी में", 6),
        ("தமிழ்", 4),
        ("ภาษาไทยน้ำ", 9),
        ("ຂ້ອຍ", 3),
        ("ខ្ញុំ", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽🇩🇪", 4),
        ("a\u200bb\u2060", 2),
    ],
)
def test_marks_take_no_column_and_wide_signs_two(text: str, wide: int) -> None:
    assert columns(text) == wide


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ab", ["a", "b"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("नमस्ते", ["न", "म", "स्ते"]),
        ("👨‍👩‍👧‍👦👍🏽🇩🇪🇫🇷", ["👨‍👩‍👧‍👦", "👍🏽", "🇩🇪", "🇫🇷"]),
    ],
)
def test_a_sign_is_a_letter_with_its_marks_or_an_emoji_with_its_joiners(
    text: str, parts: list[str]
) -> None:
    assert list(signs(text)) == parts


def test_libraries_are_imported_for_the_texts_that_need_them() -> None:
    program = """
import sys
from audio_translation.formats.cues import lay_out
from audio_translation.transcript import Segment
def loaded():
    return sorted({"icu4py", "wcwidth"} & set(sys.modules))
def shown(text):
    lay_out([Segment(0, 3000, text)])
    return loaded()
print(loaded(), shown("Où est-ce? Привет, שלום, مرحبا."), shown("नमस्ते"), shown("ไทย"))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(audio_translation.__file__).parents[1])},
    )
    assert ran.stdout.strip() == "[] [] ['wcwidth'] ['icu4py', 'wcwidth']"
