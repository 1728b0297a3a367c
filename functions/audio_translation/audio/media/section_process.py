"""A process that decodes sections of a track, and tells them to the one that has begun it.

It talks in messages of bytes: what kind it is, and its content. A section is decoded from its
beginning to a little after its end, so that it can be compared with the next one.
"""

import json
import multiprocessing
import os
import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass
from enum import Enum
from multiprocessing.connection import Connection
from pathlib import Path

from audio_translation import errors
from audio_translation.audio.decoder import too_slow
from audio_translation.audio.levels import RATE
from audio_translation.audio.media import decoding
from audio_translation.audio.media.gap_filling import NotReached
from audio_translation.deadline import Deadline
from audio_translation.errors import Internal, ServiceError, UnsupportedAudio

Block = bytes | int
"""See ``Sound.blocks``."""

OVERLAP = RATE // 2
"""Samples that are decoded after the end of a section."""

_PIECE = 4 * (RATE // 2)  # bytes of sound in a message
_AHEAD = 200  # messages that a process may be ahead
_LATE_SECONDS = 1.0
"""After the deadline; until then a process may say itself that it was too slow."""


class Told(Enum):
    """Kinds of messages."""

    BEGINS = b"b"  # JSON: the numbers of a section's first sample and of the one after its last
    SOUND = b"s"  # samples
    SILENCE = b"n"  # the number of samples
    PASSED = b"p"  # JSON of a ``Placed``: the section and what overlaps are told
    ENDED = b"e"  # the same, at the end of the file
    UNREACHED = b"u"  # the section cannot be begun with
    ERROR = b"x"  # JSON: the name, the message and the field of a ServiceError


@dataclass(frozen=True)
class Work:
    """What each of ``count`` processes does: every ``count``-th section of ``length`` samples.

    ``most_memory``: bytes that each of them may take.
    """

    path: Path
    track: int
    max_duration: int
    deadline: Deadline
    length: int
    count: int
    most_memory: int
    channel: int | None = None


class SectionProcess:
    """One of the processes, and what it has told and nobody has taken yet."""

    def __init__(self, work: Work, first: int, others: list[Connection]) -> None:
        """Begin it; ``others`` are the connections to other processes."""
        context = multiprocessing.get_context("fork")
        self._deadline = work.deadline
        self.link, its = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_tell_sections, args=(work, first, its, [*others, self.link]), daemon=True
        )
        self._process.start()
        its.close()
        self._told: queue.Queue[bytes] = queue.Queue(_AHEAD)
        self._listening = threading.Thread(target=self._listen, daemon=True)

    def listen(self) -> None:
        """Take what it tells; only when all processes are begun."""
        self._listening.start()

    def message(self) -> tuple[Told, bytes]:
        """Wait for a message; raises the error that it is, or is told too late."""
        try:
            message = self._told.get(timeout=self._deadline.left() + _LATE_SECONDS)
        except queue.Empty:
            raise too_slow() from None
        if not message:
            raise errors.UnsupportedAudio(
                "The file cannot be decoded as audio: decoding it broke off. Convert it to mp3 or"
                " wav."
            )
        kind, content = Told(message[:1]), message[1:]
        if kind is Told.ERROR:
            name, text, param = json.loads(content)
            raise getattr(errors, name)(text, param=param)
        return kind, content

    def close(self) -> None:
        """End it."""
        self._process.kill()
        while self._listening.is_alive():
            with suppress(queue.Empty):
                self._told.get(timeout=0.01)
        self._process.join()
        self.link.close()

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._told.put(self.link.recv_bytes())
        self._told.put(b"")


def started(work: Work, exits: ExitStack) -> list[SectionProcess]:
    """Begin all processes, which end with ``exits``."""
    processes: list[SectionProcess] = []
    for number in range(work.count):
        process = SectionProcess(work, number, [other.link for other in processes])
        processes.append(exits.enter_context(closing(process)))
    for process in processes:
        process.listen()
    return processes


def _tell_sections(work: Work, first: int, link: Connection, others: list[Connection]) -> None:
    """Decode the sections ``first``, ``first + count`` … and tell them; runs in a new process.

    ``others`` are connections that are not this process's.
    """
    for other in others:
        other.close()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)  # they belong to the process that has begun this one
    os.dup2(nothing, 1)
    try:
        for kind, content in messages(work, first):
            link.send_bytes(kind.value + content)
    except ServiceError as error:
        _tell_error(link, type(error).__name__, error.message, error.param)
    except (BrokenPipeError, NotReached):  # nobody listens any more
        pass
    except Exception as error:  # noqa: BLE001  no fault of the file, whose faults have names
        _tell_error(link, Internal.__name__, f"Decoding failed: {type(error).__name__}.", None)
    link.close()


def _tell_error(link: Connection, name: str, message: str, param: str | None) -> None:
    link.send_bytes(Told.ERROR.value + json.dumps([name, message, param]).encode())


def messages(work: Work, number: int) -> Iterator[tuple[Told, bytes]]:
    """Yield what is told of section ``number`` and of each ``count``-th after it.

    Raises ServiceError, and NotReached in what can be read from its beginning on only.
    """
    with decoding.sound(
        work.path,
        track=work.track,
        max_duration=work.max_duration,
        deadline=work.deadline,
        channel=work.channel,
        most_memory=work.most_memory,
    ) as sound:
        blocks = sound.blocks()
        block = next(blocks, None)
        while True:
            first, begin = sound.timeline.first, 0
            end = first + (number + 1) * work.length
            if number:
                blocks.close()
                begin = first + number * work.length
                try:
                    blocks = sound.blocks_from(begin)
                    block = next(blocks, None)
                except (NotReached, UnsupportedAudio):
                    yield Told.UNREACHED, b""
                    return
            yield Told.BEGINS, json.dumps([begin, end]).encode()
            at = begin
            while block is not None and at < end + OVERLAP:
                yield from _of_block(block)
                at += length_of(block)
                block = next(blocks, None) if at < end + OVERLAP else block
            placed = json.dumps(asdict(sound.timeline.placed)).encode()
            if block is None:
                yield Told.ENDED, placed
                return
            yield Told.PASSED, placed
            number += work.count


def _of_block(block: Block) -> Iterator[tuple[Told, bytes]]:
    """Yield a block in short pieces: a frame may be half a minute."""
    if isinstance(block, int):
        yield Told.SILENCE, str(block).encode()
        return
    for at in range(0, len(block), _PIECE):
        yield Told.SOUND, block[at : at + _PIECE]


def length_of(block: Block) -> int:
    """Return the number of samples of a block."""
    return block if isinstance(block, int) else len(block) // 4
