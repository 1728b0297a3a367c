"""``ttml``: that it is EBU-TT-D and IMSC, and that two readers see what was said."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
import ttconv.model
from hypothesis import given
from lxml import etree
from pycaption import DFXPReader
from ttconv.imsc import reader
from ttconv.style_properties import DirectionType, StyleProperties

from audio_translation.formats import two_sides
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.formats.rules.layout_rules import DEFAULT
from audio_translation.transcript import Segment, Translation
from tests.unit.formats.translations import (
    MARKED_SEGMENTS,
    SAID,
    SEGMENTS,
    TWO,
    patient,
    text_of,
    translation,
)

TT = "{http://www.w3.org/ns/ttml}"
ID = "{http://www.w3.org/XML/1998/namespace}id"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
MAY_HAVE = {
    "head": set(),
    "metadata": set(),
    "styling": set(),
    "style": {
        "id",
        "fontFamily",
        "fontSize",
        "lineHeight",
        "textAlign",
        "linePadding",
        "color",
        "backgroundColor",
        "direction",
        "unicodeBidi",
    },
    "layout": set(),
    "region": {"id", "origin", "extent", "displayAlign"},
    "body": set(),
    "div": {"style", "region"},
    "p": {"id", "begin", "end"},
    "span": {"style"},
    "br": set(),
    "documentMetadata": set(),
    "conformsToStandard": set(),
}
"""Attributes that EBU-TT-D knows, of those elements that are written here."""

Cue = tuple[int, int, str]


def cues_of(segments: tuple[Segment, ...]) -> list[Cue]:
    """What is to be seen; only what XML cannot hold is replaced."""
    return [
        (cue.start, cue.end, re.sub("[\ufffe\uffff]", "\ufffd", "\n".join(cue.lines)))
        for cue in two_sides.cues_of(translation(*segments), DEFAULT, braces_hide=False)
    ]


def seen_by_ttconv(document: str) -> list[Cue]:
    """Sandflow's reader, which refuses what the IMSC text profile does not know."""
    body = reader.to_model(ElementTree.ElementTree(ElementTree.fromstring(document))).get_body()
    return [_cue(p) for p in body.dfs_iterator() if isinstance(p, ttconv.model.P)] if body else []


def _cue(paragraph: Any) -> Cue:
    text = ""
    for part in paragraph.dfs_iterator():
        if isinstance(part, ttconv.model.Br):
            text += "\n"
        elif isinstance(part, ttconv.model.Text):
            text += part.get_text()
    begin = paragraph.get_begin() or 0  # which it does not keep
    return int(begin * 1000), int(paragraph.get_end() * 1000), text


def seen_by_pycaption(document: str) -> list[Cue]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it reads XML by a parser for HTML, and says so
        read = DFXPReader().read(document)
    (language,) = read.get_languages()
    return [
        (cue.start // 1000, cue.end // 1000, cue.get_text()) for cue in read.get_captions(language)
    ]


def test_a_document_is_cues_with_spans() -> None:
    rendered = render(translation(*TWO), ResponseFormat.TTML)
    assert rendered.content_type == "application/ttml+xml; charset=utf-8"
    assert isinstance(rendered.body, str)
    assert rendered.body.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns=')
    assert rendered.body[rendered.body.index("<body>") :] == (
        '<body>\n<div style="cue" region="bottom">\n'
        '<p xml:id="cue1" begin="00:00:00.000" end="00:00:02.316">'
        '<span style="line">Good morning.</span></p>\n'
        '<p xml:id="cue2" begin="00:00:02.400" end="00:00:05.740">'
        '<span style="line">I am looking for the &lt;old&gt; town</span><br/>'
        '<span style="line">&amp; its market.</span></p>\n</div>\n</body>\n</tt>\n'
    )


def test_both_standards_are_named_and_nothing_that_the_smaller_one_forbids() -> None:
    root = etree.fromstring(text_of(ResponseFormat.TTML, *TWO).encode())
    assert [one.text for one in root.iter("{urn:ebu:tt:metadata}conformsToStandard")] == [
        "urn:ebu:tt:distribution:2014-01",
        "http://www.w3.org/ns/ttml/profile/imsc1/text",
    ]
    assert {etree.QName(name).localname for name in root.attrib} == {
        "lang",
        "timeBase",
        "cellResolution",
    }
    for element in root.iterdescendants():
        names = {etree.QName(name).localname for name in element.attrib}
        assert names <= MAY_HAVE[etree.QName(element).localname]
        if element.tag not in {f"{TT}span", "{urn:ebu:tt:metadata}conformsToStandard"}:
            assert not (element.text or "").strip(), "text stands in spans alone"
        assert not (element.tail or "").strip()
        for color in re.findall("#[^ ]*", " ".join(map(str, element.attrib.values()))):
            assert re.fullmatch("#[0-9a-f]{6}([0-9a-f]{2})?", color)
    ids = [element.get(ID) for element in root.iter() if element.get(ID)]
    assert len(ids) == len(set(ids)) == 4 + 2
    used = {name for one in root.iter() for name in (one.get("style") or "").split()}
    assert used <= set(ids)


def test_silence_is_a_document_without_a_body() -> None:
    document = text_of(ResponseFormat.TTML)
    assert [child.tag for child in etree.fromstring(document.encode())] == [f"{TT}head"]
    assert seen_by_ttconv(document) == []


@pytest.mark.parametrize(
    ("language", "tag", "told"),
    [
        ("english", "", "en"),
        ("portuguese", "pt-BR", "pt-BR"),
        ("chinese", "zh-Hant", "zh-Hant"),
        ("unknown", "", ""),
    ],
)
def test_the_language_is_a_tag_with_what_was_asked_for(language: str, tag: str, told: str) -> None:
    spoken = replace(translation(*TWO), language=language, tag=tag)
    document = render(spoken, ResponseFormat.TTML).text
    assert etree.fromstring(document.encode()).get(LANGUAGE) == told
    assert len(seen_by_ttconv(document)) == 2


def test_each_of_two_texts_runs_in_its_own_direction() -> None:
    said = Segment(0, 4000, "NASA launched it.", source="NASA שיגרה אותו.", spoken="he")
    document = render(translation(said), ResponseFormat.TTML, with_source=True).text
    spans = list(etree.fromstring(document.encode()).iter(f"{TT}span"))
    assert [(span.get("style"), span.text) for span in spans] == [
        ("line fromRight", "\u202bNASA שיגרה אותו.\u202c"),
        ("line", "NASA launched it."),
    ]
    (paragraph,) = _paragraphs(document)
    first, second = (one for one in paragraph if isinstance(one, ttconv.model.Span))
    assert first.get_style(StyleProperties.Direction) == DirectionType.rtl
    assert second.get_style(StyleProperties.Direction) is None


def _paragraphs(document: str) -> Iterator[Any]:
    body = reader.to_model(ElementTree.ElementTree(ElementTree.fromstring(document))).get_body()
    return (one for one in body.dfs_iterator() if isinstance(one, ttconv.model.P))


def test_the_source_stands_above_the_translation() -> None:
    document = render(translation(*SAID), ResponseFormat.TTML, with_source=True).text
    assert [text for _, _, text in seen_by_ttconv(document)] == [
        "Buenos días.\nGood morning.",
        "Lo siento.",
        "\ufffd & <b> -->\nRight.",
        "Nothing is known of this.",
    ]


@given(segments=SEGMENTS)
@patient
def test_any_document_survives_ttconv(segments: tuple[Segment, ...]) -> None:
    assert seen_by_ttconv(text_of(ResponseFormat.TTML, *segments)) == cues_of(segments)


@given(segments=MARKED_SEGMENTS)
@patient
def test_any_document_survives_pycaption(segments: tuple[Segment, ...]) -> None:
    if wanted := cues_of(segments):
        assert seen_by_pycaption(text_of(ResponseFormat.TTML, *segments)) == wanted


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    document = text_of(ResponseFormat.TTML, Segment(0, 3000, "a\ufffeb\uffffc\x00d 😀"))
    assert [text for _, _, text in seen_by_ttconv(document)] == ["a\ufffdb\ufffdcd 😀"]


@pytest.mark.parametrize("start", [3_599_999, 35_999_001, 360_000_000])
def test_times_of_many_hours_are_read_as_they_were_written(start: int) -> None:
    whole = Translation((Segment(start, start + 2000, "Hello."),), "english", start, "whisper-1")
    document = render(whole, ResponseFormat.TTML).text
    for read in (seen_by_ttconv, seen_by_pycaption):
        assert read(document) == [(start, start + 2000, "Hello.")]
