"""Utterances in a session: their order, gaps, the whole, and what was said before."""

from itertools import permutations
from typing import Any

import pytest

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.live.utterance import GAP, Failure, Spoken, Utterance, context
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Said
from audio_translation.translation.stitching import Part
from tests.unit.jobs.made_jobs import made


def said(seq: int, start: int, *texts: str, source: str | None = None, **fields: Any) -> Utterance:
    """An utterance of two seconds a text, spoken from its first to its last moment."""
    length = 2_000 * max(1, len(texts))
    segments = tuple(
        Segment(2_000 * n, 2_000 * (n + 1), text, source=source) for n, text in enumerate(texts)
    )
    chunk = Chunk(0, length, (Span(0, length),))
    part = Part(chunk, Translation(segments, "english", length, "m"), paid=length)
    return Utterance(
        seq=seq,
        start=start,
        length=length,
        sha256=f"sum {seq}",
        size=100,
        text=" ".join(texts),
        source=source,
        language=None,
        parts=(part,) if texts else (),
        **fields,
    )


def whole(*utterances: Utterance, failures: tuple[Failure, ...] = (), **fields: Any) -> Translation:
    return Spoken.of(utterances, failures).translation(made("live"), "m", **fields)


def test_the_whole_has_all_texts_on_the_sessions_clock() -> None:
    found = whole(said(0, 1_000, "One."), said(1, 9_000, "Two.", "Three."))
    assert [(s.start, s.end, s.text) for s in found.segments] == [
        (1_000, 3_000, "One."),
        (9_000, 11_000, "Two."),
        (11_000, 13_000, "Three."),
    ]
    assert (found.duration, found.model, found.language) == (13_000, "m", "english")


def test_the_order_is_that_of_the_starts_and_then_of_the_numbers() -> None:
    spoken = [said(5, 0, "a"), said(2, 4_000, "b"), said(3, 4_000, "c"), said(0, 8_000, "d")]
    for order in permutations(spoken):
        assert [one.seq for one in Spoken.of(order, ()).in_order()] == [5, 2, 3, 0]
        assert whole(*order).text == "a b c d"


def test_utterances_that_overlap_keep_all_their_text() -> None:
    found = whole(said(0, 0, "One."), said(1, 1_750, "Two."))
    assert [(s.start, s.end, s.text) for s in found.segments] == [
        (0, 1_750, "One."),
        (1_750, 3_750, "Two."),
    ]


@pytest.mark.parametrize("tries", [1, 2, 7])
def test_what_failed_twice_is_a_gap_at_its_time(tries: int) -> None:
    gap = Failure(1, 2_500, 1_500, tries)
    found = whole(said(0, 0, "One."), said(2, 5_000, "Three."), failures=(gap,))
    texts = ["One.", GAP, "Three."] if tries > 1 else ["One.", "Three."]
    assert [segment.text for segment in found.segments] == texts
    told = ["One utterance was not translated: 0:00:02 to 0:00:04."] if tries > 1 else []
    assert list(found.warnings) == told
    assert found.untranslated_segments == 0
    if tries > 1:
        assert (found.segments[1].start, found.segments[1].end) == (2_500, 4_000)


def test_a_gap_that_was_translated_later_is_none() -> None:
    spoken = Spoken.of([said(1, 0, "There.")], [Failure(1, 0, 2_000, 4)])
    assert spoken.gaps == ()
    assert [one.seq for one in spoken.in_order()] == [1]


def test_many_gaps_are_counted_and_a_session_of_gaps_has_the_model_that_was_asked() -> None:
    failures = tuple(Failure(n, 3_000 * n, 2_000, 2) for n in range(3))
    found = whole(failures=failures)
    assert (found.text, found.model) == (" ".join([GAP] * 3), "m")
    assert found.warnings[0].startswith("3 utterances were not translated: ")


def test_a_session_in_which_nobody_speaks_is_empty() -> None:
    for utterances in ((), (said(0, 0),)):
        found = whole(*utterances, duration=60_000)
        assert (found.text, found.duration) == ("", 60_000)


def test_the_duration_is_that_of_the_session_unless_more_is_said() -> None:
    assert whole(said(0, 50_000, "One."), duration=60_000).duration == 60_000
    assert whole(said(0, 59_000, "One."), duration=60_000).duration == 61_000


def test_what_is_paid_is_that_of_all_parts() -> None:
    assert Spoken.of([said(0, 0, "a"), said(1, 0, "b", "c"), said(2, 0)], ()).paid == 6_000


def test_the_context_is_the_last_segments_in_order() -> None:
    before = [said(2, 0, "d", "e", source="x"), said(0, 0, "a"), said(1, 0, "b", "c")]
    assert context(before) == (Said("c"), Said("d", "x"), Said("e", "x"))
    assert context([]) == ()


def test_the_context_is_short() -> None:
    assert context([said(0, 0, "a" * 200, "b" * 150)]) == (Said("b" * 150),)
    assert context([said(0, 0, "b" * 400)]) == ()
