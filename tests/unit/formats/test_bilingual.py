"""Subtitles of two lines: what was said, and its translation."""

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

patient = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SPANISH = (
    "Felicidades, usted ha instalado y ejecutado exitosamente su centralita. También ha instalado"
    " una serie de sonidos y archivos de configuración que le ayudarán a comenzar."
)
ENGLISH = (
    "Congratulations, you have successfully installed and executed your switchboard. You have also"
    " installed a set of sounds and configuration files that should help you to get started."
)
JAPANESE = (
    "今日は天気がとても良かったので、家族みんなで公園へ散歩に行きました。"
    "そこで昔の友達に会って、長い間話をしました。"
)
FROM_JAPANESE = (
    "The weather was very nice today, so the whole family went for a walk in the park. There we met"
    " an old friend and talked for a long time."
)

TROUBLE = [
    "-->",
    "a\n\nb",
    "\x00",
    "\u202eabc",
    "x" * 90,
    "https://example.com/" + "a-path/" * 20,
    "今天天气很好,我们去公园散步吧。" * 4,
    "散歩に行きました。",
    "コンピューター",
    "ประโยคภาษาไทยที่ไม่มีช่องว่างระหว่างคำเลยสักช่องเดียว" * 2,
    "العائلة",
    "😀",
]
words = st.sampled_from(TROUBLE) | st.text(max_size=6) | st.from_regex(r"\A[a-z]{1,9}[,.]?\Z")
texts = st.lists(words, max_size=25).map(" ".join)
times = st.integers(-5_000, 60_000)
marked = st.builds(
    lambda start, end, text, source: Segment(start, end, f"{text} T", source=f"{source} S"),
    times,
    times,
    texts.map(lambda text: text.replace("S", "s").replace("T", "t")),
    texts.map(lambda text: text.replace("S", "s").replace("T", "t")),
)


def visible(texts: Iterable[str]) -> str:
    """All characters but white space, controls and other characters that are not seen."""
    joined = "".join("".join(text.split()) for text in texts)
    return "".join(c for c in joined if unicodedata.category(c) not in {"Cc", "Cf"})


def said(source: str, text: str, seconds: int = 12) -> list[Cue]:
    return lay_out([Segment(0, seconds * 1000, text, source=source)])


# What holds for any input -----------------------------------------------------------------------


@given(st.lists(marked, max_size=6))
@patient
def test_cues_always_fit_the_screen_and_never_overlap(segments: list[Segment]) -> None:
    cues = lay_out(segments)
    for cue in cues:
        assert 1 <= len(cue.lines) <= 2
        assert all(0 < columns(line) <= LINE for line in cue.lines)
        assert DEFAULT.shortest <= cue.end - cue.start <= DEFAULT.longest
        assert cue.start >= 0
    assert all(first.end + DEFAULT.gap <= second.start for first, second in pairwise(cues))


@given(source=texts, text=texts)
@example(source="palabra " * 3000, text="word")
@example(source="", text="word " * 200)
@patient
def test_nothing_of_either_text_is_lost_doubled_or_moved(source: str, text: str) -> None:
    """Both are of other characters, so that it can be told which is which."""
    source = "".join(chr(0x10000 + ord(c) % 0x50) if not c.isspace() else " " for c in source)
    text = "".join(chr(0x61 + ord(c) % 26) if not c.isspace() else " " for c in text)
    cues = said(source, text)
    lines = [line for cue in cues for line in cue.lines]
    above = [line for line in lines if ord(line[0]) >= 0x10000]
    below = [line for line in lines if ord(line[0]) < 0x10000]
    assert visible(below) == visible([text])
    if text.strip():
        assert visible(above) == visible([source])
        assert all(ord(cue.lines[-1][0]) < 0x10000 for cue in cues if len(cue.lines) == 2)


@given(st.lists(marked, max_size=6))
@patient
def test_segments_stay_in_their_order(segments: list[Segment]) -> None:
    cues = lay_out(segments)
    in_order = sorted(segments, key=lambda segment: max(0, segment.start))
    everything = visible(line for cue in cues for line in cue.lines)
    for mark, texts in (
        ("T", [s.text for s in in_order]),
        ("S", [s.source or "" for s in in_order]),
    ):
        assert everything.count(mark) == sum(text.count(mark) for text in texts)
    letters = sorted(everything)
    assert letters == sorted(visible(t for s in segments for t in (s.source or "", s.text)))


@given(source=st.integers(4, 60), text=st.integers(4, 60))
@patient
def test_both_texts_are_cut_in_proportion(source: int, text: int) -> None:
    cues = said("abcd " * source, "wxyz " * text, seconds=60)
    done = [0, 0]
    for cue in cues:
        for line in cue.lines:
            which = line.startswith("wxyz")
            done[which] += len(line.split())
        apart = abs(done[0] / source - done[1] / text) * max(source, text)
        assert 5 * apart <= LINE / 2 + 5 * max(source, text) / min(source, text)


# What it looks like -----------------------------------------------------------------------------


def test_a_short_segment_is_one_cue_with_the_source_above() -> None:
    assert lay_out([Segment(1200, 3400, " I was born in Madrid.", source="Nací en Madrid.")]) == [
        Cue(1200, 3400, ("Nací en Madrid.", "I was born in Madrid."), bilingual=True)
    ]


def test_a_long_segment_is_as_many_cues_as_the_longer_text_needs() -> None:
    cues = said(SPANISH, ENGLISH)
    assert [cue.lines for cue in cues] == [
        ("Felicidades, usted ha instalado y", "Congratulations, you have successfully"),
        ("ejecutado exitosamente su centralita.", "installed and executed your switchboard."),
        ("También ha instalado una serie de sonidos", "You have also installed a set of sounds"),
        ("y archivos de configuración", "and configuration files"),
        ("que le ayudarán a comenzar.", "that should help you to get started."),
    ]
    assert (cues[0].start, cues[-1].end) == (0, 12_121)
    assert all(first.end + DEFAULT.gap == second.start for first, second in pairwise(cues))


def test_japanese_is_cut_at_its_phrases_and_counts_twice() -> None:
    cues = said(JAPANESE, FROM_JAPANESE)
    assert [cue.lines[0] for cue in cues] == [
        "今日は天気がとても良かったので、",
        "家族みんなで公園へ散歩に行きました。",
        "そこで昔の友達に会って、",
        "長い間話をしました。",
    ]
    assert cues[1].lines[1] == "whole family went for a walk in the park."
    assert [cue.lines[::-1] for cue in said(FROM_JAPANESE, JAPANESE)] == [cue.lines for cue in cues]


def test_a_segment_without_a_source_has_the_usual_layout() -> None:
    plain = Segment(0, 12_000, ENGLISH)
    for source in (None, "", " \n", ENGLISH.replace(" ", "  ")):
        assert said(source or "", ENGLISH) == lay_out([plain])
    mixed = lay_out([plain, Segment(12_000, 14_000, "Yes.", source="Sí.")])
    assert mixed[-1].lines == ("Sí.", "Yes.")
    assert [cue.lines for cue in mixed[:-1]] == [cue.lines for cue in lay_out([plain])]


def test_short_cues_of_two_texts_share_one_and_never_mix_the_texts() -> None:
    pairs = [("Sí.", "Yes."), ("No.", "No!"), ("¡Ve!", "Go!")]
    spoken = [
        Segment(n * 300, n * 300 + 300, text, source=source)
        for n, (source, text) in enumerate(pairs)
    ]
    assert [cue.lines for cue in lay_out(spoken)] == [("Sí. No. ¡Ve!", "Yes. No! Go!")]
    plain = [spoken[0], Segment(300, 600, "No!"), spoken[2]]
    assert [cue.lines for cue in lay_out(plain)] == [("Sí.", "Yes."), ("No!",), ("¡Ve!", "Go!")]


def test_a_text_much_shorter_than_the_other_stands_where_its_share_is() -> None:
    cues = said("Hola", "one two three four five six seven eight nine ten " * 4)
    assert [cue.lines[0] for cue in cues if len(cue.lines) == 2] == ["Hola"]
    assert (
        " ".join(cue.lines[-1] for cue in cues).split()
        == ("one two three four five six seven eight nine ten " * 4).split()
    )
