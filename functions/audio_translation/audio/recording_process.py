"""A long recording, decoded and heard in a process of its own.

So decoding and the calls to the provider share no interpreter: one does not wait for the other, and
a crash of the decoder ends its process only. The process gets no credentials in its environment,
and ends at the deadline. It is no sandbox: it runs as the same user, with the same files and the
same network. And smaller files are decoded in the process of the service itself.

The two talk in lines of JSON: the first one to the process says what to do, each further one that
another chunk may be made; the process answers with chunks, and at last with what the file is, or
with an error of the table.
"""

import json
import os
import signal
import subprocess  # nosec B404
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast

from audio_translation import errors
from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.decoder import AudioInfo, Track, too_slow
from audio_translation.audio.speech import Span
from audio_translation.deadline import Deadline

_WORKER = "audio_translation.audio.recording_worker"
_AHEAD = 2  # chunks that are made before anybody takes them
_GRACE_SECONDS = 5.0
_LATE_SECONDS = 1.0
"""After the deadline; until then the process may say itself that it was too slow."""
_INHERITED = ("LANG", "LD_LIBRARY_PATH", "PATH", "TZ")


def messages(
    request: dict[str, Any], deadline: Deadline, rest: Future[Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield what the process says, its errors raised; it ends with this generator.

    ``rest`` is the download that it waits for; it ends if that fails. It is ended soon after the
    deadline, too, whatever it does and whoever reads.
    Raises UnsupportedAudio, AudioTooLarge, InvalidRequest or Internal.
    """
    command = [sys.executable, "-m", _WORKER]  # our own module, no shell, nothing from outside
    process = subprocess.Popen(  # noqa: S603  # nosec B603
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        text=True,
        start_new_session=True,
    )
    told, answers = cast(TextIO, process.stdin), cast(TextIO, process.stdout)
    end = threading.Timer(deadline.left() + _LATE_SECONDS, _kill, [process])
    end.daemon = True
    end.start()
    if rest is not None:
        rest.add_done_callback(lambda done: _kill(process) if done.exception() else None)
    try:
        _tell(told, json.dumps({**request, "seconds": deadline.left()}) + "\n" * _AHEAD)
        for message in _whole(answers):
            if "error" in message:
                raise getattr(errors, message["error"])(message["message"], param=message["param"])
            yield message
            if "info" in message:
                return
            _tell(told, "")
        if not deadline.left():
            raise too_slow()
        raise errors.UnsupportedAudio(
            "The file cannot be decoded as audio: decoding it broke off. Convert it to mp3 or wav."
        )
    finally:
        end.cancel()
        _kill(process)
        with suppress(BrokenPipeError):  # what it was told last, it may not have read
            told.close()
        answers.close()
        process.wait(_GRACE_SECONDS)


def _kill(process: "subprocess.Popen[str]") -> None:
    """End the process and those that it has begun."""
    if process.returncode is None:  # else its number may be another's
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _whole(answers: TextIO) -> Iterator[dict[str, Any]]:
    """Yield the messages up to the end, or up to one that is cut: then the process broke off."""
    for line in answers:
        try:
            message: dict[str, Any] = json.loads(line)
        except ValueError:
            return
        yield message


def _environment() -> dict[str, str]:
    """Return what Python needs to start, and none of the credentials that stand beside it."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "PYTHONPATH": ":".join(filter(None, sys.path))}


def _tell(told: TextIO, line: str) -> None:
    with suppress(BrokenPipeError):  # it has ended, and has said why
        told.write(line + "\n")
        told.flush()


def chunk_of(message: dict[str, Any]) -> Chunk:
    """Return the chunk that a message is about."""
    fields = message["chunk"]
    return Chunk(**{**fields, "speech": tuple(Span(*span) for span in fields["speech"])})


def flac_of(message: dict[str, Any]) -> Audio:
    """Return the file with the chunk's sound."""
    return Audio(Path(message["flac"]), FLAC, message["size"])


def info_of(message: dict[str, Any]) -> AudioInfo:
    """Return what the last message says of the file."""
    fields = message["info"]
    return AudioInfo(**{**fields, "tracks": tuple(Track(**track) for track in fields["tracks"])})
