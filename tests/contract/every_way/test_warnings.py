"""Where warnings and languages are told: in JSON, in a header, in the job."""

from dataclasses import replace

import pytest

from tests.contract.every_way.cases import EVERY_WAY, HEARS, Case, Runs, headers_tell
from tests.fakes.provider.odd_answers import Invents, in_english

SILENT = Case("silence", lambda: [Invents(HEARS)])
CUT_OFF = Case("cut off")
CLEAN = Case("two sentences")
TWO_STEPS = Case("two sentences", options={"model": "gpt-transcribe"}, text_model=in_english)
OVER_HTTP = ("translate", "openai")
FORMATS = ("json", "text", "srt", "vtt", "verbose_json", "html")
NAMES = ("silence", "cut off", "two sentences")
IN = {
    (odd.odd, name): replace(odd, options={"responseFormat": name})
    for odd in (SILENT, CUT_OFF, CLEAN)
    for name in FORMATS
}


@pytest.mark.parametrize("response_format", FORMATS)
@pytest.mark.parametrize("odd", ["silence", "cut off"])
@pytest.mark.parametrize("way", OVER_HTTP)
def test_a_header_counts_the_warnings_in_every_format(
    runs: Runs, odd: str, response_format: str, way: str
) -> None:
    told = runs.result(IN[odd, "verbose_json"], way).warnings
    result = runs.result(IN[odd, response_format], way)
    assert result.error is None
    assert told
    assert result.headers.get("X-Warnings") == str(len(told))


@pytest.mark.parametrize("response_format", FORMATS)
@pytest.mark.parametrize("way", OVER_HTTP)
def test_without_warnings_there_is_no_header(runs: Runs, response_format: str, way: str) -> None:
    result = runs.result(IN["two sentences", response_format], way)
    assert (result.status, result.error) == (200, None)
    assert "X-Warnings" not in result.headers


@EVERY_WAY
def test_json_has_warnings_where_there_are_any_and_else_the_text_alone(
    runs: Runs, way: str
) -> None:
    clean = runs.result(IN["two sentences", "json"], way)
    assert set(clean.body) == {"text"}
    for odd in ("silence", "cut off"):
        result = runs.result(IN[odd, "json"], way)
        assert set(result.body) == {"text", "warnings"}
        assert result.warnings == runs.result(IN[odd, "verbose_json"], way).warnings


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", OVER_HTTP)
def test_the_header_agrees_with_the_body(runs: Runs, name: str, way: str) -> None:
    assert headers_tell(runs.result(IN[name, "verbose_json"], way))


@pytest.mark.parametrize(
    "case",
    [*(IN[name, "verbose_json"] for name in NAMES), TWO_STEPS],
    ids=[*NAMES, "two steps"],
)
def test_a_job_has_the_warnings_and_languages_of_its_translation(runs: Runs, case: Case) -> None:
    result = runs.result(case, "job")
    assert result.job is not None
    assert result.job["warnings"] == result.warnings
    told = result.job["languages"] or []
    assert told == result.body.get("languages", [])
