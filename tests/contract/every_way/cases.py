"""What is translated on every way, and what must come back on each of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.audio.odd_recordings import ODD, OddRecording, Phrase
from tests.audio.tones import english
from tests.fakes.provider.any_file import AnyFile
from tests.fakes.provider.hearing import Hearing
from tests.fakes.provider.speech_behaviours import Behaviour
from tests.fakes.provider.text_behaviours import Behaviour as TextBehaviour
from tests.fakes.provider.text_behaviours import right as words_turned_round
from tests.worlds.every_way import WAYS, EveryWay, Result

NEAR = 150
"""Milliseconds by which a time may be off."""
ALIKE = 20
"""Milliseconds by which the ways may differ."""
EVERY_WAY = pytest.mark.parametrize("way", WAYS)
HEARS = AnyFile()


@dataclass(frozen=True)
class Case:
    """A recording, a provider, and the options of the request."""

    odd: str
    """The recording's name in ``ODD``."""
    behaviours: Callable[[], Sequence[Behaviour]] = tuple
    options: Mapping[str, Any] = field(default_factory=dict)
    hears: Hearing = HEARS
    text_model: TextBehaviour = words_turned_round
    voice: Callable[[int], object] | None = None
    """Who says a sentence; None where the provider cannot tell."""

    @property
    def recording(self) -> OddRecording:
        return ODD[self.odd]()


@dataclass
class Runs:
    """Runs each case once on each way."""

    world: EveryWay = field(repr=False)
    _results: dict[tuple[str, int], Result] = field(default_factory=dict, repr=False)
    _cases: list[Case] = field(default_factory=list, repr=False)

    def result(self, case: Case, way: str) -> Result:
        """Return what came back, and what the provider was asked for it."""
        key = (way, id(case))
        if key not in self._results:
            self._cases.append(case)  # so that its id stays its own
            self._results[key] = self._run(case, way)
        return self._results[key]

    def results(self, case: Case, ways: Iterable[str] = WAYS) -> dict[str, Result]:
        return {way: self.result(case, way) for way in ways}

    def _run(self, case: Case, way: str) -> Result:
        provider, odd = self.world.provider, case.recording
        provider.reset()
        provider.hears = case.hears
        provider.behaviours = list(case.behaviours())
        provider.text_model.default = case.text_model
        provider.voice = case.voice
        options = {"responseFormat": "verbose_json", **case.options}
        result = self.world.ways[way].translate(odd.content, f"a.{odd.extension}", **options)
        calls = [replace(one, file=one.file[:4]) for one in provider.received if one.file_name]
        return replace(result, calls=calls)


def check_right(result: Result, spoken: Sequence[Phrase], *, near: int = NEAR) -> None:
    """Every phrase is a segment of its own, with its text and its times."""
    assert result.error is None
    assert result.text == " ".join(english(one.number) for one in spoken)
    check_segments(result, spoken, near=near)


def check_segments(result: Result, spoken: Sequence[Phrase], *, near: int = NEAR) -> None:
    assert [text for _, _, text in result.segments] == [english(one.number) for one in spoken]
    starts = [start for start, _, _ in result.segments]
    assert starts == pytest.approx([one.start for one in spoken], abs=near)
    ends = [end for _, end, _ in result.segments]
    assert ends == pytest.approx([one.end for one in spoken], abs=near)


def check_whole(result: Result, recording: OddRecording) -> None:
    """Length and language are told, and there is nothing to warn of."""
    assert result.error is None
    assert result.body["duration"] == pytest.approx(recording.duration / 1000, abs=0.12)
    assert (result.body["language"], result.warnings) == ("english", [])


def check_alike(results: Mapping[str, Result]) -> None:
    """All ways say the same, at the same times."""
    first, *others = results.values()
    for other in others:
        assert other.error == first.error
        assert other.text == first.text
        assert other.warnings == first.warnings
        for name in ("language", "languages"):
            assert other.body.get(name) == first.body.get(name)
        assert other.body.get("duration") == pytest.approx(first.body.get("duration"), abs=0.02)
        assert [text for _, _, text in other.segments] == [text for _, _, text in first.segments]
        for place in (0, 1):
            assert [one[place] for one in other.segments] == pytest.approx(
                [one[place] for one in first.segments], abs=ALIKE
            )


def headers_tell(result: Result) -> bool:
    """Whether the header counts the warnings, and is left out where there are none."""
    told = result.headers.get("X-Warnings")
    return told == (str(len(result.warnings)) if result.warnings else None)
