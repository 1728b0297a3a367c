"""The figures of each style are those of its guide, and its rules hold whatever is said."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_translation.formats.cues import Cue, lay_out
from audio_translation.formats.rules.layout_rules import DEFAULT, Rules
from audio_translation.formats.rules.styles import Style, columns_each, rules_of
from audio_translation.formats.writing.columns import columns
from audio_translation.languages import NAMES
from audio_translation.transcript import Segment

TEXTS = {
    "english": "The weather was very nice today, so the whole family went for a walk. Yes! A, I ",
    "french": "Bonjour ! Le train de Paris est parti à l'heure ; nous l'avons vu. « Oui », dit-il ",
    "japanese": "今日は天気がとても良かったので、家族みんなで公園へ散歩に行きました。はい。",
    "korean": "오늘은 날씨가 아주 좋아서 온 가족이 공원으로 산책을 갔습니다. 네. ",
    "chinese": "今天天气很好，我们一起去公园散步吧。好！",  # noqa: RUF001
    "thai": "วันนี้อากาศดีมากครอบครัวของเราจึงไปเดินเล่นที่สวนสาธารณะ แล้วเราก็พบเพื่อนเก่า ",
    "arabic": "كان الطقس جميلاً جداً اليوم في المدينة، لذلك ذهبت العائلة إلى الحديقة. نعم. ",
    "hindi": "आज मौसम बहुत अच्छा था, इसलिए पूरा परिवार पार्क में टहलने गया। हाँ। ",
}
WITHOUT_SPACES = {"japanese", "chinese", "thai"}

styles = st.sampled_from(Style)
languages = st.sampled_from(sorted(TEXTS))


@st.composite
def speech(draw: st.DrawFn, language: str) -> list[Segment]:
    """Sentences and parts of them, fast and slow, with pauses and without."""
    text, at, segments = TEXTS[language] * 3, 0, []
    for _ in range(draw(st.integers(1, 12))):
        begin = draw(st.integers(0, len(text) // 3))
        said = text[begin : begin + draw(st.integers(1, 150))].strip()
        while said and unicodedata.category(said[0])[0] == "M":  # half of a sign
            said = said[1:]
        said = said or "A"
        at += draw(st.sampled_from([0, 0, 40, 300, 900, 6000]))
        end = at + draw(st.integers(20, 120)) * columns(said) + 1
        segments.append(Segment(at, end, said))
        at = end
    return segments


@st.composite
def any_rules(draw: st.DrawFn) -> Rules:
    """Rules as a request may ask for them."""
    longest = draw(st.integers(2000, 30_000))
    return Rules(
        line=draw(st.integers(10, 100)),
        lines=draw(st.integers(1, 4)),
        shortest=draw(st.integers(200, 2000)),
        longest=longest,
        speed=draw(st.integers(6, 60)),
        gap=draw(st.integers(0, 1000)),
    )


def shown(cue: Cue, language: str) -> str:
    """The text of a cue on one line."""
    joint = "" if language in WITHOUT_SPACES else " "
    return joint.join(line.strip("\u202b\u202c") for line in cue.lines)


def letters(texts: Iterable[str]) -> str:
    """All that is not white space."""
    return "".join("".join(text.split()) for text in texts)


def broken(cues: list[Cue], rules: Rules, language: str) -> list[str]:
    """What is wrong with the cues, where speech leaves room for it to be right."""
    wrong = []
    for number, cue in enumerate(cues):
        following = cues[number + 1].start if number + 1 < len(cues) else None
        text, time = shown(cue, language), cue.end - cue.start
        words = len(text.split())
        need = rules.reading_time(columns(text), words)
        room = rules.longest if following is None else following - rules.gap - cue.start
        if any(columns(line) > rules.line for line in cue.lines):
            wrong.append(f"{number}: a line is too long")
        if len(cue.lines) > rules.lines:
            wrong.append(f"{number}: too many lines")
        if time > rules.longest or time < min(rules.shortest, 700):
            wrong.append(f"{number}: {time} ms")
        if time < min(need, room, rules.longest):
            wrong.append(f"{number}: {time} ms of {need} ms although there are {room}")
        if following is not None and following - cue.end < rules.gap:
            wrong.append(f"{number}: the gap is {following - cue.end}")
    return wrong


@given(st.data(), languages, styles)
@settings(max_examples=60)
def test_every_rule_of_a_style_holds_where_speech_leaves_room(
    data: st.DataObject, language: str, style: Style
) -> None:
    rules = rules_of(style, language)
    assert broken(lay_out(data.draw(speech(language)), language, rules), rules, language) == []


@given(st.data(), languages, any_rules())
@settings(max_examples=60)
def test_every_rule_that_is_asked_for_holds_where_speech_leaves_room(
    data: st.DataObject, language: str, rules: Rules
) -> None:
    segments = data.draw(speech(language))
    cues = lay_out(segments, language, rules)
    assert broken(cues, rules, language) == []
    assert [cue.start for cue in cues] == sorted(cue.start for cue in cues)
    said = letters(segment.text for segment in segments)
    assert letters(shown(cue, language) for cue in cues) == said


@given(st.data(), languages, styles)
@settings(max_examples=40)
def test_two_texts_have_a_line_each_in_every_style(
    data: st.DataObject, language: str, style: Style
) -> None:
    below = data.draw(speech(language))
    above = data.draw(speech("english"))
    rules = rules_of(style, language)
    both = [replace(one, source=above[n % len(above)].text) for n, one in enumerate(below)]
    cues = lay_out(both, language, rules)
    assert all(1 <= len(cue.lines) <= 2 for cue in cues)
    assert broken(cues, replace(rules, lines=2, speed=1e9, word_time=0), language) == []
    texts = [line.strip("\u202b\u202c") for cue in cues for line in cue.lines]
    said = [text for one in both for text in {one.text, one.source or ""}]
    assert Counter(letters(texts)) == Counter(letters(said))


def test_netflix_has_figures_of_its_own_for_some_languages() -> None:
    told = {
        code: (rules.line // columns_each(code), rules.speed / columns_each(code))
        for code in ("en", "es", "th", "ru", "zh", "ja", "ko", "ar")
        for rules in [rules_of(Style.NETFLIX, code)]
    }
    assert told == {
        "en": (42, 20), "es": (42, 17), "th": (35, 17), "ru": (39, 17), "zh": (16, 9),
        "ja": (13, 4), "ko": (16, 12), "ar": (42, 17),
    }  # fmt: skip
    netflix = rules_of(Style.NETFLIX, "english")
    assert (netflix.shortest, netflix.longest, netflix.lines) == (834, 7000, 2)
    assert netflix.gap >= 2000 / 24
    assert rules_of(Style.NETFLIX, "japanese") == rules_of(Style.NETFLIX, "ja-JP")


def test_the_bbc_counts_words_and_social_video_has_one_line() -> None:
    bbc = rules_of(Style.BBC, "english")
    assert (bbc.line, bbc.lines) == (37, 2)
    assert bbc.reading_time(20, 12) == 12 * 334
    assert rules_of(Style.SOCIAL, "english").lines == 1


@pytest.mark.parametrize("language", [*NAMES.values(), "klingon", "", None])
def test_every_style_has_rules_for_every_language(language: str | None) -> None:
    for style in Style:
        rules = rules_of(style, language)
        assert 10 <= rules.line <= 100
        assert rules.shortest < rules.longest
    assert rules_of(Style.DEFAULT, language) == DEFAULT
