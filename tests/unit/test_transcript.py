"""A translation is stored and read again as it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.transcript import Segment, Translation, Word, from_json, to_json

numbers = st.floats(allow_nan=False)
texts = st.text(st.characters(exclude_categories=()))  # with half characters, as engines may send
segments = st.builds(
    Segment,
    start=st.integers(0, 10**9),
    end=st.integers(0, 10**9),
    text=texts,
    tokens=st.lists(st.integers(0, 10**6), max_size=5).map(tuple),
    avg_logprob=numbers,
)
words = st.builds(Word, st.integers(0, 10**9), st.integers(0, 10**9), texts)
translations = st.builds(
    Translation,
    segments=st.lists(segments, max_size=5).map(tuple),
    language=texts,
    duration=st.integers(0, 10**9),
    model=texts,
    warnings=st.lists(texts, max_size=2).map(tuple),
    task=st.sampled_from(["translate", "transcribe"]),
    granularities=st.sampled_from([("segment",), ("word", "segment")]),
    words=st.lists(words, max_size=3).map(tuple),
)


@given(translations)
def test_what_is_stored_is_read_again_as_it_was(translation: Translation) -> None:
    stored = to_json(translation)
    assert from_json(stored) == translation
    assert from_json(stored.encode("ascii")) == translation


def test_times_are_stored_in_integer_milliseconds() -> None:
    stored = json.loads(to_json(Translation((Segment(1500, 2250, "x"),), "english", 3001, "m")))
    assert (stored["duration"], stored["segments"][0]["start"]) == (3001, 1500)
    assert isinstance(stored["segments"][0]["end"], int)


def test_what_was_stored_before_there_were_warnings_is_read() -> None:
    stored = '{"segments": [], "language": "english", "duration": 1, "model": "m"}'
    assert from_json(stored) == Translation((), "english", 1, "m")


@pytest.mark.parametrize("stored", ["", "{", "null", "{}", "[]", '{"segments": [{}]}'])
def test_what_was_not_stored_by_us_is_an_error(stored: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(stored)
