"""What the speech provider can hear: tones of ``tests.audio.tones``, or a long file that it knows.

Anything that takes the bytes of an audio file and returns what is spoken in it will do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.audio import tones
from tests.audio.known_file import KnownFile, Slice
from tests.audio.long_files import Spoken

_SHORT = 15_000  # milliseconds


class Heard(NamedTuple):
    """What is spoken in a file that was sent; ``start`` and ``end`` are milliseconds of it."""

    number: int
    start: int
    end: int
    english: str
    source: str
    """In the language that is spoken."""
    language: str


Hearing = Callable[[bytes], list[Heard]]


@dataclass(frozen=True)
class Tones:
    """Hears the sentences that tones stand for."""

    source: Callable[[int], str] = tones.spanish
    """What a sentence says in the language that is spoken."""
    language: Callable[[int], str] = lambda _: "es"
    """The code of that language."""

    def __call__(self, audio: bytes) -> list[Heard]:
        return [
            Heard(
                number,
                start,
                end,
                tones.english(number),
                self.source(number),
                self.language(number),
            )
            for number, start, end in tones.heard(audio)
        ]


@dataclass
class KnownRecordings:
    """Finds the sound in a long file, sample by sample, and hears what is spoken there.

    So whatever is lost, doubled or moved on the way is seen. A recording of which only a part was
    sent is heard in part. What begins at a time in ``deaf`` (milliseconds of the long file) is not
    heard in a chunk of over 15 s. ``sent`` is what was sent of the file.
    """

    known: KnownFile
    deaf: frozenset[int] = frozenset()
    sent: list[Slice] = field(default_factory=list)

    def __call__(self, audio: bytes) -> list[Heard]:
        place = self.known.place(tones.decoded(audio))
        self.sent.append(place)
        long = place.end - place.start > _SHORT
        found = []
        for number, one in enumerate(self.known.spoken):
            if one.start < place.end and one.end > place.start:
                part = _part(one, place)
                if part and not (long and one.start in self.deaf):
                    start, end = round(part.start - place.start), round(part.end - place.start)
                    found.append(Heard(number, start, end, part.text, part.text, "en"))
        return found


class _Part(NamedTuple):
    """Those words of a recording that have their middle in the time of a slice."""

    start: float
    end: float
    text: str


def _part(one: Spoken, place: Slice) -> _Part | None:
    words = one.english.split()
    each = (one.end - one.start) / len(words)
    within = [
        number
        for number in range(len(words))
        if place.start <= one.start + each * (number + 0.5) < place.end
    ]
    if not within:
        return None
    first, last = within[0], within[-1]
    return _Part(
        one.start + each * first,
        one.start + each * (last + 1),
        " ".join(words[first : last + 1]),
    )
