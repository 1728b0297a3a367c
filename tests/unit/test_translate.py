"""The use case with effects made up on the spot: what the order of things promises."""

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audio_translation.domain.audio import Audio, FetchedFile
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Task
from audio_translation.domain.errors import ProviderTimedOut, UnsupportedAudio
from audio_translation.domain.request import TranslationRequest
from audio_translation.domain.transcript import Segment, Translation
from audio_translation.usecases.second_look import SecondLook
from audio_translation.usecases.translate import Outcome, dated_key, safe_name, translate

WAV = (
    b"RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00"
)
WAV += b"\x02\x00\x10\x00data\x08\x00\x00\x00" + bytes(8)


class Engine:
    """Answers, or is stuck until ``let_go``."""

    def __init__(self, *, stuck: bool = False) -> None:
        self.let_go = threading.Event()
        if not stuck:
            self.let_go.set()

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        self.let_go.wait(10)
        return Translation((Segment(0, 900, " Hello."),), "english", 1000, task.model)


def unexpected(error: Exception) -> None:
    raise error


def run(
    folder: Path, engine: Engine, *, content: bytes = WAV, seconds: float = 5, save: Any = None
) -> Outcome:
    def fetch(work: Path, deadline: Deadline) -> FetchedFile:
        (work / "source").write_bytes(content)
        return FetchedFile(work / "source", len(content), "a.wav")

    request = {"audioFileUrl": "https://a.test/a.wav", "saveSource": save is not None}
    return translate(
        TranslationRequest.model_validate(request),
        fetch=fetch,
        check=lambda audio: None,
        engine=lambda: engine,
        second_look=SecondLook(lambda text, target: False, media=pytest.fail, crashed=unexpected),
        save=save,
        work_folder=folder,
        default_model="whisper-1",
        source_key=dated_key("/audio/", date(2026, 2, 1), "id"),
        deadline=Deadline.after(seconds),
    )


def test_an_engine_that_is_stuck_does_not_keep_the_caller_beyond_the_deadline(
    tmp_path: Path,
) -> None:
    engine = Engine(stuck=True)
    try:
        with pytest.raises(ProviderTimedOut):
            run(tmp_path, engine, seconds=0.2)
    finally:
        engine.let_go.set()
    assert list(tmp_path.iterdir()) == []


def test_the_source_is_saved_while_the_engine_works(tmp_path: Path) -> None:
    engine = Engine(stuck=True)

    def save(path: Path, key: str, mime: str) -> str:
        engine.let_go.set()  # only a saving beside it sets the engine free
        return f"{key} {mime} {path.read_bytes() == WAV}"

    outcome = run(tmp_path, engine, save=save)
    assert outcome.source_location == "audio/2026/02/01/id-a.wav audio/wav True"


def test_whatever_goes_wrong_in_saving_the_translation_is_handed_out(tmp_path: Path) -> None:
    def save(path: Path, key: str, mime: str) -> str:
        raise KeyError("secret")

    outcome = run(tmp_path, Engine(), save=save)
    assert (outcome.rendered.body, outcome.source_error) == ({"text": "Hello."}, "KeyError")


def test_what_is_no_audio_is_neither_sent_nor_saved(tmp_path: Path) -> None:
    saved: list[str] = []
    with pytest.raises(UnsupportedAudio):
        run(tmp_path, Engine(), content=b"<html>", save=lambda *a: saved.append("x"))
    assert (saved, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("interview.MP3", "interview.wav"),
        ("a b/../c.mp3", "a-b-..-c.wav"),
        ("..mp3", "audio.wav"),
        ("señal\r\nX: 1.ogg", "se-al-X-1.wav"),
        ("", "audio.wav"),
        (".mp3", "mp3.wav"),
        ("x" * 300 + ".mp3", "x" * 70 + ".wav"),
    ],
)
def test_a_strangers_file_name_becomes_a_plain_one(name: str, safe: str) -> None:
    assert safe_name(name, "wav") == safe
