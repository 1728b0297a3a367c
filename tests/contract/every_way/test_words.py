"""``include: ["words"]``: words and their times on every way, those not heard marked as such."""

from itertools import pairwise
from typing import Any

import pytest

from tests.audio.tones import spanish
from tests.contract.every_way.cases import EVERY_WAY, Case, Runs, check_alike
from tests.fakes.provider.odd_answers import in_english

WORDS: dict[str, Any] = {"include": ["words"]}
TRANSLATED = Case("spread", options=WORDS)
PLAIN = Case("spread", options={**WORDS, "responseFormat": "json"})
TWO_STEPS = Case("spread", options={**WORDS, "model": "gpt-transcribe"}, text_model=in_english)
HEARD = Case("spread", options={**WORDS, "transcribe": True})
NOT_HEARD = Case("spread", options={**WORDS, "transcribe": True, "model": "gpt-transcribe"})
SUBTITLES = Case("spread", options={**WORDS, "responseFormat": "srt"})
ALL = {
    "translated": TRANSLATED,
    "two steps": TWO_STEPS,
    "heard": HEARD,
    "not heard": NOT_HEARD,
}


@pytest.mark.parametrize("name", ALL)
@EVERY_WAY
def test_each_segment_has_its_words_within_its_times(runs: Runs, name: str, way: str) -> None:
    result = runs.result(ALL[name], way)
    assert result.error is None
    for segment in result.body["segments"]:
        words = segment["words"]
        assert [word["word"] for word in words] == segment["text"].replace(".", "").split()
        assert segment["start"] <= words[0]["start"]
        assert words[-1]["end"] <= segment["end"]
        assert all(one["end"] <= two["start"] for one, two in pairwise(words))
    in_segments = [word for segment in result.body["segments"] for word in segment["words"]]
    assert result.body["words"] == in_segments


@pytest.mark.parametrize("name", ALL)
@EVERY_WAY
def test_only_words_that_nobody_heard_are_marked_as_estimated(
    runs: Runs, name: str, way: str
) -> None:
    words = runs.result(ALL[name], way).body["words"]
    assert len(words) > 5
    if name == "heard":
        assert all("estimated" not in word for word in words)
    else:
        assert all(word["estimated"] is True for word in words)


@EVERY_WAY
def test_json_has_the_words_beside_the_text(runs: Runs, way: str) -> None:
    body = runs.result(PLAIN, way).body
    assert set(body) == {"text", "words"}
    assert [word["word"] for word in body["words"]] == body["text"].replace(".", "").split()


@EVERY_WAY
def test_the_provider_is_asked_for_times_of_words_where_it_may_know_them(
    runs: Runs, way: str
) -> None:
    asked = {call.fields.get("timestamp_granularities[]") for call in runs.result(HEARD, way).calls}
    assert asked == {"word,segment"}
    assert spanish(1) in runs.result(HEARD, way).text
    for call in runs.result(TRANSLATED, way).calls:
        assert "timestamp_granularities[]" not in call.fields


@pytest.mark.parametrize("way", ["translate", "openai"])
def test_subtitles_are_the_same_with_and_without_words(runs: Runs, way: str) -> None:
    plain = Case("spread", options={"responseFormat": "srt"})
    assert runs.result(SUBTITLES, way).body == runs.result(plain, way).body


@pytest.mark.parametrize("name", ALL)
def test_all_ways_say_the_same(runs: Runs, name: str) -> None:
    check_alike(runs.results(ALL[name]))
