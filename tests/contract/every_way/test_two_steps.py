"""Models without times: each utterance is a segment where it is spoken, in its language."""

import statistics

import pytest

from tests.audio.accuracy import p90
from tests.audio.odd_recordings import Phrase
from tests.contract.every_way.cases import EVERY_WAY, HEARS, Case, Runs, check_alike, check_right
from tests.fakes.provider.any_file import AnyFile
from tests.fakes.provider.odd_answers import Misreports, in_english, in_spanish
from tests.worlds.every_way import Result

TWO_STEPS = {"model": "gpt-transcribe"}
LANGUAGES = {
    1: ("es", "Mañana por la tarde iremos juntos a la estación número {}."),
    2: ("fr", "Demain après-midi nous irons ensemble à la gare numéro {}."),
    3: ("de", "Morgen Nachmittag gehen wir zusammen zum Bahnhof Nummer {}."),
    4: ("it", "Domani pomeriggio andremo insieme alla stazione numero {}."),
    5: ("ru", "Завтра днём мы вместе поедем на станцию номер {}."),
    6: ("pl", "Jutro po południu pójdziemy razem na dworzec numer {}."),
}
POLYGLOT = AnyFile(
    source=lambda number: LANGUAGES[number][1].format(number),
    language=lambda number: LANGUAGES[number][0],
)
SPREAD = Case("spread", options=TWO_STEPS, text_model=in_english)
TWO_SENTENCES = Case("two sentences", options=TWO_STEPS, text_model=in_english)
UTTERANCES = Case("every three seconds", options=TWO_STEPS, text_model=in_english)
SIX = Case("six languages", options=TWO_STEPS, hears=POLYGLOT, text_model=in_english)
FIVE = Case("five languages in a breath", options=TWO_STEPS, hears=POLYGLOT, text_model=in_english)
NAMED = Case("spread", lambda: [Misreports(HEARS, in_spanish)])
CASES = {
    "spread": SPREAD,
    "two sentences": TWO_SENTENCES,
    "an utterance every three seconds": UTTERANCES,
    "six languages": SIX,
    "five languages in a breath": FIVE,
    "one step that names the language": NAMED,
}


def start_errors(result: Result, spoken: tuple[Phrase, ...]) -> list[float]:
    """Seconds, of as many segments as there are phrases."""
    assert result.error is None
    assert len(result.segments) == len(spoken)
    starts = [start for start, _, _ in result.segments]
    return [abs(start - one.start) / 1000 for start, one in zip(starts, spoken, strict=True)]


@pytest.mark.parametrize("name", CASES)
@EVERY_WAY
def test_every_utterance_is_a_segment_with_its_text_and_times(
    runs: Runs, name: str, way: str
) -> None:
    check_right(runs.result(CASES[name], way), CASES[name].recording.phrases)


@pytest.mark.parametrize("case", [SPREAD, UTTERANCES], ids=["spread", "utterances"])
@EVERY_WAY
def test_half_of_the_starts_are_within_50_ms(runs: Runs, case: Case, way: str) -> None:
    errors = start_errors(runs.result(case, way), case.recording.phrases)
    assert statistics.median(errors) <= 0.05


@EVERY_WAY
def test_nine_in_ten_starts_of_many_utterances_are_within_300_ms(runs: Runs, way: str) -> None:
    errors = start_errors(runs.result(UTTERANCES, way), UTTERANCES.recording.phrases)
    assert p90(errors) <= 0.3


@pytest.mark.parametrize(("case", "count"), [(SIX, 6), (FIVE, 5)], ids=["six", "five"])
@EVERY_WAY
def test_languages_have_their_shares_of_what_is_spoken(
    runs: Runs, case: Case, count: int, way: str
) -> None:
    result = runs.result(case, way)
    languages = result.body["languages"]
    expected = {LANGUAGES[number][0] for number in range(1, count + 1)}
    assert {one["language"] for one in languages} == expected
    shares = [one["share"] for one in languages]
    assert shares == sorted(shares, reverse=True)
    assert shares == pytest.approx([1 / count] * count, abs=0.03)
    assert [warning for warning in result.warnings if "languages" in warning]
    assert result.body["language"] == "english"


@pytest.mark.parametrize("case", [SPREAD, NAMED], ids=["two steps", "one step"])
@EVERY_WAY
def test_a_single_language_is_told_without_a_warning(runs: Runs, case: Case, way: str) -> None:
    result = runs.result(case, way)
    assert result.body["languages"] == [{"language": "es", "share": 1}]
    assert (result.body["language"], result.warnings) == ("english", [])


@pytest.mark.parametrize("name", CASES)
def test_all_ways_say_the_same(runs: Runs, name: str) -> None:
    check_alike(runs.results(CASES[name]))
