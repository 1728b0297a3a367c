"""Words, and letters where there are no words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.scripts import is_letter, joined, words_of


def test_marks_stay_with_their_letters() -> None:
    said = "\u0e19\u0e49\u0e33\u0e15\u0e31\u0e27 \u4f60\u597d\u3002 Two words"
    assert words_of(said) == [
        "\u0e19\u0e49",
        "\u0e33",
        "\u0e15\u0e31",
        "\u0e27 ",
        "\u4f60",
        "\u597d\u3002 ",
        "Two ",
        "words",
    ]


@given(text=st.text())
def test_no_letter_is_lost(text: str) -> None:
    assert "".join(words_of(text)) == text.strip()


def test_korean_has_words() -> None:
    assert not is_letter("\uc548\ub155")
    assert words_of("\uc548\ub155 \ud558\uc138\uc694") == ["\uc548\ub155 ", "\ud558\uc138\uc694"]


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["です。", "これは"], "です。これは"),
        (["です", " これは "], "ですこれは"),
        (["です。\nこれは\n", "\r\nは"], "です。これはは"),
        (["One\ntwo"], "One two"),
        (["本当？", "「はい」", "！"], "本当？「はい」！"),  # noqa: RUF001
        (["今天", "是", "星期六。", "好。"], "今天是星期六。好。"),
        (["1995", "年です"], "1995年です"),
        (["これは", "100 円", "です!", "はい"], "これは100 円です!はい"),
        (["他在", "NASA", "工作"], "他在 NASA 工作"),
        (["好。", "NASA"], "好。NASA"),
        (["Hello.", "「はい」"], "Hello.「はい」"),
        (["Hello.", "これは"], "Hello. これは"),
        (["你好", "안녕", "하세요"], "你好 안녕 하세요"),
        (["สวัสดี", "ครับ"], "สวัสดีครับ"),
        (["น้ำดี", "ครับ!", "ดี"], "น้ำดีครับ! ดี"),
        (["ខ្ញុំទៅ។", "បាទ", "ទៅ"], "ខ្ញុំទៅ។ បាទទៅ"),
        (["ပါတယ်။", "ဟုတ်", "တယ်"], "ပါတယ်။ ဟုတ်တယ်"),
        (["ຂ້ອຍ", "ໄປ"], "ຂ້ອຍໄປ"),
        (["नमस्ते", "दुनिया", "1995", "."], "नमस्ते दुनिया 1995 ."),
        (["...", "です", "...", "は"], "...です...は"),
        (["Good  morning. ", "", " \n", "Yes."], "Good morning. Yes."),
        (["。", "！"], "。！"),  # noqa: RUF001
        ([], ""),
    ],
)
def test_a_blank_joins_texts_only_where_a_script_has_one(texts: list[str], line: str) -> None:
    assert joined(texts) == line


@given(texts=st.lists(st.text() | st.text("天気がไทยa1.。 "), max_size=8))
def test_joining_loses_nothing_but_blanks(texts: list[str]) -> None:
    line = joined(texts)
    assert "".join(line.split()) == "".join("".join(texts).split())
    assert line == " ".join(line.split())
