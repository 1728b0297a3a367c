"""What is kept comes back to whoever asks the same for the same bytes; no fault of it is told."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from audio_translation.audio import arriving_file
from audio_translation.audio.audio_file import LARGE, Audio, FetchedFile
from audio_translation.audio.containers.type_constants import WAV
from audio_translation.aws.bucket import Bucket
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Task
from audio_translation.translation.kept.kept_answers import Asked, KeptAnswers
from audio_translation.translation.warnings import (
    NO_SPEECH,
    NO_WORDS,
    NOT_ASKED_AGAIN,
    NOT_CHECKED,
    REPEATED,
    WITHOUT_TEXT,
)
from tests.fakes.aws.moto_server import BUCKET, Aws, ClientsAt
from tests.fakes.http_server import LoopbackServer, Request

TRANSLATION = Translation((Segment(0, 900, "Señor.", tokens=(1, 2)),), "english", 1000, "m")
ASKED = Asked("somebody", Task("whisper-1", prompt="A prompt."))
SECONDS = 20.0


class Log(Telemetry):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[tuple[str, str]] = []

    def answers_out_of_reach(self, what: str, reason: str) -> None:
        self.faults.append((what, reason))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def kept(aws: Aws, log: Log) -> KeptAnswers:
    return KeptAnswers(Bucket(aws.clients, BUCKET), "these models", log)


def file(folder: Path, content: bytes = b"sound") -> Audio:
    path = folder / f"{len(list(folder.iterdir()))}"
    path.write_bytes(content)
    return Audio(path, WAV, len(content))


def soon() -> Deadline:
    return Deadline.after(SECONDS)


def test_it_answers_the_same_and_nothing_else(
    kept: KeptAnswers, log: Log, aws: Aws, tmp_path: Path
) -> None:
    assert kept.find(file(tmp_path), ASKED, soon()) is None
    key = kept.keep(file(tmp_path), ASKED, TRANSLATION, soon())
    found = kept.find(file(tmp_path), ASKED, soon())
    assert found
    assert (found.translation, found.key) == (replace(TRANSLATION, cached=True), key)
    assert aws.keys() == [key]
    assert "somebody" not in str(key)
    others = (
        replace(ASKED, owner="somebody else"),
        replace(ASKED, task=Task("whisper-1")),
        replace(ASKED, task=replace(ASKED.task, target="de")),
        replace(ASKED, cache=False),
        replace(ASKED, cache="no-store"),
    )
    for asked in others:
        assert kept.find(file(tmp_path), asked, soon()) is None
    assert kept.find(file(tmp_path, b"another"), ASKED, soon()) is None
    assert replace(kept, served_by="others").find(file(tmp_path), ASKED, soon()) is None
    assert log.faults == []


def test_what_a_provider_failed_at_is_not_kept(kept: KeptAnswers, aws: Aws, tmp_path: Path) -> None:
    untranslated = replace(TRANSLATION.segments[0], untranslated=True)
    for lacking in (
        replace(TRANSLATION, warnings=(NOT_CHECKED,)),
        replace(TRANSLATION, warnings=("odd", NOT_ASKED_AGAIN)),
        replace(TRANSLATION, warnings=(NO_WORDS,)),
        replace(TRANSLATION, warnings=(REPEATED,)),
        replace(TRANSLATION, warnings=(f"40 %{WITHOUT_TEXT}: the provider gave none.",)),
        replace(TRANSLATION, segments=(untranslated,)),
    ):
        assert kept.keep(file(tmp_path), ASKED, lacking, soon()) is None
    assert aws.keys() == []
    assert kept.keep(file(tmp_path), ASKED, replace(TRANSLATION, warnings=(NO_SPEECH,)), soon())


def test_no_store_takes_what_is_kept_away_and_off_touches_nothing(
    kept: KeptAnswers, aws: Aws, tmp_path: Path
) -> None:
    kept.keep(file(tmp_path), ASKED, TRANSLATION, soon())
    off = replace(kept, bucket=None)
    assert off.find(file(tmp_path), ASKED, soon()) is None
    no_store = replace(ASKED, cache="no-store")
    assert off.keep(file(tmp_path), no_store, TRANSLATION, soon()) is None
    assert len(aws.keys()) == 1
    assert kept.keep(file(tmp_path), no_store, TRANSLATION, soon()) is None
    assert aws.keys() == []


@contextmanager
def arriving(folder: Path, content: bytes, *, ends: threading.Event) -> Iterator[Audio]:
    """A large file of which the rest comes when ``ends`` is set."""
    path, rest = folder / f"arriving-{len(list(folder.iterdir()))}", Future[FetchedFile]()
    path.write_bytes(content[:300_000])
    arriving_file.begin(path, len(content))

    def end() -> None:
        ends.wait(SECONDS)
        with path.open("ab") as appended:
            appended.write(content[300_000:])
        arriving_file.complete(path)
        rest.set_result(FetchedFile(path, len(content), "a"))

    thread = threading.Thread(target=end)
    thread.start()
    yield Audio(path, WAV, len(content), rest)
    ends.set()
    thread.join()


def test_of_large_audio_the_rest_is_waited_for_only_if_it_begins_like_what_is_kept(
    kept: KeptAnswers, tmp_path: Path
) -> None:
    content = bytes(range(250)) * (LARGE // 250)
    with arriving(tmp_path, content, ends=threading.Event()) as audio:
        assert kept.find(audio, ASKED, soon()) is None
        assert arriving_file.is_arriving(audio.path)
    kept.keep(file(tmp_path, content), ASKED, TRANSLATION, soon())
    other_end = content[:-1] + b"\0"
    for sent, same in ((content, True), (other_end, False)):
        there = threading.Event()
        there.set()
        with arriving(tmp_path, sent, ends=there) as audio:
            assert bool(kept.find(audio, ASKED, soon())) is same
            assert not arriving_file.is_arriving(audio.path)
    with arriving(tmp_path, content, ends=threading.Event()) as audio:
        assert kept.find(audio, ASKED, Deadline.after(0.1)) is None, "it does not come in time"


class Faulty(LoopbackServer):
    """S3 that fails, or hangs."""

    hangs = False

    def handle(self, request: Request) -> None:
        if self.hangs:
            self.stopped.wait(SECONDS)
        request.reply(500, b"", {})


@pytest.mark.parametrize("hangs", [False, True])
def test_a_bucket_that_fails_or_hangs_costs_a_moment_and_a_line_in_the_log(
    kept: KeptAnswers, log: Log, tmp_path: Path, *, hangs: bool
) -> None:
    with Faulty() as s3:
        s3.hangs = hangs
        faulty = replace(kept, bucket=Bucket(ClientsAt(s3.url), BUCKET))
        began = time.monotonic()
        assert faulty.find(file(tmp_path), ASKED, soon()) is None
        faulty.keep(file(tmp_path), ASKED, TRANSLATION, soon())
        assert time.monotonic() - began < 10
    assert [what for what, _ in log.faults] == ["read", "write"]


def test_what_is_no_translation_is_none(
    kept: KeptAnswers, log: Log, aws: Aws, tmp_path: Path
) -> None:
    key = kept.keep(file(tmp_path), ASKED, TRANSLATION, soon())
    aws.client("s3").put_object(Bucket=BUCKET, Key=str(key), Body=b'{"text": "Hi."}')
    assert kept.find(file(tmp_path), ASKED, soon()) is None
    assert log.faults == [("read", "KeyError")]
