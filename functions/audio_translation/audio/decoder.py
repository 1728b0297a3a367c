"""The ``Decoder`` protocol and its results.

``audio.media.decoding`` implements it, and ``audio.media.sections`` with several processes. It is
a protocol because some functions import it at first use: that is slow.
Times are integer milliseconds.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline
from audio_translation.errors import AudioTooLarge
from audio_translation.transcript import clock


@dataclass(frozen=True)
class Track:
    """One of a file's audio streams.

    - ``number``: from 1. ``language``: as the file's metadata has it, None if they do not.
    - ``default``: whether the file marks it as the one to play.
    """

    number: int
    language: str | None = None
    default: bool = False

    def __str__(self) -> str:
        about = [self.language or "", "default" if self.default else ""]
        told = ", ".join(filter(None, about))
        return f"track {self.number} ({told})" if told else f"track {self.number}"


@dataclass(frozen=True)
class AudioInfo:
    """What decoding has found out about a file.

    - ``duration``: from the file's beginning, counted in samples, because the durations in
      containers are not reliable.
    - ``start``: when the sound begins, from the file's beginning; a video may begin without sound.
    - ``track``: the number of the one that is decoded, of all ``tracks``.
    - ``damaged``: the number of packets that could not be decoded and were replaced by silence.
    - ``missing``: what the file's headers state, and it does not have, at its end.
    - ``gaps``: silence inside that no packet holds.
    - ``inverted``: whether the two sides cancelled each other out somewhere.
    - ``channels``: the most that there are, 0 if that is not known.
    - ``sides_alike``: whether there are two that hold the same sound.
    - ``sides_differ``: whether there are two, and somebody speaks on each while the other is still.
    """

    duration: int
    start: int = 0
    track: int = 1
    tracks: tuple[Track, ...] = ()
    damaged: int = 0
    missing: int = 0
    gaps: int = 0
    inverted: bool = False
    channels: int = 0
    sides_alike: bool = False
    sides_differ: bool = False

    @property
    def plain(self) -> bool:
        """Return whether any other program hears the same at the same times."""
        odd = self.start or self.damaged or self.missing or self.gaps or self.inverted
        return not odd and len(self.tracks) == 1

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return English sentences about the file for the reader of the translation."""
        found = []
        if len(self.tracks) > 1:
            mine = self.tracks[self.track - 1]
            others = [str(track) for track in self.tracks if track is not mine]
            more = len(others[_MOST_NAMED:])
            named = ", ".join(others[:_MOST_NAMED]) + (f" and {more} more" if more else "")
            found.append(
                f"The file has {len(self.tracks)} audio tracks; only {mine} was translated, and not"
                f" {named}."
            )
        if self.damaged:
            found.append(
                "Parts of the audio are damaged or missing; what cannot be decoded is not in the"
                " translation."
            )
        if self.missing:
            found.append(
                f"The end of the audio is missing: the file says that it lasts"
                f" {clock(self.duration + self.missing)}, and its sound ends at"
                f" {clock(self.duration)}."
            )
        return tuple(found)


_MOST_NAMED = 8  # tracks


class Sound(Protocol):
    """A track that is being decoded.

    - ``faintest``: the level in dBFS below which it can hold no sound.
    - ``stated``: the duration that the headers state; None if they do not, or cannot be believed.
    - ``info``: complete when all blocks are read.
    """

    faintest: int
    stated: int | None
    info: AudioInfo

    def blocks(self) -> Iterator[bytes | int]:
        """Yield the sound from the file's beginning, in order, in pieces of about a second.

        Bytes are float32 samples, little-endian, mono, 16 kHz; a number is so many samples of
        silence. Raises UnsupportedAudio or AudioTooLarge.
        """
        ...


class Decoder(Protocol):
    """Decodes audio files, and encodes and cuts chunks of them."""

    def tracks(
        self, path: Path, *, wish: str | None, source: str | None, deadline: Deadline
    ) -> list[int]:
        """Return the numbers of the audio tracks, in the order in which they are to be tried.

        ``wish`` is a track's number or language; then only that one is returned. Otherwise those in
        the language ``source`` come first, then the default one. Raises UnsupportedAudio and, for
        a wish that the file does not have, InvalidRequest.
        """
        ...

    def sound(
        self,
        path: Path,
        *,
        track: int,
        max_duration: int,
        deadline: Deadline,
        channel: int | None = None,
    ) -> AbstractContextManager[Sound]:
        """Open the track with a number; raises UnsupportedAudio.

        ``channel``: the only one of two that is heard, from 0; None for all of them. InvalidRequest
        is raised where there are more than two.
        """
        ...

    def encoded(self, samples: Iterable[bytes], to: Path, *, gain: float) -> Audio:
        """Write samples as those of ``Sound``, multiplied by ``gain``, as FLAC of 16 bits."""
        ...

    def cut_chunk(self, chunk: Path, start: int, end: int, to: Path) -> Audio:
        """Write a slice of a FLAC file that ``encoded`` has made as FLAC, to the path ``to``."""
        ...


def too_slow() -> AudioTooLarge:
    """Return the error for decoding that is not done by the deadline."""
    return AudioTooLarge(
        "The audio could not be decoded in the time that is given to it; send it in parts."
    )
