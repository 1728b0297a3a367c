"""Where lines break in scripts without spaces: between words, never in a sign."""

from collections.abc import Iterable
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.breakers import CharacterBreaker, WordBreaker

from audio_translation.formats.cues import lay_out
from audio_translation.formats.line_breaking import LINE, words_of
from audio_translation.formats.rules.layout_rules import DEFAULT, Rules
from audio_translation.formats.writing.columns import columns
from audio_translation.formats.writing.word_breaks import dictionary_breaks, parts
from audio_translation.transcript import Segment

SENTENCES = {
    "th": [
        "วันนี้อากาศดีมากครอบครัวของเราจึงไปเดินเล่นที่สวนสาธารณะแล้วเราก็พบเพื่อนเก่าและดื่มกาแฟด้วยกัน",
        "นักวิทยาศาสตร์ของ NASA ส่งดาวเทียม 3 ดวงขึ้นไปในอวกาศเมื่อคืนนี้และทุกดวงทำงานได้ตามปกติ",
        "เขาถามว่าประชุมจะเริ่มกี่โมงเพราะว่ารถไฟฟ้าเสียต่างๆนานาและถนนในกรุงเทพมหานครก็ติดมาก",
    ],
    "lo": [
        "ມື້ນີ້ອາກາດດີຫຼາຍຄອບຄົວຂອງພວກເຮົາຈຶ່ງໄປຍ່າງຫຼິ້ນຢູ່ສວນສາທາລະນະແລ້ວພວກເຮົາກໍ່ພົບໝູ່ເກົ່າ",
        "ປະເທດລາວຕັ້ງຢູ່ໃນອາຊີຕາເວັນອອກສຽງໃຕ້ແລະມີຊາຍແດນຕິດກັບຫ້າປະເທດ",
    ],
    "km": [
        "ថ្ងៃនេះអាកាសធាតុល្អណាស់គ្រួសារយើងបានទៅដើរលេងនៅសួនសាធារណៈហើយយើងបានជួបមិត្តចាស់",
        "ប្រទេសកម្ពុជាមានប្រាសាទអង្គរវត្តដែលជាកន្លែងទេសចរណ៍ដ៏ល្បីល្បាញនៅលើពិភពលោក",
    ],
    "my": [
        "ဒီနေ့ရာသီဥတုသာယာတဲ့အတွက်ကျွန်တော်တို့မိသားစုပန်းခြံကိုလမ်းလျှောက်ထွက်ခဲ့ကြပါတယ်",
        "မြန်မာနိုင်ငံသည်အရှေ့တောင်အာရှတွင်တည်ရှိပြီးနိုင်ငံငါးနိုင်ငံနှင့်နယ်နိမိတ်ချင်းထိစပ်နေသည်",
    ],
}
WIDE_SIGNS = ["\u0e17" + "\u0e33" * 60, "\u1100" * 90, "\u0600" * 60 + "1"]
"""Letters that are one sign, however many follow each other: wider than a line."""
SENTENCE = st.sampled_from([(code, text) for code, texts in SENTENCES.items() for text in texts])
OLD_MONK = "\u1019\u103c\u1014\u103a"  # a syllable that ends in a consonant with asat


def lines_of(text: str) -> list[str]:
    return [line for cue in lay_out([Segment(0, 90 * len(text), text)]) for line in cue.lines]


def ends(pieces: Iterable[str]) -> set[int]:
    return set(accumulate(map(len, pieces)))


@given(st.lists(SENTENCE, min_size=1, max_size=4))
def test_lines_break_between_words_of_icu_and_never_in_a_sign(said: list[tuple[str, str]]) -> None:
    text = "".join(text for _, text in said)
    words, signs = (ends(breaker(text, said[0][0])) for breaker in (WordBreaker, CharacterBreaker))
    at = 0
    for line in lines_of(text):
        assert text[at:].startswith(line)
        assert columns(line) <= LINE
        at += len(line)
        assert at in words & signs
        at += text[at : at + 1] == " "
    assert at == len(text)


@given(st.lists(SENTENCE.map(lambda said: said[1]) | st.text(), max_size=6))
def test_texts_are_broken_together_as_alone(texts: list[str]) -> None:
    lines = [" ".join(text.split()) for text in texts]
    assert dictionary_breaks(lines) == [dictionary_breaks([line])[0] for line in lines]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("สวัสดีชาวโลก", ["สวัสดี", "ชาว", "โลก"]),
        ("ต่างๆนานา", ["ต่างๆ", "นานา"]),
        ("ຂ້ອຍມາຈາກປະເທດລາວ", ["ຂ້ອຍ", "ມາຈາກ", "ປະເທດ", "ລາວ"]),
        ("ខ្ញុំមកពីប្រទេសកម្ពុជា", ["ខ្ញុំ", "មក", "ពី", "ប្រទេស", "កម្ពុជា"]),
        ("ကမ္ဘာလောက", ["ကမ္ဘာ", "လောက"]),
        ("བོད་ཀྱི་སྐད་", ["བོད་", "ཀྱི་", "སྐད་"]),
        ("ราคา\u200bดี", ["ราคา\u200b", "ดี"]),
        ("👍👍สวัสดีชาวโลก", ["👍👍", "สวัสดี", "ชาว", "โลก"]),
        ("「今日は、」コーヒーっ。", ["「今", "日", "は、」", "コー", "ヒーっ。"]),
        ("NASA", ["NASA"]),
        ("👨‍👩‍👧‍👦👍🏽", ["👨‍👩‍👧‍👦👍🏽"]),
    ],
)
def test_parts_are_words_of_the_dictionary(text: str, pieces: list[str]) -> None:
    assert [word.text for word in words_of(text)] == pieces


@pytest.mark.parametrize(
    ("word", "apart"),
    [
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("🇩🇪", "🇩🇪"),
        ("नमस्ते", "स्ते"),
        ("e\u0301", "e\u0301"),
        (OLD_MONK, OLD_MONK),
    ],
)
def test_a_word_longer_than_a_line_is_cut_between_signs(word: str, apart: str) -> None:
    pieces = [piece for piece, _ in parts(word * 60, [], 0, LINE)]
    assert len(pieces) > 1
    assert all(columns(piece) <= LINE for piece in pieces)
    assert sum(piece.count(apart) for piece in pieces) == 60
    assert "".join(pieces) == word * 60


def test_one_sign_is_never_cut_however_long_it_is() -> None:
    assert [word.text for word in words_of("a" + "\u0301" * 200)] == ["a" + "\u0301" * 200]


@pytest.mark.parametrize("sign", WIDE_SIGNS)
@pytest.mark.parametrize("rules", [DEFAULT, DEFAULT.but(line=10), DEFAULT.but(line=10, lines=4)])
@pytest.mark.parametrize("source", [None, "hello", "\u1100" * 90])
def test_a_sign_that_is_wider_than_a_line_is_shown(
    sign: str, rules: Rules, source: str | None
) -> None:
    said = [Segment(0, 4_000, f"hello {sign} there", source=source), Segment(4_000, 8_000, sign)]
    shown = "".join(line for cue in lay_out(said, rules=rules) for line in cue.lines)
    assert "hello" in shown
    assert "there" in shown
    assert sign in shown


def test_joiners_without_end_are_cut() -> None:
    """Each is a sign of no width; what they hold together was measured anew with each of them."""
    (cue,) = lay_out([Segment(0, 4_000, "a" * 30 + "\u2060" * 60)])
    assert cue.lines[0].count("\u2060") == 60
    pieces = [word.text for word in words_of("a" * 60 + "\u2060" * 5_000)]
    assert "".join(pieces) == "a" * 60 + "\u2060" * 5_000
