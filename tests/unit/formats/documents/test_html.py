"""The transcript: one file that loads nothing, with both languages, times, and no markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from audio_translation.formats.documents.html import html
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.transcript import Segment, Translation

BOTH = Translation(
    segments=(
        Segment(50, 3_650, " Hello.", source="Hola.", spoken="es"),
        Segment(3_723_004, 3_724_000, "شكرا", source="شكرا", spoken="ar", untranslated=True),
    ),
    language="english",
    duration=3_725_000,
    model="gpt-transcribe",
    warnings=("Less is <more>.",),
    languages=(("es", 0.875), ("ar", 0.125)),
)
SCRIPTS = ["<script>alert(1)</script>", "</td><img src=x onerror=y>", "a & b < c", "\"'><b>"]


class Page(HTMLParser):
    """The tags of a page with their attributes, and the texts of its cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.cells: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open:
            self.cells[-1] += data


def test_each_segment_is_a_row_with_its_times_and_both_texts() -> None:
    page = Page(html(BOTH, title="a.mp3"))
    assert page.open == []
    assert page.cells == [
        "0:00:00.050 to 0:00:03.650", "Hola.", "Hello.",
        "1:02:03.004 to 1:02:04.000", "شكرا", "شكرا",
    ]  # fmt: skip
    paragraphs = [attributes for tag, attributes in page.tags if tag == "p"][1:]
    assert [p.get("lang") for p in paragraphs] == ["es", "en", "ar", "ar"]
    assert [p["dir"] for p in paragraphs] == ["ltr", "ltr", "rtl", "rtl"]
    assert paragraphs[3]["class"] == "untranslated"


def test_who_speaks_has_a_column_where_that_is_known() -> None:
    segments = tuple(replace(s, source=None, channel=n) for n, s in enumerate(BOTH.segments))
    page = Page(html(replace(BOTH, segments=segments, channel_names=("<Ann>", "Bob"))))
    assert page.cells[1::3] == ["<Ann>", "Bob"]
    told = replace(BOTH, segments=(replace(segments[0], speaker="Cid"), segments[1]))
    assert Page(html(told)).cells[1::3] == ["Cid", ""]


def test_a_text_from_right_to_left_that_begins_with_a_latin_word_runs_as_its_language_does() -> (
    None
):
    arabic = Segment(0, 1_000, "NASA أعلنت اليوم.", source="NASA said it.", spoken="en")
    page = Page(html(replace(BOTH, segments=(arabic,), language="arabic"), title="a"))
    said, text = (attributes for tag, attributes in page.tags[-4:] if tag == "p")
    assert said == {"lang": "en", "dir": "ltr"}
    assert text == {"lang": "ar", "dir": "rtl"}


def test_it_says_what_was_made_from_which_languages_and_by_what() -> None:
    page = html(BOTH, title="a")
    assert (
        "<p>Translation: English, 1:02:05, by gpt-transcribe. Spoken: Spanish 88%, Arabic 12%.</p>"
        in page
    )


def test_without_source_there_is_one_column_of_text() -> None:
    plain = replace(BOTH, segments=(Segment(0, 1_000, "Hello."),))
    assert Page(html(plain, title="a")).cells == ["0:00:00.000 to 0:00:01.000", "Hello."]


@pytest.mark.parametrize("evil", SCRIPTS)
def test_what_was_said_is_no_markup(evil: str) -> None:
    segments = (Segment(0, 1_000, evil, source=evil, spoken="es"),)
    translation = replace(BOTH, segments=segments, warnings=(evil,), model=evil, language=evil)
    page = Page(html(translation, title=evil))
    assert page.cells[1:] == [evil, evil]
    allowed = {"html", "head", "meta", "title", "style", "body", "h1", "p", "ul", "li", "table"}
    allowed |= {"thead", "tbody", "tr", "th", "td"}
    assert {tag for tag, _ in page.tags} <= allowed


def test_it_loads_and_runs_nothing() -> None:
    page = html(BOTH, title="https://example.com/a.mp3")
    assert not re.search(r"src=|href=|@import|url\(|<script|javascript:", page)
    assert "Less is &lt;more&gt;." in page


def test_it_can_always_be_encoded() -> None:
    lone = replace(BOTH, segments=(Segment(0, 1, "a\ud83d", source="\udc00"),))
    assert html(lone, title="\ud800").encode()


def test_a_recording_without_speech_has_an_empty_table() -> None:
    assert Page(html(replace(BOTH, segments=()), title="a")).cells == []


def test_as_an_answer_it_has_the_source_for_who_asks_for_it() -> None:
    plain = render(BOTH, ResponseFormat.HTML)
    both = render(BOTH, ResponseFormat.HTML, with_source=True)
    assert plain.content_type == "text/html; charset=utf-8"
    assert Page(plain.text).cells[:2] == ["0:00:00.050 to 0:00:03.650", "Hello."]
    assert both.text == html(BOTH)


ANYTHING = st.text(st.characters() | st.sampled_from("<>&\"'\x00\x0c\r\ufffe\ud800 "))


@given(said=ANYTHING, text=ANYTHING, title=ANYTHING, spoken=ANYTHING)
def test_two_parsers_find_it_valid_whatever_was_said(
    said: str, text: str, title: str, spoken: str
) -> None:
    segments = (Segment(0, 1_000, text, source=said, spoken=spoken), *BOTH.segments)
    page = html(replace(BOTH, segments=segments, warnings=(said,), language=text), title=title)
    strict = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    other = etree.fromstring(page, etree.HTMLParser(recover=False))
    found = [
        [" ".join("".join(cell.itertext()).split()) for cell in tree.iter("td")]
        for tree in (strict, other)
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 9
