"""The same audio twice: the second time it costs nothing, on every way, and says so."""

import json
from collections.abc import Iterator

import pytest

from tests.contract.every_way.cases import EVERY_WAY, HEARS, Case, Runs, check_alike, headers_tell
from tests.fakes.provider.answers import Answer, verbose_json
from tests.worlds.every_way import MINE, Result

RECORDING = Case("voice note").recording
_OTHERS = ("Something else is said.", "It is as long.", "It covers all of the speech.")
_OTHER = " ".join(_OTHERS)


@pytest.fixture(scope="module", autouse=True)
def keeping(runs: Runs) -> Iterator[None]:
    with runs.world.keeping_answers():
        yield


def ask(runs: Runs, way: str, prompt: str, **options: object) -> tuple[Result, int]:
    """Return what comes back, and how many calls the provider got for it.

    ``prompt`` is that of the test: ways of one key would get each other's answers.
    """
    provider = runs.world.provider
    provider.reset()
    provider.hears = HEARS
    if options.pop("other", False):
        provider.behaviours = [lambda _: Answer(verbose_json(*_OTHERS))]
    asked = {"responseFormat": "verbose_json", "prompt": prompt, **options}
    result = runs.world.ways[way].translate(RECORDING.content, f"a.{RECORDING.extension}", **asked)
    assert result.error is None
    return result, len(provider.received)


def check_kept(result: Result, calls: int, way: str) -> None:
    assert calls == 0
    assert result.body["cached"] is True
    if way in ("translate", "openai", "job"):
        assert result.headers["X-Cached"] == "true"
    if result.job:
        assert result.job["cached"] is True
        assert (result.job["estimatedDollars"], result.job["model"]) == (0, "whisper-1")


def counted(runs: Runs, name: str) -> list[float]:
    """Return the values of a metric in the log of requests, in order."""
    log = runs.world.api.log.getvalue().splitlines()
    lines = [json.loads(line) for line in log if line.startswith("{") and name in line]
    return [line[name][0] for line in lines if name in line]


@EVERY_WAY
def test_the_same_audio_twice_is_paid_once(runs: Runs, way: str) -> None:
    first, paid = ask(runs, way, f"twice by {way}")
    assert paid > 0
    assert "cached" not in first.body
    assert "X-Cached" not in first.headers
    if first.job:
        assert first.job["cached"] is False
    again, calls = ask(runs, way, f"twice by {way}")
    check_kept(again, calls, way)
    check_alike({"first": first, "again": again})
    if way in ("translate", "openai", "invoke"):
        assert counted(runs, "CachedAnswers")[-2:] == [0, 1]
        assert counted(runs, "EstimatedDollars")[-1] == 0 < counted(runs, "EstimatedDollars")[-2]
    assert headers_tell(again) or way in ("invoke", "upload")
    subtitles, calls = ask(runs, way, f"twice by {way}", responseFormat="srt")
    assert calls == 0, "another format is made of what is kept"
    assert all(text in subtitles.text for _, _, text in first.segments)


def test_one_key_has_paid_for_all_ways_in(runs: Runs) -> None:
    """Of an invoke and of an upload the owner is another one."""
    _, paid = ask(runs, "openai", "all ways")
    assert paid > 0
    for way in ("translate", "job"):
        check_kept(*ask(runs, way, "all ways"), way)
    for way in ("invoke", "upload"):
        other, calls = ask(runs, way, "all ways")
        assert calls > 0
        assert "cached" not in other.body


@pytest.mark.parametrize("way", ["openai", "job"])
def test_who_wants_it_anew_pays_and_who_wants_nothing_kept_leaves_nothing(
    runs: Runs, way: str
) -> None:
    asked = f"anew by {way}"
    ask(runs, way, asked)
    anew, paid = ask(runs, way, asked, cache=False, other=True)
    assert paid > 0
    assert anew.text == _OTHER
    again, calls = ask(runs, way, asked)
    assert again.text == _OTHER, "it is kept in the place of the first"
    check_kept(again, calls, way)
    for cache in ("no-store", True):
        result, paid = ask(runs, way, asked, cache=cache)
        assert paid > 0
        assert "cached" not in result.body


def test_another_option_that_changes_the_segments_is_paid(runs: Runs) -> None:
    for option in ({}, {"include": "source"}):
        _, calls = ask(runs, "translate", "options", **option)
        assert calls > 0


def test_what_is_not_whole_is_not_kept(runs: Runs) -> None:
    """What stayed in its language may come out better another time."""
    foreign = "Guten Morgen, meine Damen und Herren, wie geht es Ihnen heute an diesem Tag?"
    provider = runs.world.provider
    for _ in range(2):
        provider.reset()
        provider.behaviours = [lambda _: Answer(verbose_json(foreign))]
        result = runs.world.ways["translate"].translate(
            RECORDING.content, "a.ogg", responseFormat="verbose_json", prompt="whole"
        )
        assert result.headers["X-Untranslated-Segments"]
        assert provider.received


def test_a_job_that_is_deleted_takes_what_is_kept_with_it(runs: Runs) -> None:
    _, _ = ask(runs, "translate", "deleted")
    kept, calls = ask(runs, "job", "deleted")
    check_kept(kept, calls, "job")
    assert kept.job
    answer = runs.world.api.delete(f"/jobs/{kept.job['id']}", headers=MINE)
    assert answer.status_code == 204
    again, calls = ask(runs, "job", "deleted")
    assert calls > 0
    assert again.job
    runs.world.api.delete(f"/jobs/{again.job['id']}", headers=MINE)
    _, calls = ask(runs, "translate", "deleted")
    assert calls > 0, "a job that paid takes it, too"
