"""One engine of several: who served is told, and no words over clear speech are asked again."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.recording import ChunkAudio
from audio_translation.audio.speech import Span
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.chain.chained_engine import ChainedEngine
from audio_translation.engines.chain.provider_chain import Link, ProviderChain
from audio_translation.transcript import Segment, ServedBy, Translation
from audio_translation.translation.engine import Engine, Task

AUDIO = ChunkAudio(Chunk(0, 900, (Span(0, 900),)), Audio(Path("unused"), FLAC, 1), range=60)


@dataclass
class Server:
    """Answers with one segment, or with none."""

    text: str
    asked: list[str] = field(default_factory=list)

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        self.asked.append(task.model)
        segments = (Segment(0, 900, self.text),) if self.text else ()
        return Translation(segments, "english", 900, task.model)


class Quiet(Telemetry):
    """Counts nothing."""

    def provider_failed(self, provider: str, model: str, code: str) -> None:
        assert (provider, model, code) == ("one", "whisper-1", "empty")


def translated(one: Server, two: Server, audio: ChunkAudio = AUDIO) -> Translation:
    links: list[Link[Engine]] = [
        Link("one", one),
        Link("two", two, models={"whisper-1": "large"}, price=0.001),
    ]
    engine = ChainedEngine(ProviderChain("translation", links, telemetry=Quiet()))
    return engine.translate(audio, Task("whisper-1"), deadline=Deadline.after(20))


def test_the_translation_tells_our_name_of_the_model_and_the_provider() -> None:
    assert translated(Server("Hi."), Server("Hi.")).served == ServedBy("whisper-1", "one", None)
    two = Server("Hi.")
    assert translated(Server(""), two).served == ServedBy("whisper-1", "two", 0.001)
    assert two.asked == ["large"]


@pytest.mark.parametrize(
    ("audio", "calls"),
    [
        (AUDIO, 1),
        (replace(AUDIO, range=5), 0),
        (replace(AUDIO, chunk=Chunk(0, 900, ())), 0),
    ],
    ids=["clear speech", "noise", "no speech"],
)
def test_no_words_are_doubted_only_over_clear_speech(audio: ChunkAudio, calls: int) -> None:
    one, two = Server(""), Server("")
    assert translated(one, two, audio).segments == ()
    assert len(two.asked) == calls
