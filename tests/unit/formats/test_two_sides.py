"""Cues of two sides: each side by itself, who speaks, and overlaps only where both speak."""

import itertools
from collections import Counter
from dataclasses import replace
from html import unescape
from itertools import pairwise

import pysubs2
import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.formats.line_breaking import LINE
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.formats.rules.layout_rules import DEFAULT, Rules
from audio_translation.formats.rules.styles import Style, rules_of
from audio_translation.formats.two_sides import cues_of, with_names
from audio_translation.formats.writing.columns import columns
from audio_translation.transcript import Segment, Translation

NAMES = ("Agent", "Customer")


def said(start: int, end: int, text: str, channel: int, source: str | None = None) -> Segment:
    return Segment(start, end, text, channel=channel, source=source)


def call(*segments: Segment, names: tuple[str, ...] = NAMES) -> Translation:
    return Translation(segments, "english", 60_000, "m", channel_names=names)


CALL = call(
    said(0, 2_000, "Good morning, how can I help you?", 0),
    said(2_500, 4_000, "My line is dead.", 1),
    said(4_200, 8_000, "I see. Since when has it been dead, and did you try another phone?", 0),
    said(6_000, 6_800, "Yesterday.", 1),
    said(9_000, 10_000, "Yes, I did.", 1),
)


def test_each_vtt_cue_has_its_voice() -> None:
    text = render(CALL, ResponseFormat.VTT).text
    captions = webvtt.from_string(text, strict=True).captions
    assert [caption.voice for caption in captions] == [
        "Agent", "Customer", "Agent", "Customer", "Customer",
    ]  # fmt: skip
    assert "<v Agent>Good morning, how can I help you?\n" in text
    assert captions[0].text == "Good morning, how can I help you?"


def test_srt_names_who_speaks_where_that_changes() -> None:
    subtitles = list(srt.parse(render(CALL, ResponseFormat.SRT).text, ignore_errors=False))
    assert [one.content.replace("\n", " ") for one in subtitles] == [
        "Agent: Good morning, how can I help you?",
        "Customer: My line is dead.",
        "Agent: I see. Since when has it been dead, and did you try another phone?",
        "Customer: Yesterday.",
        "Yes, I did.",
    ]
    assert all(columns(line) <= LINE for one in subtitles for line in one.content.splitlines())


def test_cues_of_two_sides_overlap_where_both_speak_and_nowhere_else() -> None:
    cues = cues_of(CALL, DEFAULT)
    assert [cue.start for cue in cues] == sorted(cue.start for cue in cues)
    long, short = cues[2], cues[3]
    assert (long.start, short.start) == (4_200, 6_000)
    assert long.end == 8_000 > short.end
    others = [cues[0], cues[1], cues[2], cues[4]]
    assert all(one.end <= other.start for one, other in itertools.pairwise(others))


def test_a_cue_that_waits_to_be_read_ends_when_the_other_side_begins() -> None:
    fast = "This is said much too fast to be read in the time it takes to say it."
    first, second = cues_of(call(said(0, 1_000, fast, 0), said(1_500, 3_000, "What?", 1)), DEFAULT)
    assert (first.end, second.start) == (1_500 - DEFAULT.gap, 1_500)
    alone, _ = cues_of(call(said(0, 1_000, fast, 0), said(9_000, 9_900, "What?", 1)), DEFAULT)
    assert alone.end > 3_000


def test_cues_of_one_side_never_overlap() -> None:
    segments = [said(700 * n, 700 * n + 650, f"Word {n} and more.", n % 2) for n in range(60)]
    for voice in NAMES:
        own = [cue for cue in cues_of(call(*segments), DEFAULT) if cue.voice == voice]
        assert all(one.end <= other.start for one, other in itertools.pairwise(own))
        words = " ".join(" ".join(cue.lines) for cue in own).split()
        assert words == [w for s in segments[NAMES.index(voice) :: 2] for w in s.text.split()]


def test_a_full_cue_makes_room_for_the_name() -> None:
    text = "Nobody has been able to tell me since this morning, when it will be working again."
    (cue,) = cues_of(call(said(0, 6_000, text, 1)), DEFAULT)
    named = with_names([cue], DEFAULT)
    assert named[0].lines[0].startswith("Customer: Nobody")
    assert all(columns(line) <= LINE for one in named for line in one.lines)
    words = " ".join(" ".join(one.lines) for one in named)
    assert words == f"Customer: {text}"
    assert (named[0].start, named[-1].end) == (cue.start, cue.end)


def test_text_without_spaces_gets_none() -> None:
    text = "这条线路从昨天开始就不能用了我需要有人马上来看看到底是怎么回事。"
    cues = with_names(cues_of(call(said(0, 6_500, text, 0)), DEFAULT), DEFAULT)
    assert "".join("".join(cue.lines) for cue in cues) == f"Agent: {text}"


def test_the_name_stands_before_the_source_of_both_lines() -> None:
    segments = (
        said(0, 2_000, "Good morning.", 0, "Buenos días."),
        said(2_000, 4_000, "My line is dead.", 1, "Mi línea no funciona."),
    )
    found = render(call(*segments), ResponseFormat.SRT, with_source=True).text
    assert "Agent: Buenos días.\nGood morning.\n" in found
    assert "Customer: Mi línea no funciona.\nMy line is dead.\n" in found


def test_two_lines_that_are_full_are_cut_in_pairs_for_the_name() -> None:
    source = "Mi línea no funciona desde ayer por la tarde."
    text = "My line has not worked since last evening."
    (cue,) = cues_of(call(said(0, 5_000, text, 1, source[:42])), DEFAULT)
    named = with_names([cue], DEFAULT)
    assert all(columns(line) <= LINE for one in named for line in one.lines)
    assert named[0].lines[0].startswith("Customer: Mi")
    assert named[-1].end == cue.end


def test_other_programs_read_both_files() -> None:
    for kind in (ResponseFormat.SRT, ResponseFormat.VTT):
        parsed = pysubs2.SSAFile.from_string(render(CALL, kind).text, format_=kind.value)
        assert [event.start for event in parsed] == [cue.start for cue in cues_of(CALL, DEFAULT)]
        assert "Yesterday." in parsed[3].plaintext


HEBREW = (
    said(0, 2_000, "הקו שלי מת מאתמול, 12 שעות.", 0),
    said(2_500, 4_000, "NASA היא הסוכנות.", 1),
)
RIGHT, LEFT, END, JOINER = "\u202b", "\u202a", "\u202c", "\u2060"


def srt_lines(translation: Translation) -> list[list[str]]:
    found = srt.parse(render(translation, ResponseFormat.SRT).text, ignore_errors=False)
    return [one.content.splitlines() for one in found]


def test_a_name_stands_inside_a_line_that_runs_from_right_to_left() -> None:
    hebrew = replace(call(*HEBREW, names=("סוכן", "Customer")), language="hebrew")
    assert srt_lines(hebrew) == [
        [f"{RIGHT}סוכן: {HEBREW[0].text}{END}"],
        [f"{RIGHT}Customer: {HEBREW[1].text}{END}"],
    ]


def test_a_hebrew_name_does_not_turn_an_english_line() -> None:
    one = call(said(0, 2_000, "Yes.", 0), names=("סוכן", "B"))
    assert srt_lines(one) == [[f"{LEFT}סוכן: Yes.{END}"]]
    assert "<v סוכן>Yes.\n" in render(one, ResponseFormat.VTT).text


def test_lines_that_are_laid_out_anew_for_a_name_keep_their_direction() -> None:
    text = "הקו שלי מת מאתמול בערב, ואף אחד לא יודע מתי הוא יתוקן, NASA או לא."
    hebrew = replace(call(said(0, 9_000, text, 1), names=("A", "Customer")), language="hebrew")
    lines = [line for cue in srt_lines(hebrew) for line in cue]
    assert len(lines) > 1
    assert all(line[0] == RIGHT and line[-1] == END for line in lines)
    assert " ".join(line[1:-1] for line in lines) == f"Customer: {text}"


@pytest.mark.parametrize("name", ["A <b>", "R&D", "{\\an8}", "1 --> 2", r"a\Nb", "Desk: 2"])
def test_a_name_that_looks_like_markup_is_shown_as_it_is(name: str) -> None:
    one = call(said(0, 2_000, "Yes.", 0), said(3_000, 4_000, "No.", 1), names=(name, "B"))
    for kind in (ResponseFormat.SRT, ResponseFormat.VTT):
        text = render(one, kind).text
        read = pysubs2.SSAFile.from_string(text, format_=kind.value)
        shown = [event.plaintext.translate(SHOWN) for event in read]
        assert shown == ([f"{name}: Yes.", "B: No."] if kind is ResponseFormat.SRT else shown)
        assert [event.text for event in read][1].endswith("No.")
    voiced = render(one, ResponseFormat.VTT).text.splitlines()[3]
    assert unescape(voiced[len("<v ") : voiced.index(">")]) == name
    assert voiced.endswith(">Yes.")


SHOWN = {0x2060: None, 0xFF5B: "{", 0xFF5D: "}"}


TEXTS = st.lists(
    st.sampled_from(
        ["One", "and", "two,", "three.", "extraordinarily", "שלום", "NASA", "12", "您好"]
    ),
    min_size=1,
    max_size=25,
).map(" ".join)


TURNS = st.lists(st.tuples(TEXTS, st.sampled_from([0, 1]), st.integers(500, 9_000)), max_size=6)
ONE_NAME = st.sampled_from(["A", "Agent", "סוכן", "客户经理客户经理客户", "x" * 30])


@given(said_by=TURNS, names=st.tuples(ONE_NAME, ONE_NAME), source=st.booleans())
def test_names_take_no_word_and_no_line_outgrows_its_columns(
    said_by: list[tuple[str, int, int]], names: tuple[str, str], *, source: bool
) -> None:
    segments, at = [], 0
    for text, side, length in said_by:
        segments.append(said(at, at + length, text, side, f"¿{text}?" if source else None))
        at += length // 2
    cues = cues_of(call(*segments, names=names), DEFAULT)
    named = with_names(cues, DEFAULT)
    gone = str.maketrans("", "", RIGHT + LEFT + END + " ")
    assert all(columns(line) <= LINE for cue in named for line in cue.lines)
    for voice in set(names):
        own = "".join("".join(cue.lines) for cue in cues if cue.voice == voice)
        shown = "".join("".join(cue.lines) for cue in named if cue.voice == voice)
        shown = shown.replace(f"{voice}: ", "").replace(f"{voice}:", "")
        assert sorted(shown.translate(gone)) == sorted(own.translate(gone))


def test_speakers_have_voices_and_names_and_who_is_not_known_has_none() -> None:
    turns = [("Ann", "Good morning."), ("Bob", "Hello."), (None, "What?"), ("Ann", "Nothing.")]
    segments = [
        Segment(2_000 * n, 2_000 * n + 1_500, text, speaker=who)
        for n, (who, text) in enumerate(turns)
    ]
    meeting = call(*segments, names=())
    assert [cue.voice for cue in cues_of(meeting, DEFAULT)] == ["Ann", "Bob", "", "Ann"]
    assert [line for cue in srt_lines(meeting) for line in cue] == [
        "Ann: Good morning.", "Bob: Hello.", "- What?", "Ann: Nothing.",
    ]  # fmt: skip
    text = render(meeting, ResponseFormat.VTT).text
    assert "<v Ann>Good morning.\n" in text
    assert "\nWhat?\n" in text
    body = render(meeting, ResponseFormat.VERBOSE_JSON).body
    assert isinstance(body, dict)
    assert [one.get("speaker") for one in body["segments"]] == [who for who, _ in turns]


def test_two_sides_of_one_name_are_still_two() -> None:
    long = said(0, 6_000, "This goes on and on while the other one speaks.", 0)
    cues = cues_of(call(long, said(2_000, 4_000, "Does it?", 1), names=("Guest", "Guest")), DEFAULT)
    assert [(cue.start, cue.end) for cue in cues] == [(0, 6_000), (2_000, 4_000)]


def test_a_translation_without_channels_has_no_voices() -> None:
    segments = (Segment(0, 1_000, "One."), Segment(1_000, 2_000, "Two."))
    plain = call(*segments, names=())
    assert {cue.voice for cue in cues_of(plain, DEFAULT)} == {""}
    assert "<v" not in render(plain, ResponseFormat.VTT).text
    assert ":" not in srt_texts(plain)


def srt_texts(translation: Translation) -> str:
    return "".join(one.content for one in srt.parse(render(translation, ResponseFormat.SRT).text))


PLACES = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(200, 6_000), st.integers(0, 1_500), st.integers(1, 25)
    ),
    min_size=2,
    max_size=12,
)
"""Who speaks, how long, the pause after it, and how many words, in turn."""
EVERY_STYLE = [
    *(rules_of(style, "english") for style in Style),
    DEFAULT.but(line=10),
    DEFAULT.but(line=10, lines=1),
]


@given(
    places=PLACES,
    rules=st.sampled_from(EVERY_STYLE),
    names=st.lists(
        st.sampled_from(["Ann", "Speaker 12", "דנה", "客戶服務", "N" * 30, ""]), min_size=3
    ),
)
def test_turns_that_do_not_overlap_are_shown_one_after_the_other_with_their_names(
    places: list[tuple[int, int, int, int]], rules: Rules, names: list[str]
) -> None:
    at, segments = 0, []
    for who, length, pause, words in places:
        text = " ".join(["word", "of", "somebody"][n % 3] for n in range(words))
        segments.append(Segment(at, at + length, text, speaker=names[who] or None))
        at += length + pause
    cues = cues_of(call(*segments, names=()), rules)
    for one, other in pairwise(cues):
        assert one.start <= other.start
        speech = [
            s.end for s in segments if (s.speaker or "") == one.voice and s.start <= other.start
        ]
        least = max(other.start - rules.gap, one.start + rules.shortest, *speech, 0)
        assert one.end <= least or one.voice == other.voice
    named = with_names(cues, rules)
    assert [cue.start for cue in named] == sorted(cue.start for cue in named)
    lines = [line for cue in named for line in cue.lines]
    assert not any("\ue000" in line for line in lines)
    assert all(columns(line) <= rules.line for line in lines)
    said = " ".join(segment.text for segment in segments).split()
    bare = " ".join(lines).translate(dict.fromkeys(range(0x202A, 0x202F)))
    assert Counter(bare.split()) >= Counter(said)


def test_a_fast_turn_does_not_reach_into_the_next_one() -> None:
    fast = "and so I told them that it was broken, that it had been broken, " * 3
    cues = cues_of(call(said(0, 4_000, fast, 0), said(4_100, 9_000, "I see.", 1)), DEFAULT)
    last = [cue for cue in cues if cue.voice == "Agent"][-1]
    assert last.start < 4_100
    assert last.end <= 4_100 + DEFAULT.shortest


def test_a_name_that_had_no_time_stands_at_the_next_cue() -> None:
    rules = DEFAULT.but(line=10, lines=1)
    text = "one two three four five six seven"
    cues = cues_of(call(said(0, 2_000, text, 0), said(2_100, 30_000, text, 1)), rules)
    lines = [line for cue in with_names(cues, rules) for line in cue.lines]
    assert "Customer:" in lines
    assert "seven" in lines[-1]
