import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audio_translation.formats.cues import Cue, lay_out
from audio_translation.formats.line_breaking import LINE
from audio_translation.formats.rules.layout_rules import DEFAULT
from audio_translation.formats.writing.columns import columns
from audio_translation.transcript import Segment

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

TROUBLE = [
    "-->",
    "--->",
    "a\n\nb",
    "\r\n",
    "\x00",
    "\x1b[0m",
    "\x85",
    "\u2028",
    "\u202eabc",
    "\ufeff",
    "\udc80",
    "&lt;<i>{\\an8}",
    "WEBVTT",
    "NOTE",
    "1",
    "00:00:01,000",
    "!" * 50,
    "x" * 43,
    "https://example.com/" + "a-path/" * 20,
    "今天天气很好,我们去公园散步吧。" * 6,
    "ประโยคภาษาไทยที่ไม่มีช่องว่างระหว่างคำเลยสักช่องเดียว" * 3,
    "\u200b\u2060",
    "\u200dA",
    "\u0301",
    "שלום NASA 1995.",
    "👨‍👩‍👧‍👦" * 23,
    "नमस्ते" * 20,
    "မြန်မာဘာသာစကားကိုလေ့လာသည်" * 3,
    "Yes.",
    "and",
    "the",
]
words = st.sampled_from(TROUBLE) | st.text(max_size=12) | st.from_regex("[a-z]{1,9}[,.]?")
texts = st.lists(words, max_size=25).map(" ".join)
times = st.integers(-5_000, 60_000)
hostile = st.lists(st.builds(Segment, times, times, texts), max_size=8)


@st.composite
def spoken(draw: st.DrawFn) -> list[Segment]:
    """What a good engine says: sentences one after the other, with pauses."""
    at, segments = 0, []
    for text in draw(st.lists(texts.filter(str.strip), max_size=8)):
        at += draw(st.integers(0, 3_000))
        end = at + draw(st.integers(1, 15_000))
        segments.append(Segment(at, end, text))
        at = end
    return segments


FULL_LINES = (
    "The quick brown fox jumps over the old dog",
    "and runs away into the dark green forests.",
)
FULL = " ".join(FULL_LINES)


def visible(texts: Iterable[str]) -> str:
    """All characters but white space, controls and other characters that are not seen."""
    joined = "".join("".join(text.split()) for text in texts)
    return "".join(c for c in joined if unicodedata.category(c) not in {"Cc", "Cf"})


def in_order(segments: list[Segment]) -> list[Segment]:
    return sorted(segments, key=lambda segment: max(0, segment.start))


def lines(*segments: Segment) -> list[tuple[str, ...]]:
    return [cue.lines for cue in lay_out(segments)]


def times_of(*segments: Segment) -> list[tuple[int, int]]:
    return [(cue.start, cue.end) for cue in lay_out(segments)]


# What holds for any input -----------------------------------------------------------------------


@given(hostile | spoken())
@example([Segment(0, 0, "one two three four five six seven eight nine ten " * 200)])
@example([Segment(5, 5, "Yes.")] * 300)
@patient
def test_cues_always_fit_the_screen_and_never_overlap(segments: list[Segment]) -> None:
    cues = lay_out(segments)
    for cue in cues:
        assert 1 <= len(cue.lines) <= 2
        assert all(line and columns(line) <= LINE for line in cue.lines)
        assert all(line == " ".join(line.split()) for line in cue.lines)
        assert cue.start >= 0
        assert DEFAULT.shortest <= cue.end - cue.start <= DEFAULT.longest
    assert all(first.end + DEFAULT.gap <= second.start for first, second in pairwise(cues))


@given(hostile | spoken())
@patient
def test_no_character_is_lost_doubled_or_moved(segments: list[Segment]) -> None:
    shown = [line for cue in lay_out(segments) for line in cue.lines]
    assert visible(shown) == visible(segment.text for segment in in_order(segments))


spaced_words = st.text(
    st.characters(max_codepoint=0xDFF, exclude_categories=["Z", "C"]), min_size=1, max_size=42
)
"""Of scripts that part words by spaces, none of them wide."""


@given(st.lists(spaced_words, max_size=80))
@patient
def test_words_that_fit_a_line_stay_whole(words: list[str]) -> None:
    cues = lay_out([Segment(0, 400 * len(words), " ".join(words))])
    shown = " ".join(line.strip("\u202b\u202c") for cue in cues for line in cue.lines)
    assert shown.split(" ") == (words or [""])


@given(hostile | spoken())
@patient
def test_a_cue_that_is_hard_to_read_is_followed_at_once_by_the_next(
    segments: list[Segment],
) -> None:
    cues = lay_out(segments)
    for cue, following in pairwise(cues):
        if too_fast(cue):
            assert cue.end + DEFAULT.gap == following.start
    assert not cues or not too_fast(cues[-1])


def too_fast(cue: Cue) -> bool:
    length = min(columns(glue.join(cue.lines)) for glue in ("", " "))  # a cut word has no space
    return length * 1000 > (cue.end - cue.start) * DEFAULT.speed


@given(spoken())
@patient
def test_a_cue_starts_with_its_segment_unless_the_cue_before_is_in_the_way(
    segments: list[Segment],
) -> None:
    marked = [Segment(s.start, s.end, f"@{number} {s.text}") for number, s in enumerate(segments)]
    free_from = 0
    for cue in lay_out(marked):
        first = cue.lines[0].split()[0]
        if first.startswith("@") and first[1:].isdecimal() and int(first[1:]) < len(marked):
            assert cue.start == max(marked[int(first[1:])].start, free_from)
        free_from = cue.end + DEFAULT.gap


# What it looks like -----------------------------------------------------------------------------


def test_a_short_sentence_is_one_line_for_as_long_as_it_is_spoken() -> None:
    assert lay_out([Segment(1200, 3400, " I was born in Madrid.")]) == [
        Cue(1200, 3400, ("I was born in Madrid.",))
    ]


def test_two_lines_are_balanced_and_do_not_end_in_an_article() -> None:
    assert lines(
        Segment(0, 4000, "He told me that he had never seen the sea before that day.")
    ) == [("He told me that he had never", "seen the sea before that day.")]


def test_a_line_breaks_where_the_clause_ends() -> None:
    assert lines(
        Segment(0, 5000, "When I arrived at the station, the train had already left.")
    ) == [("When I arrived at the station,", "the train had already left.")]


def test_cues_break_after_sentences_rather_than_in_the_middle() -> None:
    text = (
        "The first sentence is rather long and fills a cue. The second one is about as long as"
        " the first. The third is short."
    )
    assert lines(Segment(0, 9000, text)) == [
        ("The first sentence is rather long", "and fills a cue."),
        ("The second one is about as long", "as the first. The third is short."),
    ]


def test_a_long_sentence_breaks_after_a_clause() -> None:
    text = (
        "We walked along the river until it was dark, because nobody wanted to go home, and then"
        " we sat down by the old bridge."
    )
    cues = lines(Segment(0, 8000, text))
    assert [cue[-1][-1] for cue in cues] == [",", "."]


def test_the_title_before_a_name_and_an_initial_end_no_sentence() -> None:
    text = (
        "I spoke with Mr. Smith and with Dr. Jones about the house that J. Brown had built there."
    )
    assert not any(
        line.endswith(("Mr.", "Dr.", "J.")) for cue in lines(Segment(0, 6000, text)) for line in cue
    )


def test_the_time_of_a_segment_is_shared_by_length() -> None:
    text = "This sentence has exactly fifty characters in it.. " * 4
    shares = times_of(Segment(10_000, 22_000, text))
    assert shares[0][0] == 10_000
    assert shares[-1][1] == 22_000
    assert all(abs(end + DEFAULT.gap - start - 3000) < 100 for start, end in shares)


def test_little_text_in_a_long_segment_leaves_after_seven_seconds() -> None:
    assert times_of(Segment(0, 30_000, "Thank you.")) == [(0, 7000)]


def test_slow_speech_of_two_lines_is_cut_so_that_the_text_keeps_up_with_it() -> None:
    text = "It took us a very long time to get there. But in the end we were all very happy."
    assert times_of(Segment(0, 14_000, text)) == [(0, 7000), (7350, 14_000)]


def test_fast_speech_stays_on_screen_in_the_silence_after_it() -> None:
    text = "This has forty-two characters, no more ok."
    assert len(text) == 42
    assert times_of(Segment(0, 900, text), Segment(9000, 10_000, "Later.")) == [
        (0, 2470),
        (9000, 10_000),
    ]
    assert times_of(Segment(0, 900, text), Segment(1500, 3000, "Sooner.")) == [
        (0, 1416),
        (1500, 3000),
    ]


def test_cues_too_short_to_read_share_one() -> None:
    spoken = [
        Segment(n * 300, n * 300 + 300, word) for n, word in enumerate(["Yes.", "No.", "Go!"])
    ]
    assert lay_out(spoken) == [Cue(0, 1300, ("Yes. No. Go!",))]


def test_a_short_cue_joins_the_one_before_when_the_next_is_full() -> None:
    assert lines(
        Segment(0, 2000, "Listen to me."), Segment(2000, 2300, "Now."), Segment(2300, 6000, FULL)
    ) == [("Listen to me. Now.",), FULL_LINES]


def test_a_short_cue_that_fits_nowhere_pushes_the_next_no_more_than_it_must() -> None:
    assert times_of(
        Segment(0, 4000, FULL), Segment(4000, 4300, "Now."), Segment(4300, 8000, FULL)
    ) == [(0, 3916), (4000, 4700), (4784, 9848)]


def test_a_pushed_cue_ends_in_time_for_the_next() -> None:
    cues = times_of(
        Segment(0, 4000, FULL),
        Segment(4000, 4300, "Now."),
        Segment(4300, 8000, FULL),
        Segment(8000, 12_000, FULL),
    )
    assert cues[2:] == [(4784, 7916), (8000, 13_548)]


def test_chinese_breaks_at_its_punctuation() -> None:
    text = "今天天气很好，我们一起去公园散步吧。" * 6  # noqa: RUF001
    shown = lines(Segment(0, 20_000, text))
    assert "".join(line for cue in shown for line in cue) == text
    assert {line[-1] for cue in shown for line in cue} <= set("，。")  # noqa: RUF001


def test_segments_out_of_order_are_put_in_order() -> None:
    assert lines(Segment(5000, 6000, "Second."), Segment(-100, 2000, "First.")) == [
        ("First.",),
        ("Second.",),
    ]


def test_empty_segments_make_no_cue() -> None:
    assert lay_out([]) == []
    assert lay_out([Segment(0, 1000, " \n\x00 "), Segment(1000, 2000, "")]) == []


def test_controls_are_dropped_and_marks_of_direction_kept() -> None:
    assert lines(Segment(0, 2000, "a\x07b\x9b\tc\u200f \u202bd")) == [("ab c\u200f d",)]


def test_japanese_breaks_between_phrases_and_never_before_a_closing_mark() -> None:
    text = "今日は天気がとても良かったので、家族みんなで公園へ散歩に行きました。"
    assert lines(Segment(0, 6000, text)) == [
        ("今日は天気がとても良かったので、", "家族みんなで公園へ散歩に行きました。")
    ]
    shown = lines(Segment(0, 60_000, "コンピューターーっっー、」」「「漢字ゃゅょ" * 30))
    assert not any(line[0] in "ーっゃゅょ、」" for cue in shown for line in cue)
    assert not any(line.endswith("「") for cue in shown for line in cue)


def test_a_line_holds_half_as_many_wide_characters() -> None:
    shown = lines(Segment(0, 60_000, "天" * 21 * 8))
    assert {len(line) for cue in shown for line in cue} == {21}
    assert {len(line) for cue in lines(Segment(0, 9000, "한국어" * 30)) for line in cue} <= set(
        range(1, 22)
    )


def test_thai_is_never_cut_before_a_vowel_or_tone_mark() -> None:
    text = "วันนี้อากาศดีมากครอบครัวของเราจึงไปเดินเล่นที่สวนสาธารณะ แล้วเราก็พบเพื่อนเก่าและดื่มกาแฟด้วยกัน"
    shown = [line for cue in lines(Segment(0, 9000, text)) for line in cue]
    assert len(shown) >= 2
    for line in shown:
        assert line[0] not in "ะาำๅๆัิีึืฺุู็่้๊๋์"
        assert line[-1] not in "เแโใไ"


def test_arabic_breaks_between_words_and_after_its_own_comma() -> None:
    text = "كان الطقس جميلاً جداً اليوم في المدينة، لذلك ذهبت العائلة إلى الحديقة."
    assert lines(Segment(0, 6000, text)) == [
        (
            "\u202bكان الطقس جميلاً جداً اليوم في المدينة،\u202c",  # noqa: RUF001
            "\u202bلذلك ذهبت العائلة إلى الحديقة.\u202c",
        )
    ]
