"""A recording on its way from a file to chunks: decoded, heard and cut in one pass.

What lies in memory is the sound since the beginning of the chunk that is not certain yet, and on
disk the chunks that nobody has taken away.
"""

from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from typing import Protocol

from audio_translation.audio import recording_process
from audio_translation.audio.arriving_file import has_failed, wait_for
from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk, ChunkPlanner
from audio_translation.audio.chunk_shape import ChunkShape
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.decoder import AudioInfo, Decoder
from audio_translation.audio.hearing import Hearing
from audio_translation.audio.speech import Span
from audio_translation.deadline import Deadline
from audio_translation.errors import AudioTooLarge, ServiceError, UnsupportedAudio

_SHORTEST = 100  # milliseconds; shorter audio has no word, and OpenAI refuses it
_MOST_SILENCE_AT_ENDS = 500  # milliseconds beyond a chunk's margins


class Notes(Protocol):
    """Keeps what was paid for and is not yet a result; used from several threads."""

    def note(self, name: str) -> str | None:
        """Return what was noted under a name, if it was."""

    def keep_note(self, name: str, text: str) -> None:
        """Note something that was paid for."""


@dataclass(frozen=True)
class ChunkAudio:
    """A chunk with its sound.

    - ``flac``: the sound from the chunk's start to its end.
    - ``range``: dB from the quietest to the loudest of it.
    - ``original``: the source file, where the chunk is all of it and nothing argues against
      sending it as it is.
    - ``notes``: where an engine keeps what it has paid for when it fails later; None if nowhere.
    """

    chunk: Chunk
    flac: Audio
    range: int
    original: Audio | None = None
    notes: Notes | None = None

    def discard(self) -> None:
        """Delete the FLAC file."""
        self.flac.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Listening:
    """How recordings are listened to; times in milliseconds.

    - ``target``: the greatest length of a chunk that is aimed at; ``limit``: that it may have.
    - ``max_duration``: of a recording.
    - ``own_process``: bytes; a file of so many or more is decoded in a process of its own, and
      where there are several ``processors``, by several.
    """

    decoder: Decoder
    target: int
    limit: int
    max_duration: int
    own_process: float = inf
    processors: int = 1


class Recording:
    """One audio file. ``info`` and ``speech`` are complete once ``chunks`` is exhausted.

    - ``streams``: how often the recording is heard: twice if its two channels are ``separate``, as
      far as that is known.
    - ``decoded``: milliseconds that are decoded so far, of all streams.
    - ``stated``: the duration that the headers state, of all streams; None if they state none.
    - ``speech``: milliseconds of speech.
    """

    info: AudioInfo

    def __init__(
        self,
        audio: Audio,
        listening: Listening,
        folder: Path,
        *,
        track: str | None = None,
        source: str | None = None,
        separate: bool = False,
    ) -> None:
        """``track``, ``source``: see ``Decoder.tracks``. FLAC files are written to ``folder``.

        With ``separate`` each of two channels has chunks of its own: all of the first one's, then
        the other's. There are none of the other where both hold the same.
        """
        self._audio = audio
        self._listening = listening
        self._folder = folder
        self._track, self._source, self._separate = track, source, separate
        self.streams = 2 if separate else 1
        self.decoded = self.speech = self._decoded_before = 0
        self.stated: int | None = None

    def chunks(self, deadline: Deadline) -> Generator[ChunkAudio, None, None]:
        """Yield the chunks in order, each as soon as it is certain; close it to stop earlier.

        Of several tracks, the first one that can be decoded and has speech is taken. Raises
        UnsupportedAudio, AudioTooLarge or InvalidRequest, and what the file's download fails with.
        """
        alone = self._audio.size >= self._listening.own_process
        try:
            yield from self._from_process(deadline) if alone else self._chunks(deadline)
            wait_for(self._audio, deadline)
        except (ServiceError, OSError) as error:
            if has_failed(self._audio):
                wait_for(self._audio, deadline)
            if not isinstance(error, UnsupportedAudio | AudioTooLarge):
                raise
            error.param = error.param or "audioFileUrl"
            raise

    def _from_process(self, deadline: Deadline) -> Iterator[ChunkAudio]:
        listening = self._listening
        request = {
            "path": str(self._audio.path),
            "type": asdict(self._audio.type),
            "listening": {
                "target": listening.target,
                "limit": listening.limit,
                "max_duration": listening.max_duration,
            },
            "processors": listening.processors,
            "folder": str(self._folder),
            "track": self._track,
            "source": self._source,
            "separate": self._separate,
        }
        for message in recording_process.messages(request, deadline, self._audio.rest):
            self.decoded, self.speech = message["decoded"], message["speech"]
            self.stated, self.streams = message["stated"], message["streams"]
            if "info" in message:
                self.info = recording_process.info_of(message)
                return
            if message["original"]:
                wait_for(self._audio, deadline)
            yield ChunkAudio(
                recording_process.chunk_of(message),
                recording_process.flac_of(message),
                message["range"],
                self._audio if message["original"] else None,
            )

    def _chunks(self, deadline: Deadline) -> Iterator[ChunkAudio]:
        decoder = self._listening.decoder
        numbers = decoder.tracks(
            self._audio.path, wish=self._track, source=self._source, deadline=deadline
        )
        silent: AudioInfo | None = None
        problem: UnsupportedAudio | None = None
        for number in numbers:
            try:
                yield from self._track_chunks(number, deadline)
            except UnsupportedAudio as error:
                if self.speech:
                    raise
                problem = problem or error
                continue
            if self.speech:
                return
            silent = silent or self.info
        if silent is None and problem is not None:
            raise problem
        if silent is not None:
            self.info = silent

    def _track_chunks(self, number: int, deadline: Deadline) -> Iterator[ChunkAudio]:
        self.streams, self._decoded_before = (2 if self._separate else 1), 0
        yield from self._stream_chunks(number, 0 if self._separate else None, deadline)
        if self._separate and self.info.channels == 2 and not self.info.sides_alike:
            self.streams, self._decoded_before = 2, self.info.duration
            yield from self._stream_chunks(number, 1, deadline)
        else:
            self.streams = 1

    def _stream_chunks(
        self, number: int, channel: int | None, deadline: Deadline
    ) -> Iterator[ChunkAudio]:
        listening = self._listening
        with listening.decoder.sound(
            self._audio.path,
            track=number,
            max_duration=listening.max_duration,
            deadline=deadline,
            channel=channel,
        ) as sound:
            self.stated = sound.stated and sound.stated * self.streams
            shape = ChunkShape(listening.target, sound.stated)
            planner = ChunkPlanner(shape, limit=listening.limit)
            hearing = Hearing(sound.faintest)
            last: list[Chunk] = []
            some = False
            for block in sound.blocks():
                spans = hearing.add(block)
                self._count(spans, hearing)
                for chunk in planner.add(spans, hearing.detector.decided):
                    some = True
                    yield self._cut(replace(chunk, channel=channel), hearing)
                hearing.forget(planner.begins)
            self.info = sound.info
            spans = hearing.end(sound.info.duration)
            self._count(spans, hearing)
            if sound.info.duration >= _SHORTEST:
                last += planner.add(spans, sound.info.duration)
                last += planner.end(sound.info.duration)
        if len(last) == 1 and not some and self._is_whole(last[0]):
            whole = Chunk(0, self.info.duration, last[0].speech, channel=channel)
            yield replace(self._cut(whole, hearing), original=self._audio)
            return
        for chunk in last:
            yield self._cut(replace(chunk, channel=channel), hearing)

    def _count(self, spans: list[Span], hearing: Hearing) -> None:
        self.decoded = self._decoded_before + hearing.until
        self.speech += sum(span.length for span in spans)

    def _is_whole(self, chunk: Chunk) -> bool:
        """Return whether the file may be sent as it is in place of its only chunk."""
        if self._separate and self.info.channels > 1:
            return False
        silence = max(chunk.start, self.info.duration - chunk.end)
        return self._audio.type.direct and self.info.plain and silence <= _MOST_SILENCE_AT_ENDS

    def _cut(self, chunk: Chunk, hearing: Hearing) -> ChunkAudio:
        side = "" if chunk.channel is None else f"{chunk.channel}-"
        to = self._folder / f"{side}{chunk.start}-{chunk.end}.{FLAC.extension}"
        gain = hearing.gain(chunk.start, chunk.end)
        samples = hearing.samples(chunk.start, chunk.end)
        flac = self._listening.decoder.encoded(samples, to, gain=gain)
        return ChunkAudio(chunk, flac, hearing.detector.range(chunk.start, chunk.end))
