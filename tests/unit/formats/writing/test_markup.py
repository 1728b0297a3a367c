r"""Text that looks like markup: what is put between, and that nothing else is changed.

That players show what was said is tested with the formats, in test_srt.py and test_vtt.py.
"""

import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.formats.writing.markup import in_srt, in_vtt, without_braces
from audio_translation.transcript import Segment

lines = st.text(st.sampled_from("<>&;/biNnh\\{}:.,-019 aé\u05d0")) | st.text()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain, it's 10:30.", "plain, it's 10:30."),
        ("<b>", "<|b>"),
        ("a < b", "a <| b"),
        ("&lt; &#60; R&D; & so", "&|lt; &|#60; R&|D; & so"),
        ("1 --> 2", "1 --|> 2"),
        (r"C:\New \h \a", r"C:\|New \|h \a"),
        ("1995", "|1995"),
        ("1995.", "1995."),
        ("at 1:02:03.5", "at 1:02:03.5"),
        ("1:02:03.5 to 10:30,25", "1:02:03|.5 to 10:30|,25"),
    ],
)
def test_a_joiner_stands_where_srt_would_be_obeyed(line: str, shown: str) -> None:
    assert in_srt(line) == shown.replace("|", "\u2060")


def test_vtt_has_entities_and_the_joiners_that_entities_do_not_save() -> None:
    assert in_vtt("<b> & --> {") == "&lt;b&gt; &amp; --&gt; {"
    assert in_vtt(r"\N") == "\\\u2060N"
    assert in_vtt("1995") == "\u20601995"


@given(lines)
def test_without_the_joiners_a_line_is_what_was_said(line: str) -> None:
    said = line.replace("\u2060", "")
    assert in_srt(said).replace("\u2060", "") == said
    assert unescape(in_vtt(said.replace("&", "&;"))).replace("\u2060", "") == said.replace(
        "&", "&;"
    )
    assert "-->" not in in_srt(said)
    assert "<" not in in_vtt(said)


def test_braces_become_full_width_in_both_texts_and_are_the_same_by_nfkc() -> None:
    said = Segment(0, 1000, r"{\an8} hello", source="{a}")
    (shown,) = without_braces([said])
    assert (shown.text, shown.source) == ("\uff5b\\an8\uff5d hello", "\uff5ba\uff5d")
    assert unicodedata.normalize("NFKC", shown.text) == said.text
    assert without_braces([Segment(0, 1, "plain")]) == [Segment(0, 1, "plain")]
