"""Live captions on the page: a browser whose microphone is a recording, and a scripted provider."""

import json
import os
import re
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import srt

from audio_translation.wiring.request_functions import request_functions
from local.aws.api_gateway import create_app
from tests.audio import tones
from tests.audio.conversation import decoded
from tests.audio.recordings import FOLDER as RECORDINGS
from tests.e2e.test_page_live_logic import FOLDER, RATE, spoken
from tests.fakes.asgi_server import running_app
from tests.fakes.aws.lambda_invoke import Functions
from tests.fakes.aws.moto_server import running_aws
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Heard
from tests.fakes.provider.scripted_server import Received
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.provider.text_answers import Question, listed
from tests.fakes.source import Source
from tests.worlds.http_api import ApiWorld
from tests.worlds.live import LiveWorld
from tests.worlds.page import browsers_environment, found, needs_browser

SPEECH = (
    "it/conf-invalid",
    "fr/vm-savefolder",
    "ru/vm-repeat",
    "es/invalid",
    "it/vm-tmpexists",
)
SECONDS = 1.3
"""Of each recording: who speaks makes a pause after so long."""
PAUSE = 0.9
LEAD = 1.0
TAIL = 30
"""Seconds of a quiet room after that, more than the scenes last."""


class Interpreter:
    """Hears in each new sound a sentence with the sound's number, and fails at one for a while.

    Those who want English ask for translations, the others for transcriptions.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[bytes, int]] = {"translations": {}, "transcriptions": {}}
        self.failed = 0

    def fails(self, received: Received) -> Answer | None:
        """Fail twice at the second translation."""
        path = received.path.rpartition("/")[2]
        if path not in self._known:
            return None
        known = self._known[path]
        number = known.setdefault(received.file, len(known))
        if (path, number) != ("translations", FAILS):
            return None
        if self.failed == FAILURES:
            return None
        self.failed += 1
        return Answer(envelope("Pay", "insufficient_quota", "insufficient_quota"), 429)

    def hears(self, file: bytes) -> list[Heard]:
        numbers = [known[file] for known in self._known.values() if file in known]
        length = round(1000 * len(tones.decoded(file)) / RATE)
        number = numbers[0]
        return [Heard(number, 250, length - 250, english(number), SPANISH.format(number), "es")]


def english(number: int) -> str:
    return f"This is what they said in number {number}."


def in_words(question: Question) -> Answer:
    """Return a text model's answer in the language that it was asked for."""
    tag = question.data["target_language"]["tag"]
    say = {"de": "Das ist es, was sie bei Nummer {} gesagt haben.", "ar": ARABIC, "es": SPANISH}[
        tag
    ]
    numbers = [re.findall(r"\d+", one["text"])[0] for one in question.segments]
    texts = zip(question.ids, numbers, strict=True)
    return listed([{"id": number, "text": say.format(said)} for number, said in texts])


FAILS = 1
FAILURES = 2
ARABIC = "هذا ما قالوه في الرقم {}."
SPANISH = "Esto es lo que dijeron ellos en el número {}."


def write_microphone(path: Path) -> list[float]:
    """Write what is said, and pauses; return when each begins to speak, in seconds."""
    parts, starts, at = [np.zeros(int(LEAD * RATE), np.float32)], [], LEAD
    for name in SPEECH:
        said = spoken(decoded(RECORDINGS / f"{name}.mp3", RATE))[: int(SECONDS * RATE)]
        parts += [said, np.zeros(int(PAUSE * RATE), np.float32)]
        starts.append(at)
        at += len(said) / RATE + PAUSE
    samples = np.concatenate([*parts, np.zeros(TAIL * RATE, np.float32)])
    samples += np.random.default_rng(1).normal(0, 0.001, len(samples)).astype(np.float32)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return starts


@dataclass(frozen=True)
class Seen:
    """What the browser saw in each scene; ``starts`` is when the microphone speaks."""

    live: LiveWorld
    interpreter: Interpreter
    starts: list[float]
    scenes: dict[str, Any]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    needs_browser()
    folder = tmp_path_factory.mktemp("live")
    microphone = folder / "microphone.wav"
    starts = write_microphone(microphone)
    interpreter = Interpreter()
    with (
        running_aws() as aws,
        SpeechProvider(interpreter.hears, interpreter.fails) as provider,
        Source() as source,
        Functions() as functions,
    ):
        aws.reset()
        provider.text_model.default = in_words
        world = ApiWorld(aws, provider, source, functions, folder / "work")
        with (
            running_app(create_app(world.call)) as world.url,
            world.with_jobs(MAX_AUDIO_BYTES="400000", PROVIDER_MAX_AUDIO_BYTES="400000"),
        ):
            with world.sandbox():
                request_functions().warm_up()
            options = {
                "url": world.url,
                "sound": str(microphone),
                "utterances": len(SPEECH),
                "screenshots": os.environ.get("SCREENSHOTS", ""),
            }
            ran = subprocess.run(
                [found("node"), FOLDER / "live-page.mjs", json.dumps(options)],
                env=browsers_environment(),
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert ran.returncode == 0, ran.stderr + world.log.getvalue()[-5000:]
            live = LiveWorld(world)
            yield Seen(live, interpreter, starts, json.loads(ran.stdout))
        request_functions.cache_clear()


def said(scene: dict[str, Any]) -> list[str]:
    return [row["text"] for row in scene["rows"]]


def test_all_utterances_are_shown_in_their_order_with_the_times_at_which_they_were_said(
    seen: Seen,
) -> None:
    scene = seen.scenes["captions"]
    assert said(scene) == [english(number) for number in range(len(SPEECH))]
    cues = list(srt.parse(scene["srt"]))
    assert [cue.content for cue in cues] == said(scene)
    first = cues[0].start.total_seconds() - seen.starts[0]
    for cue, start in zip(cues, seen.starts, strict=True):
        assert cue.start.total_seconds() - start == pytest.approx(first, abs=0.25)


def test_an_utterance_that_fails_twice_is_a_gap_and_is_filled_later(seen: Seen) -> None:
    assert seen.interpreter.failed == FAILURES
    gaps = [row["gap"] for row in seen.scenes["captions"]["rows"]]
    assert gaps == [number == FAILS for number in range(len(SPEECH))]


def test_what_is_said_without_a_network_is_sent_when_it_is_back(seen: Seen) -> None:
    scene = seen.scenes["captions"]
    assert scene["whileCut"] in ([], [english(0)])  # that one was under way
    assert scene["kept"] == []


@pytest.mark.parametrize("scene", ["captions", "reloaded", "conversation"])
def test_nothing_that_was_shown_changes_and_nothing_breaks_the_policy(
    seen: Seen, scene: str
) -> None:
    assert (seen.scenes[scene]["changes"], seen.scenes[scene]["violations"]) == ([], [])


@pytest.mark.parametrize("scene", ["captions", "reloaded", "conversation"])
def test_axe_core_finds_nothing(seen: Seen, scene: str) -> None:
    assert seen.scenes[scene]["complaints"] == []


def test_an_utterance_is_cut_half_a_second_after_it_ended(seen: Seen) -> None:
    """That is the pause; a busy machine may take as long again."""
    scene = seen.scenes["captions"]
    waited = [scene["text"][seq] - cut for seq, cut in scene["cut"].items()]
    print(  # noqa: T201  a figure for docs/live-page.md
        f"\nCut after {max(scene['cut'].values())} ms at most, text {min(waited)} ms after that."
    )
    assert max(scene["cut"].values()) <= 1_000


def test_the_projector_shows_the_last_two_captions_also_after_a_reload(seen: Seen) -> None:
    scene = seen.scenes["captions"]
    assert scene["projector"] == scene["again"] == said(scene)[-2:]
    assert scene["sizes"][1] < scene["sizes"][0]


def test_a_reload_loses_nothing(seen: Seen) -> None:
    """What was shown is shown again, what was not sent is sent, and it goes on from there."""
    scene = seen.scenes["reloaded"]
    assert scene["after"][: len(scene["before"])] == scene["before"]
    assert len(scene["after"]) > len(scene["before"])
    assert said(scene)[: len(scene["after"])] == scene["after"]
    times = [row["time"] for row in scene["rows"]]
    assert times == sorted(set(times))
    assert len(times) > len(scene["after"])
    assert all(row["source"] for row in scene["rows"] if row["text"])
    assert scene["kept"] == []


def test_in_a_conversation_each_side_reads_the_others_words_in_its_own_language(seen: Seen) -> None:
    rows = [row for row in seen.scenes["conversation"]["rows"] if row["text"]]
    assert {row["side"] for row in rows} == {0, 1}
    for row in rows:
        language, direction = (("ar", "rtl"), ("es", "ltr"))[row["side"]]
        assert (row["languages"][-1], row["direction"]) == (language, direction)
        assert row["source"]


def test_each_session_becomes_a_finished_job_that_says_the_same(seen: Seen) -> None:
    ids = {name: scene["ids"] for name, scene in seen.scenes.items() if "ids" in scene}
    assert {name: len(of) for name, of in ids.items()} == {
        "captions": 1,
        "reloaded": 1,
        "conversation": 2,
    }
    (session,) = ids["captions"]
    seen.live.run(session, "ended")
    answer = seen.live.api.get(f"/jobs/{session}/translation", params={"format": "srt"})
    so_far, finished = (
        [(cue.start, cue.content) for cue in srt.parse(text)]
        for text in (seen.scenes["captions"]["srt"], answer.text)
    )
    assert finished == so_far


def test_who_does_not_allow_the_microphone_reads_how_to(seen: Seen) -> None:
    assert "Allow it in the browser's address bar" in seen.scenes["refused"]["alert"]
